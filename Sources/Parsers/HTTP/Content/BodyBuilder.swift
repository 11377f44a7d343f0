import Bytes
import Codings
import Model

/// Collects the content of one message in bounded memory: removes its codings and brings text to UTF-8.
struct BodyBuilder {
  private let mediaType: String?
  private let type: MediaType?
  /// In the order in which they are removed.
  private var decoders: [any ContentDecoder] = []
  /// In the order in which they were applied.
  private var codings: [String] = []
  private var charset: TextCharset?
  private var payload: PayloadBuilder
  private var events: EventStreamReader?
  private let limit: Int
  private let direction: Direction
  /// Hears the decoded content.
  var listener: CallListener?
  private var codedByteCount: UInt64 = 0
  private var decodedByteCount: UInt64 = 0
  private var hasLoss = false
  private var lossNotes: [String] = []
  private var note: String?
  /// Decoding is over: damage, a bomb, missing bytes.
  private var isStopped = false
  /// Coded bytes while nothing has come out, for content that is not coded as it says.
  private var replay: [UInt8]? = []

  /// Takes the fields of that message's head; of the decoded content, `limit` bytes are kept, or fewer when `held` says so.
  init(fields: [HeaderField], limit: Int, held: HeldContent?, direction: Direction) {
    self.limit = max(0, limit)
    self.direction = direction
    mediaType = fields["content-type"]
    type = mediaType.map(MediaType.init)
    payload = PayloadBuilder(layout: .bytes, limit: max(0, limit), held: held)
    charset = (type?.isText == true ? type?.charset : nil).flatMap { TextCharset($0) }
    if type?.isEventStream == true {
      events = EventStreamReader(limit: max(0, limit), held: held, direction: direction)
    }
    let content = HTTPText.list(fields.values("content-encoding"))
    let transfer = HTTPText.list(fields.values("transfer-encoding"))
    let names = (content + transfer).map { $0.lowercased() }.filter { $0 != "identity" && $0 != "chunked" }
    setCodings(names)
  }

  private mutating func setCodings(_ names: [String]) {
    guard !names.isEmpty else { return replay = nil }
    let known = names.compactMap(ContentCoding.init(name:))
    guard known.count == names.count, names.count <= ContentLimits.codingDepth else {
      let unknown = names.first { ContentCoding(name: $0) == nil }
      note = unknown.map { "the coding \($0.prefix(32)) is not removed" } ?? "too many codings"
      return giveUpDecoding()
    }
    codings = known.map(\.rawValue)
    decoders = known.reversed().map { $0.makeDecoder() }
  }

  /// The content is kept as it is coded.
  private mutating func giveUpDecoding() {
    decoders = []
    codings = []
    charset = nil
    events = nil
    replay = nil
  }

  var isEmpty: Bool { codedByteCount == 0 && !hasLoss }

  /// Takes content bytes, from which chunk framing was removed.
  mutating func append(_ bytes: Span<UInt8>, at time: Timestamp) {
    guard !bytes.isEmpty else { return }
    var index = 0
    while index < bytes.count, !decoders.isEmpty, !isStopped {
      // Up to the next multiple of a step, so that no bound depends on how the content was cut.
      let room = Int(ContentLimits.stepLength - codedByteCount % ContentLimits.stepLength)
      let end = min(bytes.count, index + room)
      codedByteCount += UInt64(end - index)
      appendCoded(bytes.extracting(index..<end), time)
      index = end
    }
    guard index < bytes.count else { return }
    codedByteCount += UInt64(bytes.count - index)
    if decoders.isEmpty { keep(bytes.extracting(index..<bytes.count), time) }
  }

  private mutating func appendCoded(_ bytes: Span<UInt8>, _ time: Timestamp) {
    if replay != nil { replay?.append(contentsOf: bytes) }
    if let count = replay?.count, count > ContentLimits.replayLength { replay = nil }
    guard !decode(bytes, stage: 0, time) else { return }
    isStopped = true
    guard let coded = replay, note == nil else {
      if note == nil { note = "\(codings.joined(separator: ", ")): damaged after \(decodedByteCount.grouped) bytes" }
      return
    }
    note = "not \(codings.joined(separator: ", ")), as it says"
    giveUpDecoding()
    keep(coded.span, time)
  }

  /// Hands `bytes` to the decoder at `stage`, and what comes out to the next.
  private mutating func decode(_ bytes: Span<UInt8>, stage: Int, _ time: Timestamp) -> Bool {
    guard stage < decoders.count else {
      replay = nil
      let room = Int(clamping: decodedLimit - min(decodedLimit, decodedByteCount))
      let count = min(bytes.count, room)
      decodedByteCount += UInt64(count)
      keep(bytes.extracting(0..<count), time)
      guard count < bytes.count else { return true }
      note = "decoding stopped after \(decodedByteCount.grouped) bytes: far more than so little content should give"
      return false
    }
    return decoders[stage].decode(bytes) { output in
      self.decode(output, stage: stage + 1, time)
    }
  }

  /// Decoded bytes that the steps so far, the one in work included, may give.
  private var decodedLimit: UInt64 {
    ContentLimits.decodedLimit(coded: codedByteCount)
  }

  private mutating func keep(_ bytes: Span<UInt8>, _ time: Timestamp) {
    listener?.take(bytes, direction, at: time)
    guard charset != nil, let text = charset?.convert(bytes) else {
      payload.append(bytes)
      events?.append(bytes, at: time)
      return
    }
    payload.append(text.span)
    events?.append(text.span, at: time)
  }

  /// Takes note of a gap in the content; nil where its length is not known.
  mutating func lose(_ count: UInt64?) {
    hasLoss = true
    listener?.lose(count, direction)
    let amount = count.map { "\($0.grouped) bytes" } ?? "an unknown number of bytes"
    if lossNotes.count < 8 {
      lossNotes.append("\(amount) missing after \(codedByteCount.grouped)")
    } else if lossNotes.count == 8 {
      lossNotes.append("more gaps")
    }
    // A coding cannot be followed over a gap.
    if !decoders.isEmpty { isStopped = true }
  }

  /// The content, and the records of an event stream.
  mutating func finish() -> (body: CallBody?, records: Payload?) {
    guard !isEmpty else { return (nil, nil) }
    if let rest = charset?.finish(), !rest.isEmpty { payload.append(rest.span) }
    if !decoders.isEmpty, !isStopped, !decoders.allSatisfy(\.isComplete) {
      note = "\(codings.joined(separator: ", ")): ends after \(decodedByteCount.grouped) bytes before it is whole"
    }
    let count = payload.byteCount
    var content = payload.finish()
    setLayout(&content, count)
    let notes = lossNotes + (note.map { [$0] } ?? [])
    let body = CallBody(
      content: content, codedByteCount: codedByteCount, codings: codings, mediaType: mediaType,
      note: notes.isEmpty ? nil : notes.joined(separator: "; "))
    return (body, events?.finish())
  }

  private func setLayout(_ content: inout Payload, _ count: UInt64) {
    let isCoded = note != nil && codings.isEmpty
    let isCandidate = type?.isText ?? (count <= ContentLimits.unknownTextLength)
    guard !isCoded || type?.isText == true, type?.isBinary != true,
      isCandidate || count <= ContentLimits.unknownTextLength
    else { return }
    var kept = content.bytes.count
    if content.isCut {
      // The limit may have cut a character.
      var back = 0
      while back < 3, kept - back > 0, content.bytes[kept - back - 1] & 0xc0 == 0x80 { back += 1 }
      if back < 4, kept - back > 0 {
        let lead = content.bytes[kept - back - 1]
        let length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
        if length > back + 1 { kept -= back + 1 }
      }
    }
    let bytes = content.bytes
    let text = bytes.span.extracting(0..<kept)
    guard text.isUTF8, type?.isText == true || text.firstIndex(of: 0) == nil else { return }
    content.layout = .text
    if kept < bytes.count { content.bytes = text.array }
  }
}
