import NIOCore

/// The head of a request (RFC 9112 §3), read so narrowly that there is one way to read it.
struct RequestHead {
  /// Letters of a method.
  private static let methodLimit = 32

  var method: String
  /// As sent.
  var target: String
  /// 0 or 1: HTTP/1.0 or HTTP/1.1.
  var minor: Int
  var fields: [WireField]
  let length: HTTPLength

  /// Reads a whole head, its empty line included.
  ///
  /// - Throws: `HTTPFault` with the status that tells why not.
  init(_ bytes: ByteBufferView, _ limits: HTTPHeadLimits) throws(HTTPFault) {
    let lines = try WireLines.lines(bytes, endsAtLF: false)
    guard let first = lines.first else { throw .malformed("there is no request line") }
    let parts = first.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 3, let name = parts.first, let place = parts.dropFirst().first, let version = parts.last,
      !name.isEmpty, name.count <= Self.methodLimit, name.allSatisfy(WireLines.isToken), !place.isEmpty,
      place.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") })
    else { throw .malformed("the request line is not METHOD TARGET VERSION") }
    switch String(decoding: version, as: UTF8.self) {
    case "HTTP/1.1": minor = 1
    case "HTTP/1.0": minor = 0
    case let other where other.hasPrefix("HTTP/"): throw HTTPFault(505, "HTTP/1.1 and HTTP/1.0 are spoken here")
    default: throw .malformed("the request line has no version")
    }
    guard lines.count - 1 <= limits.fieldCount else { throw HTTPFault(431, "there are too many fields") }
    method = String(decoding: name, as: UTF8.self)
    target = String(decoding: place, as: UTF8.self)
    fields = try WireLines.fields(lines.dropFirst())
    length = try HTTPLength(request: fields, minor: minor)
    try check()
  }

  private func check() throws(HTTPFault) {
    let hosts = fields.values("host")
    guard hosts.count == 1 || hosts.isEmpty && minor == 0 else {
      throw .malformed(hosts.isEmpty ? "there is no Host" : "there are two Host fields")
    }
    if let host = hosts.first, HTTPAuthority(host) == nil { throw .malformed("Host is no host and port") }
    switch method {
    case "CONNECT":
      guard HTTPAuthority(target)?.port != nil else { throw .malformed("CONNECT takes host:port") }
      guard length == .none else { throw .malformed("CONNECT has no body") }
    case "TRACE":
      // What comes back would have the target's credentials in it.
      throw HTTPFault(501, "TRACE is not passed on")
    case "OPTIONS" where target == "*": break
    default:
      guard target.hasPrefix("/") || HTTPURL(target) != nil else {
        throw .malformed("the target is no path and no URL")
      }
    }
    if let expected = fields["expect"], expected.lowercased() != "100-continue" {
      throw HTTPFault(417, "nothing but 100-continue is expected here")
    }
  }

  /// It waits for 100 before it sends its body (RFC 9110 §10.1.1).
  var expectsContinue: Bool { minor == 1 && length.hasContent && fields["expect"] != nil }

  /// The client keeps the connection open for another request (RFC 9112 §9.3).
  var isPersistent: Bool { minor == 1 && !fields.list("connection").contains("close") }

  /// What the client wants the connection to become, in lower case; nil when nothing, or when only HTTP/2, which is left
  /// out: what would come behind it is judged as requests of HTTP/1.1.
  var upgrade: String? {
    guard minor == 1, fields.list("connection").contains("upgrade") else { return nil }
    let names = fields.list("upgrade").filter { $0 != "h2c" && $0 != "h2" }
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }

  /// The head as text, with other fields.
  func text(target: String, fields: [WireField], into buffer: inout ByteBuffer) {
    buffer.writeString("\(method) \(target) HTTP/1.\(minor)\r\n")
    buffer.write(fields)
  }
}
