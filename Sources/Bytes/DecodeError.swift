/// Bytes that do not say what their format says they must.
///
/// Decoders throw it; the boundary of a stage turns it into an `Anomaly` with its origin. It never means a bug of ours
/// and never means a problem of the world.
public struct DecodeError: Error, Hashable, Sendable {
  /// What kind of wrong; an open set, so that each decoder can name its own.
  public struct Code: Hashable, Sendable, ExpressibleByStringLiteral {
    public let name: String

    public init(_ name: String) { self.name = name }
    public init(stringLiteral value: String) { self.name = value }

    /// The input ended before the value did.
    public static let truncated: Code = "truncated"
    /// A number lies outside what its field allows.
    public static let outOfRange: Code = "out-of-range"
    /// A length or count exceeds the limit that we set for it.
    public static let overLimit: Code = "over-limit"
    /// Bytes remain where the value should have ended.
    public static let trailingBytes: Code = "trailing-bytes"
    /// A string lacks its terminator.
    public static let unterminated: Code = "unterminated"
    /// A fixed value (magic, version, constant) is another one.
    public static let mismatch: Code = "mismatch"
  }

  public var code: Code
  /// What was being read, in the words of the specification: `RowDescription field count`.
  public var what: String
  /// Bytes from the start of the reader's input.
  public var offset: Int
  public var expected: String
  public var found: String

  public init(_ code: Code, _ what: String, offset: Int, expected: String = "", found: String = "") {
    self.code = code
    self.what = what
    self.offset = offset
    self.expected = expected
    self.found = found
  }
}

extension DecodeError: CustomStringConvertible {
  public var description: String {
    var text = "\(what): \(code.name) at byte \(offset)"
    if !expected.isEmpty { text += ", expected \(expected)" }
    if !found.isEmpty { text += ", found \(found)" }
    return text
  }
}
