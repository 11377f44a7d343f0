public import Bytes

/// Who may sign: a file of lines `principals [options] key`, as `ssh-keygen -Y verify -f` reads it (ssh-keygen(1),
/// ALLOWED SIGNERS).
///
/// A line that cannot be read counts as absent, as there; `problems` has it, so that a mistyped line is not overlooked.
public struct AllowedSigners: Hashable, Sendable {
  /// More than any organisation has people.
  public static let lineCountLimit = 100_000
  /// A certificate in base64 and a long list of principals.
  public static let lineLengthLimit = 256 << 10
  /// Bounds the memory for all of it.
  public static let byteLimit = 64 << 20

  /// The lines that could be read, in their order.
  public let signers: [AllowedSigner]
  /// What is wrong with other lines, and what is to be known of these, in their order.
  public let problems: [LineProblem]

  /// Reads the file.
  ///
  /// - Throws: `DecodeError` only when it is longer than any such file.
  public init(_ bytes: [UInt8]) throws(DecodeError) {
    var signers: [AllowedSigner] = []
    var problems: [LineProblem] = []
    try KeyFileLines.forEach(
      bytes, byteLimit: Self.byteLimit, lineLimit: Self.lineCountLimit
    ) { line, number throws(DecodeError) in
      guard line.count <= Self.lineLengthLimit else {
        problems.append(LineProblem(line: number, severity: .error, text: "line too long"))
        return
      }
      do throws(LineFault) {
        var reader = SignerLineReader(line)
        let signer = try reader.signer(line: number)
        if signer.hasLocalTime {
          problems.append(
            LineProblem(line: number, severity: .warning, text: "time without Z is local time to ssh-keygen, UTC here"))
        }
        signers.append(signer)
      } catch {
        problems.append(LineProblem(line: number, severity: .error, text: error.text))
      }
    }
    self.signers = signers
    self.problems = problems
  }
}

/// One line of the allowed signers.
public struct AllowedSigner: Hashable, Sendable {
  /// From 1.
  public let line: Int
  /// The key, the exact certificate, or the authority of certificates.
  public let key: SSHPublicKey
  /// Certificates by the key are accepted, and the key itself is not.
  public let isAuthority: Bool
  /// Seconds since 1970, the first at which it counts.
  public let validAfter: UInt64?
  /// Seconds since 1970, the last at which it counts.
  public let validBefore: UInt64?
  let principals: PatternList
  let namespaces: PatternList?
  let hasLocalTime: Bool

  /// The patterns of principals, as written.
  public var principalPatterns: String { String(decoding: principals.text, as: UTF8.self) }
  /// The patterns of namespaces, as written; nil when all are allowed.
  public var namespacePatterns: String? { namespaces.map { String(decoding: $0.text, as: UTF8.self) } }

  /// Whether the line is for the principal.
  public func allows(principal: String) -> Bool { principals.matches(principal) }
  /// Whether the line is for the namespace.
  public func allows(namespace: String) -> Bool { namespaces?.matches(namespace) ?? true }
}

/// What is to be said of a line.
public struct LineProblem: Hashable, Sendable {
  public enum Severity: Hashable, Sendable {
    /// The line counts as absent.
    case error
    /// The line counts.
    case warning
  }

  /// From 1.
  public let line: Int
  public let severity: Severity
  /// One line, lower case, no full stop.
  public let text: String
}

extension LineProblem: CustomStringConvertible {
  public var description: String { "line \(line): \(text)" }
}
