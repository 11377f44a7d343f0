/// An error or notice of a server.
public struct ServerMessage: Sendable, Hashable {
  /// The non-localised severity: `ERROR`, `FATAL`, `NOTICE`, …
  public var severity: String
  /// SQLSTATE, HTTP status, …
  public var code: String
  public var message: String
  /// Every other field by its name in the protocol's documentation, in the order received: `detail`, `hint`, `position`…
  public var fields: [Field]

  public struct Field: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(severity: String, code: String, message: String, fields: [Field] = []) {
    self.severity = severity
    self.code = code
    self.message = message
    self.fields = fields
  }

  public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
}
