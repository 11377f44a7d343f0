/// A field of an HTTP head or trailer section, as sent; bytes that are no UTF-8 are read as ISO 8859-1 (RFC 9110 §5.5).
public struct HeaderField: Sendable, Hashable {
  /// In the case that was sent; names of HTTP/2 are lower-case.
  public var name: String
  /// Without the white space around it.
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension [HeaderField] {
  /// The value of the first field of that name; `name` is given in lower case.
  public subscript(name: String) -> String? { first { $0.name.lowercased() == name }?.value }

  /// The values of all fields of that name, in order; `name` is given in lower case.
  public func values(_ name: String) -> [String] { filter { $0.name.lowercased() == name }.map(\.value) }
}
