import Bytes
import Model

/// Masks messages with their times: terminals, events, WebSocket and gRPC.
extension DataMask {
  /// Parts of events in which texts come bit by bit: the streams of language models.
  private static let growing: Set<String> = [
    "content", "text", "partial_json", "arguments", "delta", "thinking", "reasoning", "reasoning_content", "completion",
    "response", "input", "output_text",
  ]
  /// Bytes of JSON in one event that are looked at for such parts.
  private static let eventLimit = 1 << 20

  /// - Returns: the same payload when nothing was masked.
  mutating func records(_ payload: Payload) -> Payload {
    var records: [StreamRecord] = []
    var cursor = StreamRecordCursor(payload.bytes)
    var isDamaged = false
    do {
      while let record = try cursor.next() { records.append(record) }
    } catch { isDamaged = true }
    let before = records
    for direction in [Direction.fromClient, .fromServer] {
      for kind in [StreamRecord.Kind.input, .output, .errorOutput] {
        screen(&records, records.indices.filter { records[$0].kind == kind && records[$0].direction == direction })
      }
      growingTexts(
        &records, records.indices.filter { records[$0].kind == .event && records[$0].direction == direction })
    }
    for index in records.indices {
      let bytes = records[index].bytes
      switch records[index].kind {
      case .input, .output, .errorOutput, .resize, .exit: break
      case .event: records[index].bytes = event(bytes)
      case .text: records[index].bytes = text(bytes)
      case .binary, .message, .ping, .pong: records[index].bytes = covered(bytes)
      case .close:
        if bytes.count > 2 { records[index].bytes = bytes.prefix(2) + plainText(Array(bytes.dropFirst(2))) }
      }
    }
    guard isDamaged || records != before else { return payload }
    if isDamaged { fail("records") }
    var builder = StreamRecordBuilder(limit: .max)
    for record in records { builder.append(record) }
    return payload.masked(builder.finish().bytes)
  }

  /// Content whose form is not known, or that must keep its width: stars in the place of each byte of a value.
  public mutating func covered(_ bytes: [UInt8]) -> [UInt8] {
    var out = bytes
    for claim in claims(bytes) where plan.rules[claim.rule].action != .keep {
      cover(claim) { out[$0] = UInt8(ascii: "*") }
    }
    return out
  }

  /// Counts a value and gives its places.
  private mutating func cover(_ claim: Claim, _ body: (Int) -> Void) {
    count(claim)
    for index in claim.detection.range { body(index) }
  }

  // MARK: Terminals

  /// What one side of a terminal showed or typed: a value may come in many messages, with colours in it. The screen keeps
  /// its width.
  private mutating func screen(_ records: inout [StreamRecord], _ indices: [Int]) {
    guard !indices.isEmpty else { return }
    var plain: [UInt8] = []
    var places: [(record: Int, offset: Int)] = []
    var escape = EscapeSequences()
    for index in indices {
      for (offset, byte) in records[index].bytes.enumerated() where escape.passes(byte) {
        plain.append(byte)
        places.append((index, offset))
      }
    }
    for claim in claims(plain) where plan.rules[claim.rule].action != .keep {
      cover(claim) { place in
        // Where a value goes over a line, the line ends stay.
        guard plain[place] >= 0x20 else { return }
        let (record, offset) = places[place]
        records[record].bytes[offset] = UInt8(ascii: "*")
      }
    }
  }

  // MARK: Events

  /// A server-sent event: its lines of data are JSON or text.
  mutating func event(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      if index > 0 { out.append(0x0A) }
      var line = line
      if line.starts(with: Self.orderMark) {
        out += Self.orderMark
        line = line.dropFirst(Self.orderMark.count)
      }
      if line.starts(with: "data:".utf8) {
        let head = line.prefix(line.dropFirst(5).first == 0x20 ? 6 : 5)
        out += head + text(Array(line.dropFirst(head.count)))
      } else {
        out += plainText(Array(line))
      }
    }
    return out
  }

  /// The content of a body of events that is kept as it came.
  public mutating func events(_ bytes: [UInt8]) -> [UInt8] {
    var records = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map {
      StreamRecord(at: Timestamp(nanoseconds: 0), direction: .fromServer, kind: .event, bytes: Array($0))
    }
    growingTexts(&records, Array(records.indices))
    return Array(records.map { event($0.bytes) }.joined(separator: [0x0A]))
  }

  /// Texts that come bit by bit, each in a member of the same name of one event after the other: put together, looked at,
  /// and what is masked shown where it began.
  private mutating func growingTexts(_ records: inout [StreamRecord], _ indices: [Int]) {
    guard indices.count > 1 else { return }
    struct Piece {
      var record: Int
      var range: Range<Int>
      var text: [UInt8]
    }
    var pieces: [String: [Piece]] = [:]
    for index in indices {
      for found in Self.growingPieces(of: records[index].bytes) {
        pieces[found.path, default: []].append(Piece(record: index, range: found.range, text: found.text))
      }
    }
    var edits: [Int: [Edit]] = [:]
    for (_, list) in pieces.sorted(by: { $0.key < $1.key }) where list.count > 1 {
      let whole = list.flatMap(\.text)
      var starts: [Int] = []
      var total = 0
      for piece in list {
        starts.append(total)
        total += piece.text.count
      }
      var shown = list.map(\.text)
      var changed: Set<Int> = []
      for claim in claims(whole).reversed() where plan.rules[claim.rule].action != .keep {
        let range = claim.detection.range
        let first = Self.piece(at: range.lowerBound, starts)
        let last = Self.piece(at: range.upperBound - 1, starts)
        // Within one event it is found there.
        guard first < last else { continue }
        for edit in self.edits(whole, [claim]) {
          for number in first...last {
            let low = max(range.lowerBound - starts[number], 0)
            let high = min(range.upperBound - starts[number], list[number].text.count)
            guard low < high else { continue }
            shown[number].replaceSubrange(low..<high, with: number == first ? edit.bytes : [])
            changed.insert(number)
          }
        }
      }
      for number in changed {
        let text = JSONWriter.quoted(String(decoding: shown[number], as: UTF8.self))
        edits[list[number].record, default: []].append(Edit(range: list[number].range, bytes: Array(text.utf8)))
      }
    }
    for (record, list) in edits {
      records[record].bytes = Self.replace(
        list.sorted { $0.range.lowerBound < $1.range.lowerBound }, in: records[record].bytes)
    }
  }

  /// Bits of texts in the JSON of an event, each with the path of names to it and the place of its string.
  ///
  /// A message of JSON-RPC is whole by itself: nothing is put together over two of them.
  static func growingPieces(of event: [UInt8]) -> [(path: String, range: Range<Int>, text: [UInt8])] {
    guard event.count <= eventLimit else { return [] }
    var found: [(path: String, range: Range<Int>, text: [UInt8])] = []
    for start in dataStarts(event) {
      let end = event[start...].firstIndex(of: 0x0A) ?? event.count
      guard let document = JSONValue.document(in: Array(event[start..<end])), document["jsonrpc"] == nil else {
        continue
      }
      visit(document, "", false) { path, value, text in
        found.append((path, (value.lowerBound + start)..<(value.upperBound + start), text))
      }
    }
    return found
  }

  /// The last piece that begins at a place or before it, and is not empty there.
  private static func piece(at place: Int, _ starts: [Int]) -> Int {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= place { low = middle + 1 } else { high = middle }
    }
    return max(0, low - 1)
  }

  private static func dataStarts(_ bytes: [UInt8]) -> [Int] {
    var starts: [Int] = []
    var line = 0
    while line < bytes.count {
      if bytes[line...].starts(with: "data:".utf8) {
        starts.append(line + (line + 5 < bytes.count && bytes[line + 5] == 0x20 ? 6 : 5))
      }
      guard let end = bytes[line...].firstIndex(of: 0x0A) else { break }
      line = end + 1
    }
    return starts.filter { $0 < bytes.count }
  }

  // The scanner bounds how deep JSON is.
  private static func visit(
    _ value: JSONValue, _ path: String, _ grows: Bool, _ take: (String, Range<Int>, [UInt8]) -> Void
  ) {
    switch value.content {
    case .string(let text): if grows { take(path, value.range, Array(text.utf8)) }
    case .array(let elements): for element in elements { visit(element, path + "[]", grows, take) }
    case .object(let members):
      // Blocks and choices of one answer are told apart by their number.
      let number = members.first { $0.name == "index" || $0.name == "output_index" }?.value.scalar ?? ""
      for member in members {
        visit(member.value, "\(path)\(number).\(member.name)", growing.contains(member.name), take)
      }
    case .number, .bool, .null: break
    }
  }
}

/// Tells escape sequences of a terminal from what it shows (ECMA-48 §5.4).
struct EscapeSequences {
  private enum State { case text, escape, control, string, stringEscape }
  private var state = State.text

  /// Whether a byte is shown, or moves on to another line.
  mutating func passes(_ byte: UInt8) -> Bool {
    switch state {
    case .text:
      if byte == 0x1B { state = .escape }
      return byte != 0x1B && (byte >= 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09) && byte != 0x7F
    case .escape:
      switch byte {
      case UInt8(ascii: "["): state = .control
      case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"): state = .string
      case 0x20...0x2F: break
      default: state = .text
      }
    case .control: if (0x40...0x7E).contains(byte) || byte < 0x20 { state = .text }
    case .string:
      if byte == 0x07 { state = .text }
      if byte == 0x1B { state = .stringEscape }
    case .stringEscape: state = byte == 0x1B ? .stringEscape : .text
    }
    return false
  }
}
