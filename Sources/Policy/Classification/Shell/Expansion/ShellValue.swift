/// A text as far as it is known before the line runs; `*` stands for what is not.
struct ShellValue: Sendable {
  /// Where some of the bytes come from.
  struct Piece: Sendable {
    /// Of the value.
    var bytes: Range<Int>
    /// Which text, among those that a reading goes through.
    var level: Int
    /// Of that text.
    var source: Range<Int>
    /// Where the first byte stands, if the bytes stand there as they are.
    var verbatim: Int?
  }

  var bytes: [UInt8] = []
  /// Nothing in it depends on what is not in the text.
  var isKnown = true
  /// It holds `*`, `?` or `[` without quotes.
  var isGlob = false
  /// The URL that the content comes from.
  var remote: String?
  var pieces: [Piece] = []
  /// Offsets of the `*` that stand for what is not known, in order.
  var holes: [Int] = []
  /// Part of it was read from a file that an earlier call had written.
  var isWritten = false

  init() {}

  init(_ text: String) { bytes = Array(text.utf8) }

  /// Something that is not known.
  static var unknown: ShellValue {
    var value = ShellValue("*")
    value.isKnown = false
    value.holes = [0]
    return value
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func append(_ other: ShellValue) {
    let shift = bytes.count
    bytes += other.bytes
    isKnown = isKnown && other.isKnown
    isGlob = isGlob || other.isGlob
    remote = remote ?? other.remote
    isWritten = isWritten || other.isWritten
    holes += other.holes.map { $0 + shift }
    for piece in other.pieces {
      var piece = piece
      piece.bytes = (piece.bytes.lowerBound + shift)..<(piece.bytes.upperBound + shift)
      pieces.append(piece)
    }
  }

  mutating func append(_ text: String) { bytes += Array(text.utf8) }

  /// Some of its bytes, which still know where they come from.
  func part(_ range: Range<Int>) -> ShellValue {
    let range = range.clamped(to: 0..<bytes.count)
    var result = self
    result.bytes = Array(bytes[range])
    if !holes.isEmpty { result.holes = holes.filter(range.contains).map { $0 - range.lowerBound } }
    result.pieces = pieces.compactMap { piece in
      let common = piece.bytes.clamped(to: range)
      guard !common.isEmpty else { return nil }
      var part = piece
      part.bytes = (common.lowerBound - range.lowerBound)..<(common.upperBound - range.lowerBound)
      if let verbatim = piece.verbatim {
        let start = verbatim + common.lowerBound - piece.bytes.lowerBound
        part.verbatim = start
        part.source = start..<(start + common.count)
      }
      return part
    }
    return result
  }

  func dropFirst(_ count: Int) -> ShellValue { part(min(count, bytes.count)..<bytes.count) }

  /// The fields that blanks separate.
  var fields: [ShellValue] {
    var result: [ShellValue] = []
    var start: Int?
    for (index, byte) in bytes.enumerated() {
      if byte == 0x20 || byte == 0x09 || byte == 0x0A {
        if let first = start { result.append(part(first..<index)) }
        start = nil
      } else if start == nil {
        start = index
      }
    }
    if let first = start { result.append(part(first..<bytes.count)) }
    return result
  }
}
