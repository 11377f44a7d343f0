/// Checkpoints one after another in a file, each with an empty line behind it; takes bytes as they come.
///
/// A checkpoint's text has no empty line, so a note is two paragraphs.
struct NoteList {
  private var buffer: [UInt8] = []
  /// Where the next note begins, and as far as it was looked through.
  private var start = 0
  private var position = 0
  private var paragraphs = 0

  mutating func append(_ bytes: [UInt8]) {
    buffer.removeFirst(start)
    position -= start
    start = 0
    buffer += bytes
  }

  /// The next note that is whole.
  ///
  /// - Throws: `NoteError` when what is there is longer than a note may be.
  mutating func next() throws(NoteError) -> [UInt8]? {
    while position < buffer.count {
      let isEmptyLine = buffer[position] == 0x0A && (position == start || buffer[position - 1] == 0x0A)
      position += 1
      guard isEmptyLine else { continue }
      paragraphs += 1
      guard paragraphs == 2 else { continue }
      defer {
        start = position
        paragraphs = 0
      }
      return Array(buffer[start..<(position - 1)])
    }
    guard buffer.count - start <= SignedNote.byteLimit else {
      throw NoteError("a list of notes with one that is too long")
    }
    return nil
  }

  /// Bytes behind the last whole note.
  var restCount: Int { buffer.count - start }

  /// What is behind the last whole note; the list is then empty.
  mutating func takeRest() -> [UInt8] {
    defer { self = NoteList() }
    return Array(buffer[start...])
  }

  /// The checkpoints of a short list.
  ///
  /// - Throws: `NoteError` for one that is none, or bytes behind the last.
  static func checkpoints(in bytes: [UInt8]) throws(NoteError) -> [SignedCheckpoint] {
    var list = NoteList()
    list.append(bytes)
    var found: [SignedCheckpoint] = []
    while let note = try list.next() { found.append(try SignedCheckpoint(parsing: note)) }
    guard list.restCount == 0 else { throw NoteError("a list of notes that ends within one") }
    return found
  }
}
