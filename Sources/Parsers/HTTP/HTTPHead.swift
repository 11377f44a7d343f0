import Bytes
import Model

/// The head of a message: start line and fields (RFC 9112 §2.1).
struct HTTPHead {
  /// Something in it that is not as it should be.
  struct Flaw: Hashable {
    var code: Anomaly.Code
    var detail: String

    init(_ code: Anomaly.Code, _ detail: String) {
      self.code = code
      self.detail = detail
    }
  }

  var start: HTTPStartLine
  var fields: [HeaderField]
  var flaws: [Flaw]
  /// The bytes, to be handed on when they are the preface of HTTP/2.
  var bytes: [UInt8]

  /// Reads whole lines; what stands behind the last line end is not read.
  init?(_ bytes: [UInt8], isRequest: Bool) {
    let span = bytes.span
    guard let end = span.firstIndex(of: 0x0a) else { return nil }
    flaws = []
    let line = Self.line(span, 0, end)
    guard let start = HTTPStartLine(line, isRequest: isRequest) else { return nil }
    self.start = start
    if case .request(_, let target, _, false) = start {
      flaws.append(Flaw("http-request-line", "the request line is malformed; its target is read as `\(target)`"))
    }
    if line.firstIndex(of: 0x0d) != nil { flaws.append(Self.bareCR) }
    self.bytes = bytes
    fields = Self.fields(span.extracting((end + 1)..<span.count), &flaws)
  }

  private static let bareCR = Flaw("http-smuggling-bare-cr", "a CR without LF stands in a line of the head")

  /// From `start` up to the LF at `end`, without the CR in front of it.
  @_lifetime(copy bytes)
  private static func line(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Span<UInt8> {
    bytes.extracting(start..<(end > start && bytes[end - 1] == 0x0d ? end - 1 : end))
  }

  /// Reads field lines up to the empty one.
  static func fields(_ bytes: Span<UInt8>, _ flaws: inout [Flaw]) -> [HeaderField] {
    var fields: [HeaderField] = []
    var start = 0
    while let end = bytes.firstIndex(of: 0x0a, from: start) {
      let whole = line(bytes, start, end)
      start = end + 1
      if whole.isEmpty { break }
      var clean: [UInt8] = []
      if whole.firstIndex(of: 0x0d) != nil {
        note(bareCR, &flaws)
        // RFC 9112 §2.2: a recipient … must consider that element to be invalid or replace each bare CR with SP.
        for index in whole.indices { clean.append(whole[index] == 0x0d ? 0x20 : whole[index]) }
      }
      if clean.isEmpty {
        add(whole, to: &fields, &flaws)
      } else {
        add(clean.span, to: &fields, &flaws)
      }
    }
    return fields
  }

  private static func note(_ flaw: Flaw, _ flaws: inout [Flaw]) {
    if !flaws.contains(flaw) { flaws.append(flaw) }
  }

  private static func add(_ line: Span<UInt8>, to fields: inout [HeaderField], _ flaws: inout [Flaw]) {
    if line.firstIndex(of: 0) != nil { note(Flaw("http-control-characters", "a field holds a NUL"), &flaws) }
    if HTTPText.isBlank(line[0]) {
      let more = HTTPText.string(HTTPText.trimmed(line))
      guard var last = fields.popLast() else {
        // RFC 9112 §2.2: lines that begin with white space right behind the start line.
        return note(Flaw("http-smuggling-leading-space", "the first field line begins with white space"), &flaws)
      }
      if !more.isEmpty { last.value += last.value.isEmpty ? more : " " + more }
      return fields.append(last)
    }
    guard let colon = line.firstIndex(of: 0x3a) else {
      note(Flaw("http-field-line", "a field line has no colon"), &flaws)
      return fields.append(HeaderField(HTTPText.string(HTTPText.trimmed(line)), ""))
    }
    var end = colon
    while end > 0, HTTPText.isBlank(line[end - 1]) { end -= 1 }
    let name = line.extracting(0..<end)
    let text = HTTPText.string(name)
    if end < colon {
      let flaw = Flaw(
        "http-smuggling-space-before-colon", "white space stands before the colon of `\(text.prefix(64))`")
      note(flaw, &flaws)
    }
    if !HTTPText.isToken(name) { note(Flaw("http-field-name", "a field's name is no token"), &flaws) }
    let value = HTTPText.trimmed(line.extracting((colon + 1)..<line.count))
    fields.append(HeaderField(text, HTTPText.string(value)))
  }
}
