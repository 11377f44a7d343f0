import NIOCore
import NIOHPACK

/// Brings one message of HTTP/2 into HTTP/1.1, by which all that comes behind it reads messages (RFC 9113 §8.1). What could be read in
/// another way there is refused before.
struct MessageText {
  /// How the content goes on.
  private enum Framing {
    case none
    /// Bytes that are still missing.
    case fixed(UInt64)
    case chunked
  }

  private var framing = Framing.none

  // MARK: Requests

  /// The head of a request, and its framing.
  ///
  /// - Throws: `HTTPFault` for a request that breaks RFC 9113 §8.2 or §8.3.
  mutating func request(_ headers: HPACKHeaders, isLast: Bool) throws(HTTPFault) -> ByteBuffer {
    let parts = try HTTP2Fields(headers, .request)
    guard let method = parts.method, !method.isEmpty, method.utf8.allSatisfy(WireLines.isToken) else {
      throw .malformed("there is no :method")
    }
    var fields = parts.fields
    let hosts = fields.values("host")
    fields.removeAll { $0.key == "host" }
    // §8.3.1: they must not differ, and one that takes the first would not see what the other takes.
    guard hosts.count <= 1, hosts.first == nil || parts.authority == nil || hosts.first == parts.authority else {
      throw .malformed("Host is another than :authority")
    }
    guard let authority = parts.authority ?? hosts.first, HTTPAuthority(authority) != nil else {
      throw .malformed("there is no :authority, or it is no host and port")
    }
    let target: String
    if method == "CONNECT" {
      guard parts.scheme == nil, parts.path == nil else { throw .malformed("CONNECT has :scheme or :path") }
      target = authority
    } else {
      guard let scheme = parts.scheme, scheme == "http" || scheme == "https" else {
        throw .malformed(":scheme is neither http nor https")
      }
      guard let path = parts.path, path.hasPrefix("/") || path == "*" && method == "OPTIONS",
        path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") })
      else { throw .malformed(":path is no path") }
      target = path
    }
    // §8.2.3: crumbs are one field in HTTP/1.1.
    let crumbs = fields.values("cookie")
    if crumbs.count > 1 {
      fields.removeAll { $0.key == "cookie" }
      fields.append(WireField("cookie", crumbs.joined(separator: "; ")))
    }
    fields.insert(WireField("host", authority), at: 0)
    try frame(&fields, isLast: isLast)
    var buffer = ByteBuffer()
    buffer.writeString("\(method) \(target) HTTP/1.1\r\n")
    buffer.write(fields)
    return buffer
  }

  private mutating func frame(_ fields: inout [WireField], isLast: Bool) throws(HTTPFault) {
    let lengths = fields.values("content-length")
    guard lengths.count <= 1 else { throw .malformed("content-length stands there twice") }
    if let text = lengths.first {
      guard let count = WireLines.number(text) else { throw .malformed("content-length is no number") }
      guard !isLast || count == 0 else { throw .malformed("the content is not as long as content-length says") }
      framing = .fixed(count)
    } else if isLast {
      framing = .none
    } else {
      framing = .chunked
      fields.append(WireField("transfer-encoding", "chunked"))
    }
  }

  // MARK: Answers

  /// The head of an answer to a method.
  ///
  /// - Throws: `HTTPFault` for an answer that breaks RFC 9113 §8.2 or §8.3.
  mutating func response(_ headers: HPACKHeaders, to method: String, isLast: Bool) throws(HTTPFault) -> ByteBuffer {
    let parts = try HTTP2Fields(headers, .response)
    guard let status = parts.status, status != 101 else { throw .malformed("there is no :status, or it is 101") }
    var fields = parts.fields
    if status >= 200 {
      let hasNone = method == "HEAD" || status == 204 || status == 304
      if hasNone {
        framing = .none
      } else {
        try frame(&fields, isLast: isLast)
        // Without it the content of an answer goes up to the connection's end.
        if case .none = framing { fields.append(WireField("content-length", "0")) }
      }
    }
    return ResponseHead.text(status: status, reason: [], fields: fields)
  }

  // MARK: Content

  /// Content of a DATA frame.
  ///
  /// - Throws: `HTTPFault` for more than the head said, or less.
  mutating func content(_ bytes: ByteBuffer, isLast: Bool) throws(HTTPFault) -> ByteBuffer {
    switch framing {
    case .none:
      guard bytes.readableBytes == 0 else { throw .malformed("there is content where none can be") }
      return ByteBuffer()
    case .fixed(let left):
      let count = UInt64(bytes.readableBytes)
      guard count <= left, !isLast || count == left else {
        throw .malformed("the content is not as long as content-length says")
      }
      framing = .fixed(left - count)
      return bytes
    case .chunked:
      var out = ByteBuffer()
      if bytes.readableBytes > 0 {
        out.writeString(String(bytes.readableBytes, radix: 16) + "\r\n")
        out.writeImmutableBuffer(bytes)
        out.writeString("\r\n")
      }
      if isLast { out.writeString("0\r\n\r\n") }
      return out
    }
  }

  /// The fields behind the content, which end it.
  ///
  /// - Throws: `HTTPFault` for fields that may not stand there.
  mutating func trailers(_ headers: HPACKHeaders) throws(HTTPFault) -> ByteBuffer {
    let parts = try HTTP2Fields(headers, .trailers)
    switch framing {
    case .none: return ByteBuffer()
    case .fixed(let left):
      guard left == 0 else { throw .malformed("the content is not as long as content-length says") }
      // A length has no trailers behind it in HTTP/1.1 (RFC 9112 §6.3).
      return ByteBuffer()
    case .chunked:
      var out = ByteBuffer(string: "0\r\n")
      out.write(parts.fields)
      return out
    }
  }
}
