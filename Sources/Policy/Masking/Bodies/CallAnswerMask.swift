public import Bytes
public import Model

/// What stands between a client and a server of HTTP does to requests and answers whose content is masked by a plan.
public struct CallAnswerMask {
  /// What of an answer decides how it is masked.
  public struct Head {
    public var method: String
    public var status: Int
    /// Without pseudo fields.
    public var fields: [HeaderField]

    public init(method: String, status: Int, fields: [HeaderField]) {
      (self.method, self.status, self.fields) = (method, status, fields)
    }
  }

  private var mask: DataMask

  /// Nil when the plan has no rules: then nothing has to be done.
  public init?(_ plan: MaskingPlan, hasher: SecretHasher) {
    guard !plan.isEmpty else { return nil }
    mask = DataMask(plan, hasher: hasher)
  }

  /// What was masked in heads, trailers and messages since this was asked last. Never the values.
  public mutating func takeTally() -> MaskTally { mask.takeTally() }

  // MARK: Requests

  private static let codings: Set<String> = ["gzip", "x-gzip", "deflate", "x-deflate", "br", "zstd", "identity"]
  private static let messageCodings: Set<String> = ["gzip", "deflate", "identity"]
  private static let refused: Set<String> = [
    "range", "if-range", "want-digest", "want-content-digest", "want-repr-digest", "available-dictionary",
    "dictionary-id", "x-amz-checksum-mode", "sec-websocket-extensions",
  ]

  /// The fields of a request as the server may have them: it is asked for the whole, in codings that are removed, and for no
  /// digests.
  public static func request(_ fields: [HeaderField]) -> [HeaderField] {
    var out: [HeaderField] = []
    var hasCodings = false
    for field in fields {
      let name = field.name.lowercased()
      switch name {
      case "accept-encoding":
        if !hasCodings { out.append(HeaderField(field.name, accepted(fields.values(name), codings))) }
        hasCodings = true
      case "grpc-accept-encoding":
        out.append(HeaderField(field.name, accepted([field.value], messageCodings)))
      case "te":
        if field.value.lowercased().contains("trailers") { out.append(HeaderField(field.name, "trailers")) }
      // A tag that was made weak on the way to the client.
      case "if-match": out.append(HeaderField(field.name, field.value.replacing("W/\"", with: "\"")))
      default: if !refused.contains(name) { out.append(field) }
      }
    }
    if !hasCodings { out.append(HeaderField("accept-encoding", "identity")) }
    return out
  }

  private static func accepted(_ values: [String], _ known: Set<String>) -> String {
    let kept = values.flatMap { $0.split(separator: ",") }.map { $0.trimming(\.isWhitespace) }.filter { item in
      known.contains(item.prefix { $0 != ";" }.trimming(\.isWhitespace).lowercased())
    }
    return kept.isEmpty ? "identity" : kept.joined(separator: ", ")
  }

  // MARK: Answers

  private static let digests: Set<String> = [
    "content-md5", "digest", "content-digest", "repr-digest", "x-goog-hash", "x-ms-content-crc64", "x-content-digest",
  ]
  private static let lengths: Set<String> = ["content-length", "content-encoding", "transfer-encoding"]
  /// Fields that the protocol itself needs as they are.
  private static let kept: Set<String> = [
    "connection", "keep-alive", "upgrade", "trailer", "date", "age", "content-type", "content-length",
    "content-encoding", "transfer-encoding", "content-range", "allow", "accept", "etag", "last-modified", "expires",
    "cache-control", "vary", "server", "via", "alt-svc", "set-cookie", "www-authenticate", "proxy-authenticate",
    "authentication-info", "sec-websocket-accept", "sec-websocket-protocol", "sec-websocket-extensions",
    "strict-transport-security", "content-security-policy", "traceparent", "tracestate", "grpc-status", "grpc-encoding",
    "grpc-accept-encoding", "mcp-session-id", "retry-after",
  ]

  /// The fields of an answer as the client may have them, and what masks its content; that is nil where there is none.
  ///
  /// Where the length of the content may change, Content-Length, Content-Encoding and Transfer-Encoding are gone: the content
  /// goes on without a coding, in chunks or up to the end of the stream.
  ///
  /// - Throws: `BodyMaskFailure` where the content cannot be masked: nothing of the answer may be shown.
  public mutating func answer(
    _ head: Head, passesCompressed: Bool = false
  ) throws(BodyMaskFailure) -> (fields: [HeaderField], body: BodyMask?) {
    let hasNone =
      head.method.uppercased() == "HEAD" || head.status < 200 || head.status == 204 || head.status == 205
      || head.status == 304
    if head.status == 206 { throw BodyMaskFailure(.partial, "an answer with a part of the content") }
    let codings = (head.fields.values("content-encoding") + head.fields.values("transfer-encoding"))
      .flatMap { $0.split(separator: ",") }.map { $0.trimming(\.isWhitespace) }.filter { !$0.isEmpty }
    let form = BodyMask.Form(
      mediaType: head.fields["content-type"], codings: codings, messageEncoding: head.fields["grpc-encoding"],
      passesCompressed: passesCompressed)
    let body: BodyMask?
    do {
      body = try BodyMask(form, mask: DataMask(mask.plan, hasher: mask.hasher))
    } catch {
      guard hasNone else { throw error }
      body = nil
    }
    let keepsLength = body?.keepsLength == true
    let fields = head.fields.filter { field in
      let name = field.name.lowercased()
      if head.status >= 200, !keepsLength, Self.lengths.contains(name) { return false }
      return name != "accept-ranges" && !Self.isDigest(name)
    }
    return (shown(fields), hasNone ? nil : body)
  }

  /// The fields behind the content as the client may have them.
  public mutating func trailers(_ fields: [HeaderField]) -> [HeaderField] {
    shown(fields.filter { !Self.isDigest($0.name.lowercased()) })
  }

  /// The words behind the status of an answer.
  public mutating func reason(_ text: String) -> String {
    String(decoding: mask.plainText(Array(text.utf8)), as: UTF8.self)
  }

  private static func isDigest(_ name: String) -> Bool {
    digests.contains(name) || name.hasPrefix("x-amz-checksum-")
  }

  private mutating func shown(_ fields: [HeaderField]) -> [HeaderField] {
    fields.map { field in
      let name = field.name.lowercased()
      if name == "etag" {
        // RFC 9110 §8.8.1: what is changed on the way is another representation, of the same meaning.
        return field.value.hasPrefix("\"") ? HeaderField(field.name, "W/" + field.value) : field
      }
      return Self.kept.contains(name) ? field : mask.field(field)
    }
  }

  // MARK: WebSocket

  /// A message of WebSocket, whole and without compression.
  public mutating func message(_ bytes: [UInt8], isText: Bool) -> [UInt8] {
    isText ? mask.text(bytes) : mask.covered(bytes)
  }
}
