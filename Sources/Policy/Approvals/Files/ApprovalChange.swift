/// One change of a request, as it must be seen on the wire.
public struct ApprovalChange: Sendable, Hashable {
  /// `sql`, `http`, `exec`, `git`, …: that of the action.
  public var kind: String
  /// The statement, command line or `METHOD URL`, byte by byte. What stands around it and means nothing does not
  /// count (`normalised`).
  public var text: String
  /// The values bound to it in their order; nil stands for NULL.
  public var parameters: [String?]
  /// SHA-256 of what was sent besides (a request's body, COPY data), hexadecimal; nil when there is nothing, `anyBody` where
  /// it does not matter.
  public var bodySHA256: String?
  /// More rows than that are more than was approved.
  public var rowsAtMost: Int?
  /// Approves all statements of this shape, whatever their constants: libpg_query's fingerprint, 16 hexadecimal digits.
  /// `text` is an example.
  public var fingerprint: String?

  public init(
    kind: String, text: String, parameters: [String?] = [], bodySHA256: String? = nil, rowsAtMost: Int? = nil,
    fingerprint: String? = nil
  ) {
    self.kind = kind
    self.text = ApprovalChange.normalised(text, kind: kind)
    self.parameters = parameters
    self.bodySHA256 = bodySHA256
    self.rowsAtMost = rowsAtMost
    self.fingerprint = fingerprint
  }

  /// In the place of a digest, of a COPY and of a file over SFTP alone: whatever its client sends.
  public static let anyBody = "any"

  /// Approves a shape and not a statement.
  public var isClass: Bool { fingerprint != nil }

  /// Blanks at the ends are left out, and of statements comments and semicolons there: clients add and take them as they
  /// like (psql leaves comments before a statement away, libraries put trace ids behind it), and they mean nothing. Nothing
  /// else is touched.
  static func normalised(_ text: String, kind: String) -> String {
    let bytes = Array(text.utf8)
    if kind == "sql" || kind == "copy" {
      var shape = SQLShape()
      shape.read(text)
      guard let first = shape.statements.first, let last = shape.statements.last else { return "" }
      return String(decoding: bytes[first.lowerBound..<last.upperBound], as: UTF8.self)
    }
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }
}
