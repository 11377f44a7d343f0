import NIOCore

/// The head of a response (RFC 9112 §4).
struct ResponseHead {
  var minor: Int
  var status: Int
  /// Of any charset.
  var reason: [UInt8]
  var fields: [WireField]

  init(status: Int, reason: [UInt8], fields: [WireField]) {
    (minor, self.status, self.reason, self.fields) = (1, status, reason, fields)
  }

  /// Reads a whole head, its empty line included. Lines of servers may end without CR: the client gets them with it.
  init(_ bytes: ByteBufferView, _ limits: HTTPHeadLimits) throws(HTTPFault) {
    let lines = try WireLines.lines(bytes, endsAtLF: true)
    guard let first = lines.first else { throw .malformed("there is no status line") }
    let parts = first.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, let version = parts.first, let digits = parts.dropFirst().first, digits.count == 3,
      let status = WireLines.number(String(decoding: digits, as: UTF8.self)), (100...999).contains(status)
    else { throw .malformed("the status line is not VERSION STATUS REASON") }
    switch String(decoding: version, as: UTF8.self) {
    case "HTTP/1.1": minor = 1
    case "HTTP/1.0": minor = 0
    default: throw .malformed("the status line has no version that is known here")
    }
    self.status = Int(status)
    reason = parts.count == 3 ? parts.last.map { Array($0) } ?? [] : []
    guard lines.count - 1 <= limits.fieldCount else { throw HTTPFault(502, "there are too many fields") }
    fields = try WireLines.fields(lines.dropFirst())
  }

  /// The server keeps the connection open for another request.
  var isPersistent: Bool {
    let options = fields.list("connection")
    return minor == 1 ? !options.contains("close") : options.contains("keep-alive")
  }

  /// As the client gets it: fields that were for the gateway alone are left out, `close` is told where it holds.
  ///
  /// `isLast`: the connection is closed behind it.
  func forClient(isLast: Bool) -> ResponseHead {
    var shown = fields
    let gone = fields.hopByHop
    // What the client must do to be served (RFC 9110 §11.7.1) is said by the target, if it is a proxy.
    shown.removeAll { $0.key != "proxy-authenticate" && gone.contains($0.key) }
    let upgrade = status == 101 || status == 426 ? fields.values("upgrade").joined(separator: ", ") : ""
    if !upgrade.isEmpty {
      shown.append(WireField("Connection", isLast && status != 101 ? "Upgrade, close" : "Upgrade"))
      shown.append(WireField("Upgrade", upgrade))
    } else if isLast {
      shown.append(WireField("Connection", "close"))
    }
    return ResponseHead(status: status, reason: reason, fields: shown)
  }

  var text: ByteBuffer { Self.text(status: status, reason: reason, fields: fields) }

  static func text(status: Int, reason: [UInt8], fields: [WireField]) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.writeString("HTTP/1.1 \(status) ")
    buffer.writeBytes(reason)
    buffer.writeString("\r\n")
    buffer.write(fields)
    return buffer
  }
}
