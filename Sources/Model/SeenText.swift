import Bytes

/// A text that was seen, such as an action's, in the form in which expected effects are compared with it.
public struct SeenText: Sendable {
  /// Longer texts are the same only when every byte is.
  public static let limit = 1 << 20
  /// Longer keys are named by their digest.
  private static let keyLimit = 1 << 10

  public let kind: ExpectedEffect.Kind
  public let text: String
  /// Without what does not matter on the wire; nil of a text that is too long.
  public let normalised: [UInt8]?

  public init(_ text: String, _ kind: ExpectedEffect.Kind) {
    self.kind = kind
    self.text = text
    normalised = text.utf8.count <= Self.limit ? EffectNormalisation.of(Array(text.utf8), kind) : nil
  }

  /// Equal for texts of one kind that are the same but for what does not matter.
  public var key: String {
    let bytes = normalised ?? Array(text.utf8)
    guard bytes.count > Self.keyLimit else { return "\(kind.rawValue) \(String(decoding: bytes, as: UTF8.self))" }
    return "\(kind.rawValue) \(bytes.count) \(SHA256.digest(of: bytes.span).hex)"
  }
}
