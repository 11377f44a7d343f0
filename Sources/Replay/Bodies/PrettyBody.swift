import Bytes
public import Model

/// A body laid out for a person: what it is, and lines of text. The text is captured: a sink makes it safe for its place.
public struct PrettyBody: Sendable, Hashable {
  /// How much of a body is laid out.
  public struct Limits: Sendable, Hashable {
    /// Bytes of text.
    public var textBytes: Int
    /// Bytes of what is no text, as a dump.
    public var dumpBytes: Int

    public init(textBytes: Int, dumpBytes: Int = 256) {
      self.textBytes = max(0, textBytes)
      self.dumpBytes = max(0, dumpBytes)
    }
  }

  /// `JSON`, `form`, `multipart, 2 parts`, `PNG image`, `protobuf without its schema`, `text`.
  public var title: String
  /// Lines, separated by line feeds.
  public var text: String
  /// The text shows the beginning only.
  public var isShortened: Bool
  /// The text is a dump of bytes.
  public var isDump = false

  /// Multipart bodies in multipart bodies.
  private static let depthLimit = 3

  public init(_ payload: StoredPayload, mediaType: String?, limits: Limits) {
    self.init(
      payload.bytes, isText: payload.layout == .text, isCut: !payload.isWhole(mediaType), mediaType: mediaType,
      limits: limits,
      depth: 0)
  }

  init(_ bytes: [UInt8], isText: Bool, isCut: Bool, mediaType: String?, limits: Limits, depth: Int = 0) {
    let type = MediaType(mediaType)
    let magic = isText ? nil : MagicType.name(of: bytes)
    // The bytes know better than their label: a coding that could not be removed, an image called JSON.
    if magic == nil, let body = Self.structured(bytes, isCut, type, limits, depth) {
      self = body
      return
    }
    if magic == "Kubernetes protobuf",
      let (text, isShortened) = ProtobufText.text(of: Array(bytes.dropFirst(4)), limit: limits.textBytes, isCut: isCut)
    {
      self.init(title: "Kubernetes protobuf without its schema", text: text, isShortened: isShortened || isCut)
      return
    }
    let shown = bytes.prefix(limits.textBytes)
    let whole = Self.wholeCharacters(shown)
    if isText || (magic == nil && !bytes.isEmpty && Self.looksLikeText(whole)) {
      self.init(
        title: Self.name(ofText: type), text: String(decoding: whole, as: UTF8.self),
        isShortened: isCut || whole.count < bytes.count)
      return
    }
    self.init(
      title: magic ?? (bytes.isEmpty ? "nothing kept" : "binary data"),
      text: HexDump.text(of: bytes.prefix(limits.dumpBytes)), isShortened: isCut || bytes.count > limits.dumpBytes)
    isDump = true
  }

  private init(title: String, text: String, isShortened: Bool) {
    self.title = title
    self.text = text
    self.isShortened = isShortened
  }

  private static func structured(
    _ bytes: [UInt8], _ isCut: Bool, _ type: MediaType, _ limits: Limits, _ depth: Int
  ) -> PrettyBody? {
    if type.isGRPC, let (text, isShortened) = ProtobufText.framed(bytes, limit: limits.textBytes) {
      return PrettyBody(title: "gRPC, protobuf without its schema", text: text, isShortened: isShortened || isCut)
    }
    if type.isProtobuf,
      let (text, isShortened) = ProtobufText.text(of: bytes, limit: limits.textBytes, isCut: isCut)
    {
      return PrettyBody(title: "protobuf without its schema", text: text, isShortened: isShortened || isCut)
    }
    if type.isForm {
      let (text, isShortened) = FormText.text(of: String(decoding: bytes, as: UTF8.self), limit: limits.textBytes)
      return PrettyBody(title: "form", text: text, isShortened: isShortened || isCut)
    }
    if type.isMultipart, depth < depthLimit, let parts = MultipartText.parts(of: bytes, boundary: type["boundary"]) {
      return multipart(parts, isCut, limits, depth)
    }
    let first = bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
    guard type.isJSON || first == UInt8(ascii: "{") || first == UInt8(ascii: "["), bytes.span.isUTF8 || isCut else {
      return nil
    }
    switch JSONIndenter.indent(bytes, limit: limits.textBytes, isCut: isCut) {
    case .whole(let text): return PrettyBody(title: "JSON", text: text, isShortened: isCut)
    case .beginning(let text): return PrettyBody(title: "JSON", text: text, isShortened: true)
    case .invalid: return nil
    }
  }

  private static func multipart(
    _ parts: [MultipartText.Part], _ isCut: Bool, _ limits: Limits, _ depth: Int
  ) -> PrettyBody {
    var text = ""
    var isShortened = isCut
    for (number, part) in parts.enumerated() {
      guard text.utf8.count < limits.textBytes else {
        isShortened = true
        break
      }
      if number > 0 { text += "\n" }
      text += "── part \(number + 1) of \(parts.count) ──"
      if !part.head.isEmpty { text += "\n" + part.head.prefix(bytes: 4096) }
      guard !part.content.isEmpty else { continue }
      var room = limits
      room.textBytes = limits.textBytes - min(limits.textBytes, text.utf8.count)
      let inner = PrettyBody(
        part.content, isText: false, isCut: false, mediaType: part.mediaType ?? "text/plain", limits: room,
        depth: depth + 1)
      if inner.isDump { text += "\n(\(inner.title), \(Figures.of(part.content.count, "byte")))" }
      text += "\n" + inner.text
      isShortened = isShortened || inner.isShortened
    }
    return PrettyBody(
      title: "multipart, \(Figures.of(parts.count, "part"))", text: text, isShortened: isShortened)
  }

  private static func name(ofText type: MediaType) -> String {
    switch type.essence {
    case "text/html", "application/xhtml+xml": "HTML"
    case "text/css": "CSS"
    case "text/csv": "CSV"
    case let name where name.hasSuffix("/xml") || name.hasSuffix("+xml"): "XML"
    case let name where name.hasSuffix("javascript"): "JavaScript"
    case let name where name.hasSuffix("yaml"): "YAML"
    case "text/event-stream": "server-sent events"
    default: type.isJSON ? "text (not well-formed JSON)" : "text"
    }
  }

  /// Without the beginning of a character whose end is not there.
  private static func wholeCharacters(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var end = bytes.endIndex
    while end > bytes.startIndex, bytes.endIndex - end < 3, bytes[end - 1] & 0xC0 == 0x80 { end -= 1 }
    guard end > bytes.startIndex else { return bytes }
    let lead = bytes[end - 1]
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1
    return bytes.endIndex - (end - 1) < length ? bytes[..<(end - 1)] : bytes
  }

  private static func looksLikeText(_ bytes: ArraySlice<UInt8>) -> Bool {
    let head = Array(bytes.prefix(512))
    guard head.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) else { return false }
    return Array(bytes).span.isUTF8
  }
}
