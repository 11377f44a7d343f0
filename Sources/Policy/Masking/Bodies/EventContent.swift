import Bytes

/// `text/event-stream` (HTML Living Standard, §9.2), line by line, as `DataMask.events` masks the whole.
///
/// Texts of language models come bit by bit: a line whose bit may be the beginning of a value waits for the lines behind it,
/// and so do those.
struct EventContent: BodyContent {
  /// Bytes of a line, and of the lines that wait.
  static let lineLimit = 16 << 20
  /// Texts that grow at a time.
  private static let textLimit = 1_024

  private struct Piece {
    var path: String
    /// Its string in the line.
    var range: Range<Int>
    var text: [UInt8]
    /// Where it ends in the text that grows.
    var end: Int
    /// Places in its text, in order and apart.
    var edits: [DataMask.Edit] = []
  }

  private struct Line {
    var bytes: [UInt8]
    /// CR or LF; nil at the end of the content.
    var end: UInt8?
    var pieces: [Piece]
  }

  private var line: [UInt8] = []
  private var queue: [Line] = []
  /// Lines of the queue that were given.
  private var head = 0
  /// The number of the first line of the queue.
  private var firstNumber = 0
  private var waitingCount = 0
  private var texts: [String: GrowingText] = [:]

  mutating func receive(
    _ piece: Span<UInt8>, _ mask: inout DataMask, into out: inout [UInt8]
  ) throws(BodyMaskFailure) {
    var start = 0
    for index in piece.indices where piece[index] == 0x0A || piece[index] == 0x0D {
      try keep(piece.extracting(start..<index))
      try enqueue(end: piece[index], &mask)
      give(&mask, &out)
      start = index + 1
    }
    try keep(piece.extracting(start..<piece.count))
  }

  mutating func settle(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) {
    for path in texts.keys.sorted() { judge(path, .pause, &mask) }
    give(&mask, &out)
  }

  mutating func finish(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) {
    try enqueue(end: nil, &mask)
    for path in texts.keys.sorted() { judge(path, .end, &mask) }
    give(&mask, &out)
  }

  private mutating func keep(_ part: Span<UInt8>) throws(BodyMaskFailure) {
    guard line.count + part.count + waitingCount <= Self.lineLimit else {
      throw BodyMaskFailure(.large, "more than \(Self.lineLimit >> 20) MiB of events that wait for their end")
    }
    line.append(contentsOf: part)
  }

  // MARK: Lines

  private mutating func enqueue(end: UInt8?, _ mask: inout DataMask) throws(BodyMaskFailure) {
    var added = Line(bytes: line, end: end, pieces: [])
    line = []
    let number = firstNumber + queue.count
    var paths: [String] = []
    for found in DataMask.growingPieces(of: added.bytes) where !found.text.isEmpty {
      if texts[found.path] == nil, texts.count >= Self.textLimit { forget(&mask) }
      var text = texts.removeValue(forKey: found.path) ?? GrowingText()
      text.append(found.text, line: number, piece: added.pieces.count)
      added.pieces.append(Piece(path: found.path, range: found.range, text: found.text, end: text.end))
      texts[found.path] = text
      if !paths.contains(found.path) { paths.append(found.path) }
    }
    waitingCount += added.bytes.count
    queue.append(added)
    for path in paths { judge(path, .more, &mask) }
  }

  /// Forgets texts that do not grow any more.
  private mutating func forget(_ mask: inout DataMask) {
    for path in texts.keys.sorted() { judge(path, .end, &mask) }
    texts = [:]
  }

  /// Looks at a text up to where it can be judged, and notes what becomes of its pieces.
  private mutating func judge(_ path: String, _ outlook: GrowingText.Outlook, _ mask: inout DataMask) {
    guard var text = texts.removeValue(forKey: path) else { return }
    for change in text.judge(outlook, &mask) {
      queue[change.line - firstNumber].pieces[change.piece].edits.append(change.edit)
    }
    texts[path] = text
  }

  /// Gives the lines whose texts were judged up to their end.
  private mutating func give(_ mask: inout DataMask, _ out: inout [UInt8]) {
    while head < queue.count, queue[head].pieces.allSatisfy({ $0.end <= texts[$0.path]?.judgedCount ?? .max }) {
      let line = queue[head]
      queue[head] = Line(bytes: [], end: nil, pieces: [])
      head += 1
      waitingCount -= line.bytes.count
      var edits: [DataMask.Edit] = []
      for piece in line.pieces where !piece.edits.isEmpty {
        let shown = String(decoding: DataMask.replace(piece.edits, in: piece.text), as: UTF8.self)
        edits.append(DataMask.Edit(range: piece.range, bytes: Array(JSONWriter.quoted(shown).utf8)))
      }
      edits.sort { $0.range.lowerBound < $1.range.lowerBound }
      out += mask.event(DataMask.replace(edits, in: line.bytes))
      if let end = line.end { out.append(end) }
    }
    guard head == queue.count || head > 1_024 else { return }
    queue.removeFirst(head)
    firstNumber += head
    head = 0
  }
}
