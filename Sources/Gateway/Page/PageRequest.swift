import NIOHTTP1

/// A request of a browser's, whole.
struct PageRequest: Sendable {
  /// Bytes of a content.
  static let contentLimit = 128 << 10

  var method: HTTPMethod
  var path: String
  var headers: HTTPHeaders
  var content: [UInt8] = []
  /// Of the browser's machine.
  var address: String

  init(_ head: HTTPRequestHead, address: String) {
    method = head.method
    path = String(head.uri.prefix { $0 != "?" })
    headers = head.headers
    self.address = address
  }

  var browser: String { headers.first(name: "User-Agent") ?? "" }

  /// Why it is none of the page's own: of another page, or by another name (a name that somebody else makes lead here).
  func refusal(_ origins: Set<String>) -> PageAnswer? {
    let hosts = headers["Host"]
    guard hosts.count == 1, let host = hosts.first?.lowercased(),
      origins.contains(where: { $0.hasSuffix("://\(host)") })
    else { return PageAnswer(.misdirectedRequest, "this is \(origins.sorted().joined(separator: " or "))") }
    switch method {
    case .GET, .HEAD: return nil
    case .POST:
      guard let origin = headers.first(name: "Origin"), origins.contains(origin) else {
        return PageAnswer(.forbidden, "only the page itself asks here")
      }
      guard headers.first(name: "Content-Type") == "application/json" else {
        return PageAnswer(.unsupportedMediaType, "takes application/json")
      }
      return nil
    default: return PageAnswer(.methodNotAllowed, "takes GET and POST")
    }
  }

  func cookie(_ name: String) -> String? {
    for field in headers["Cookie"] {
      for part in field.split(separator: ";") {
        let text = part.drop { $0 == " " }
        if text.hasPrefix("\(name)=") { return String(text.dropFirst(name.count + 1)) }
      }
    }
    return nil
  }
}
