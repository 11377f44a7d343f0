/// A value bound to a statement's placeholder.
public struct Parameter: Sendable, Hashable {
  /// The type's name where it is known (`int4`), else `oid 12345`; `unknown` when the wire did not say.
  public var type: String
  /// The value as text, nil for SQL NULL. Values of types that we do not decode are `\x` and hexadecimal digits.
  public var text: String?

  public init(type: String, text: String?) {
    self.type = type
    self.text = text
  }
}
