/// Why the content of an answer cannot be masked: nothing more of it may be shown.
public struct BodyMaskFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of reason; an open set.
  public struct Code: Hashable, Sendable {
    public let name: String

    public init(_ name: String) { self.name = name }

    /// A content coding, a compression of gRPC or a charset that is not known.
    public static let coding = Code("coding")
    /// Compressed content that is damaged, or ends early.
    public static let damaged = Code("damaged")
    /// Far more than so little content should give.
    public static let bomb = Code("bomb")
    /// Content that is not laid out as it says, so that nobody knows names in it.
    public static let layout = Code("layout")
    /// A unit that is longer than is held.
    public static let large = Code("large")
    /// An answer with a part of the content.
    public static let partial = Code("partial")
  }

  public let code: Code
  /// One line, without anything of the content.
  public let reason: String

  init(_ code: Code, _ reason: String) { (self.code, self.reason) = (code, reason) }

  public var description: String { reason }
}
