import Bytes

/// The JSON values at the start of a file, which tell its format.
struct HeadJSON: Sendable {
  /// Values that are looked at.
  static let valueLimit = 8

  /// One after another; the last may be cut, and what cannot be read is left out.
  private(set) var values: [JSONValue] = []

  init(_ head: TranscriptHead) {
    let bytes = head.bytes.withoutMark
    var position = JSONBounds.afterBlanks(0, in: bytes)
    guard position < bytes.count, bytes[position] == UInt8(ascii: "{") || bytes[position] == UInt8(ascii: "[")
    else { return }
    var tries = 0
    while position < bytes.count, values.count < Self.valueLimit, tries < 2 * Self.valueLimit {
      tries += 1
      if let end = JSONBounds.end(of: position, in: bytes),
        let value = JSONValue(bytes: Array(bytes[position..<end]))
      {
        values.append(value)
        position = JSONBounds.afterBlanks(end, in: bytes)
        continue
      }
      let lineEnd = bytes.span.firstIndex(of: 0x0A, from: position)
      let rest = Array(bytes[position...])
      do throws(DecodeError) {
        let text = try JSONText(rest)
        values.append(text.value)
        if text.isCut { return }
      } catch {
        // Damaged: what stands before the damage tells the format as well.
        if let text = try? JSONText(Array(rest.prefix(error.offset))) { values.append(text.value) }
      }
      guard let lineEnd else { return }
      position = JSONBounds.afterBlanks(lineEnd + 1, in: bytes)
    }
  }

  /// The first value.
  var first: JSONValue? { values.first }

  /// Records: the values, or the elements of the first when it is an array.
  var records: [JSONValue] {
    guard let first, first.isArray else { return values }
    return Array(first.elements.prefix(Self.valueLimit))
  }
}
