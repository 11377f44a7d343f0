public import Model

/// One record of a stream as a person reads it: what it is, and its text. The text is captured: a sink makes it safe.
public struct MessageText: Sendable, Hashable {
  /// `text`, `ping`, `close 1000`, `event`, `typed`, `resized`; empty for what a terminal showed.
  public var title: String
  /// Lines, separated by line feeds.
  public var text: String
  public var isShortened: Bool

  /// Takes `limit` bytes of text at most; the `mediaType` of the stream says what its messages are.
  public init(_ record: StreamRecord, mediaType: String? = nil, limit: Int) {
    let limits = PrettyBody.Limits(textBytes: limit, dumpBytes: min(limit, 128))
    switch record.kind {
    case .text:
      let body = PrettyBody(record.bytes, isText: true, isCut: false, mediaType: nil, limits: limits)
      self.init(body.title == "JSON" ? "JSON" : "text", body.text, body.isShortened)
    case .binary:
      let body = PrettyBody(record.bytes, isText: false, isCut: false, mediaType: nil, limits: limits)
      self.init("binary, \(Figures.of(record.bytes.count, "byte"))", body.text, body.isShortened)
    case .ping, .pong:
      let body = PrettyBody(record.bytes, isText: false, isCut: false, mediaType: nil, limits: limits)
      self.init(record.kind == .ping ? "ping" : "pong", record.bytes.isEmpty ? "" : body.text, body.isShortened)
    case .close: self.init(close: record.bytes, limit: limit)
    case .event: self.init("event", Self.string(record.bytes, limit), record.bytes.count > limit)
    case .message:
      let type = MediaType(mediaType).essence.hasSuffix("+json") ? "application/json" : "application/protobuf"
      let body = PrettyBody(record.bytes, isText: false, isCut: false, mediaType: type, limits: limits)
      self.init("message, \(Figures.of(record.bytes.count, "byte"))", body.text, body.isShortened)
    case .input: self.init("typed", Self.typed(record.bytes, limit), record.bytes.count > limit)
    case .output, .errorOutput:
      var stream = TerminalStream()
      stream.feed(record.bytes.prefix(limit))
      self.init(record.kind == .output ? "" : "error output", stream.text, record.bytes.count > limit)
    case .resize: self.init("resized", Self.string(record.bytes, 64), false)
    case .exit: self.init("ended", Self.string(record.bytes, 256), false)
    }
  }

  private init(_ title: String, _ text: String, _ isShortened: Bool) {
    self.title = title
    self.text = text
    self.isShortened = isShortened
  }

  /// RFC 6455 §5.5.1: a status code, then a reason.
  private init(close bytes: [UInt8], limit: Int) {
    guard bytes.count >= 2 else {
      self.init("close", "", false)
      return
    }
    let code = Int(bytes[0]) << 8 | Int(bytes[1])
    self.init("close \(code)", Self.string(Array(bytes.dropFirst(2)), limit), bytes.count - 2 > limit)
  }

  private static func string(_ bytes: [UInt8], _ limit: Int) -> String {
    var text = String(decoding: bytes, as: UTF8.self).prefix(bytes: max(0, limit))
    while let last = text.utf8.last, last == 0x0A || last == 0x0D { text.unicodeScalars.removeLast() }
    return String(text)
  }

  /// Keys as they are named: `^C`, `⏎` for Return, `⌫` for rubout; the rest as it is.
  static func typed(_ bytes: [UInt8], _ limit: Int) -> String {
    var text = String.UnicodeScalarView()
    var isAfterReturn = false
    for scalar in String(decoding: bytes.prefix(limit), as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0x0A where isAfterReturn: break
      case 0x0A, 0x0D: text.append("⏎")
      case 0x7F, 0x08: text.append("⌫")
      case 0x09: text.append("⇥")
      case 0x1B: text.append(contentsOf: "^[".unicodeScalars)
      case 1..<0x20: text.append(contentsOf: ["^", Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value + 0x40))])
      default: text.append(scalar)
      }
      isAfterReturn = scalar.value == 0x0D
    }
    return String(text)
  }
}
