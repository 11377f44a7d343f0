public import Model

/// The head of a request or response as text: its first line, then a field a line, in the order sent.
public enum HeadText {
  /// `POST /orders HTTP/1.1` and the fields, trailers after a blank line.
  public static func request(_ head: CallHead) -> String {
    let first =
      head.method.isEmpty ? "(the request was not captured)" : "\(head.method) \(head.target) HTTP/\(head.version)"
    var fields = head.requestFields
    // HTTP/2 says the host beside the fields.
    if let authority = head.authority, fields["host"] == nil {
      fields.insert(HeaderField(":authority", authority), at: 0)
    }
    return text(first, fields, head.requestTrailers)
  }

  /// `HTTP/1.1 201 Created` and the fields; nil when there was none.
  public static func response(_ head: CallHead) -> String? {
    guard let status = head.status else { return nil }
    let informational = head.informational.map { "HTTP/\(head.version) \($0)\n" }.joined()
    let first = "HTTP/\(head.version) \(status)\(head.reason.isEmpty ? "" : " " + head.reason)"
    return informational + text(first, head.responseFields, head.responseTrailers)
  }

  private static func text(_ first: String, _ fields: [HeaderField], _ trailers: [HeaderField]) -> String {
    var lines = [oneLine(first)] + fields.map(line)
    if !trailers.isEmpty { lines += ["", "(after the content:)"] + trailers.map(line) }
    return lines.joined(separator: "\n")
  }

  private static func line(_ field: HeaderField) -> String { oneLine("\(field.name): \(field.value)") }

  /// A line break in a value must not look like another field.
  private static func oneLine(_ text: String) -> String {
    text.utf8.contains(0x0A) ? text.replacing("\r\n", with: "⏎").replacing("\n", with: "⏎") : text
  }
}
