/// The Content-Type field (RFC 9110 §8.3), as far as it decides how content is kept.
public struct MediaType: Sendable, Hashable {
  /// `type/subtype`, in lower case.
  public var essence: String
  public var charset: String?

  public init(_ value: String) {
    let parts = value.split(separator: ";", omittingEmptySubsequences: true)
    essence = Self.trimmed(String(parts.first ?? "")).lowercased()
    for part in parts.dropFirst() {
      let sides = part.split(separator: "=", maxSplits: 1)
      guard sides.count == 2, Self.trimmed(String(sides[0])).lowercased() == "charset" else { continue }
      let text = Self.trimmed(String(sides[1])).lowercased()
      if charset == nil { charset = text.filter { $0 != "\"" && $0 != "'" } }
    }
  }

  public var isEventStream: Bool { essence == "text/event-stream" }

  /// Content of these types is text.
  public var isText: Bool {
    if essence.hasPrefix("text/") || essence.hasSuffix("+json") || essence.hasSuffix("+xml") { return true }
    return Self.texts.contains(essence)
  }

  /// Content of these types is not shown as text, whatever is in it.
  public var isBinary: Bool {
    ["image/", "audio/", "video/", "font/"].contains { essence.hasPrefix($0) } || Self.binaries.contains(essence)
  }

  private static let texts: Set<String> = [
    "application/json", "application/xml", "application/javascript", "application/x-javascript",
    "application/ecmascript", "application/x-www-form-urlencoded", "application/graphql", "application/yaml",
    "application/x-yaml", "application/x-ndjson", "application/jsonl", "application/json-seq", "application/sql",
    "application/toml", "application/x-sh", "image/svg+xml",
  ]

  private static let binaries: Set<String> = [
    "application/pdf", "application/zip", "application/gzip", "application/x-gzip", "application/grpc",
    "application/protobuf", "application/x-protobuf", "application/x-tar", "application/wasm",
  ]

  /// Without SP and HTAB at the ends (RFC 9110 §5.6.3), and nothing else.
  private static func trimmed(_ text: String) -> String {
    var rest = text.unicodeScalars[...]
    while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return String(rest)
  }
}
