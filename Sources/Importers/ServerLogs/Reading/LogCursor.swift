import Bytes

/// Reads a line of a log from its beginning to its end; nothing is taken when what is asked for is not there.
struct LogCursor: Sendable {
  let bytes: [UInt8]
  private(set) var position: Int
  let end: Int

  init(_ bytes: [UInt8], from start: Int = 0) {
    self.bytes = bytes
    position = min(max(start, 0), bytes.count)
    end = bytes.count
  }

  init(_ text: String) { self.init(Array(text.utf8)) }

  var isAtEnd: Bool { position >= end }
  var next: UInt8? { position < end ? bytes[position] : nil }
  /// Everything that was not taken.
  var rest: String { String(decoding: bytes[position..<end], as: UTF8.self) }

  func peek(_ ahead: Int) -> UInt8? { ahead >= 0 && ahead < end - position ? bytes[position + ahead] : nil }

  func starts(with text: StaticString) -> Bool {
    let all = bytes
    return all.span.extracting(position..<end).starts(with: text)
  }

  mutating func move(to place: Int) { position = min(max(place, position), end) }

  mutating func skip(_ text: StaticString) -> Bool {
    guard starts(with: text) else { return false }
    position += text.utf8CodeUnitCount
    return true
  }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  mutating func skipBlanks() { while next == 0x20 { position += 1 } }

  /// A number of so many digits.
  mutating func number(_ counts: ClosedRange<Int>) -> Int? {
    var value = 0
    var count = 0
    while count < counts.upperBound, let byte = peek(count), (0x30...0x39).contains(byte) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carried) = product.addingReportingOverflow(Int(byte - 0x30))
      guard !overflow, !carried else { return nil }
      value = sum
      count += 1
    }
    guard counts.contains(count) else { return nil }
    position += count
    return value
  }

  /// The text before `mark`, which is taken too; nil when it does not follow.
  mutating func text(before mark: UInt8) -> String? {
    let all = bytes
    guard let place = all.span.firstIndex(of: mark, from: position), place < end else { return nil }
    defer { position = place + 1 }
    return String(decoding: bytes[position..<place], as: UTF8.self)
  }

  /// The text of bytes that fulfil a condition, at most so many; it may be empty.
  mutating func text(limit: Int = .max, while holds: (UInt8) -> Bool) -> String {
    let start = position
    while position < end, position - start < limit, holds(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// A word up to a blank or the end; nil when there is none.
  mutating func word() -> String? {
    let found = text { $0 != 0x20 }
    return found.isEmpty ? nil : found
  }

  /// A text in quotation marks, in which a backslash keeps the next byte from ending it; the escapes stay.
  mutating func quoted() -> [UInt8]? {
    guard next == 0x22 else { return nil }
    var place = position + 1
    while place < end {
      if bytes[place] == 0x22 {
        defer { position = place + 1 }
        return Array(bytes[(position + 1)..<place])
      }
      place += bytes[place] == 0x5C ? 2 : 1
    }
    return nil
  }
}
