/// Something given to read that cannot be read, or not to its end.
///
/// Thrown when the world is at fault (no file, no permission, no disk) or when nothing that was given is a capture.
/// Strange bytes within a capture are anomalies and never thrown.
public struct InputError: Error, Hashable, Sendable {
  /// What kind of wrong; an open set of kebab-case names.
  public struct Code: Hashable, Sendable, ExpressibleByStringLiteral {
    public let name: String

    public init(_ name: String) { self.name = name }
    public init(stringLiteral value: String) { self.name = value }

    /// The path leads nowhere.
    public static let notFound: Code = "not-found"
    /// The operating system forbids to read it.
    public static let permissionDenied: Code = "permission-denied"
    /// Reading failed for another reason of the operating system.
    public static let readFailed: Code = "read-failed"
    /// It is neither a capture nor an archive, nor a transcript that an importer knows.
    public static let notACapture: Code = "not-a-capture"
    /// It has no bytes.
    public static let empty: Code = "empty-input"
    /// A folder or an archive without a capture in it.
    public static let noCapture: Code = "no-capture"
    /// A socket or device within a folder: reading it could block for ever.
    public static let specialFile: Code = "special-file"
    /// The file was replaced while it was read.
    public static let fileChanged: Code = "file-changed"
    /// More inputs than `CaptureOptions.inputLimit`.
    public static let inputLimit: Code = "input-limit"
    /// The archive breaks off or contradicts itself.
    public static let archiveDamaged: Code = "archive-damaged"
    /// A member expands far beyond what it takes in the archive.
    public static let archiveBomb: Code = "archive-bomb"
    /// Archives within archives, deeper than `ArchiveLimits.depth`.
    public static let archiveDepth: Code = "archive-depth"
    /// More members than `ArchiveLimits.memberCount`.
    public static let archiveMembers: Code = "archive-members"
    /// A member needs a password.
    public static let encryptedMember: Code = "encrypted-member"
    /// Members must be put in order on disk, and the named limit for that is used up.
    public static let spoolLimit: Code = "spool-limit"
    /// The temporary folder cannot take what must be put in order.
    public static let spoolFailed: Code = "spool-failed"
  }

  public var code: Code
  /// As given; `-` is standard input.
  public var path: String
  /// What is wrong, without the path.
  public var reason: String
  /// Where in the file, when that helps.
  public var offset: UInt64?
  /// What to do about it.
  public var advice: String?

  public init(_ code: Code, path: String, reason: String, offset: UInt64? = nil, advice: String? = nil) {
    self.code = code
    self.path = path
    self.reason = reason
    self.offset = offset
    self.advice = advice
  }

  static let unpackFirst = "unpack it with its password first"
  /// What to give instead.
  static let giveCapture = "give a pcap, a pcapng, a transcript, a server's log or an archive of them"
}

extension InputError: CustomStringConvertible {
  /// One line whatever the path holds: `notes.txt: no capture, transcript or server log (text at byte 0); give a pcap, …`.
  public var description: String {
    var text = "\(InputError.oneLine(path)): \(InputError.oneLine(reason))"
    if let offset { text += " at byte \(offset)" }
    if let advice { text += "; \(advice)" }
    return text
  }

  /// The text with control characters and line separators written as escapes.
  static func oneLine(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        line += "\\u{\(String(scalar.value, radix: 16))}"
      default: line.unicodeScalars.append(scalar)
      }
    }
    return line
  }
}
