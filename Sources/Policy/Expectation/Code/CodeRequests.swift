/// Requests that a program's text makes.
enum CodeRequests {
  private static let methods: Set<String> = ["get", "post", "put", "patch", "delete", "head", "options"]
  /// Calls whose first argument is a URL; the method stands elsewhere or is GET.
  private static let openers: Set<String> = [
    "fetch", "urlopen", "request", "axios", "got", "ky", "urlretrieve", "file_get_contents", "uri", "open",
    "newrequest",
    "newrequestwithcontext", "ws_connect", "curl_init", "getjson", "superagent", "needle", "undici", "$fetch",
    "usefetch", "get_response",
  ]
  /// Bytes behind a URL in which a method is looked for.
  private static let reach = 400

  static func request(
    _ literal: CodeLiteral, behind before: CodeLiteral?, in text: [UInt8]
  ) -> (method: String, url: String)? {
    let url = literal.text
    guard url.utf8.count <= 16 << 10, !url.contains(where: \.isWhitespace), !EffectText.isOpen(url) else { return nil }
    let isWhole = url.hasPrefix("http://") || url.hasPrefix("https://")
    // `f"{base}/users"`, or a path of a client that knows its base.
    let isRest = url.unicodeScalars.first.map(EffectText.isMark) == true && url.contains("/")
    guard !literal.isAssigned || literal.context == "url", isWhole || isRest || url.hasPrefix("/") else { return nil }
    let context = literal.isAssigned ? literal.receiver.lowercased() : literal.context.lowercased()
    let clients: Set<String> = [
      "requests", "httpx", "client", "session", "http", "axios", "s", "c", "ky", "got", "api", "httpclient", "faraday",
      "conn", "rest",
      "restclient", "httparty", "request", "superagent", "aiohttp", "async_client", "http_client",
    ]
    let isClient = clients.contains(literal.receiver.lowercased())
    let known = isWhole ? url : isRest ? url : EffectText.hole + url
    if methods.contains(context) {
      guard isWhole || isClient else { return nil }
      return (context.uppercased(), known)
    }
    guard openers.contains(context), isWhole || isRest || isClient else { return nil }
    // `request("POST", url)`
    if let before, before.text.utf8.count < 8, methods.contains(before.text.lowercased()),
      before.context == literal.context
    {
      return (before.text.uppercased(), known)
    }
    return (method(behind: literal.end, in: text) ?? "GET", known)
  }

  /// `{ method: "POST" }`, `method="POST"`; a body without a method is posted by Python's own client.
  private static func method(behind end: Int, in text: [UInt8]) -> String? {
    guard end <= text.count else { return nil }
    let rest = Array(text[end...].prefix(reach))
    var depth = 0
    var index = 0
    while index < rest.count {
      if rest[index] == Byte.open { depth += 1 }
      if rest[index] == Byte.close {
        depth -= 1
        if depth < 0 { return nil }
      }
      if rest[index...].starts(with: "method".utf8) {
        let value = rest[(index + 6)...].drop { !Byte.isNameStart($0) && $0 != Byte.newline }.prefix(while: Byte.isName)
        let name = String(decoding: value, as: UTF8.self)
        if methods.contains(name.lowercased()) { return name.uppercased() }
      }
      index += 1
    }
    return nil
  }
}
