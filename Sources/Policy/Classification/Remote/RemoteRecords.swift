import Bytes
import Model

/// What was typed and shown, without its secrets.
enum RemoteRecords {
  /// Bytes of words to be found by, at most.
  private static let searchLimit = 8192

  /// Secrets are known by their shape or by the name before them, within one record; and everywhere else once known.
  static func mask(
    _ payload: Payload, hidden: [(record: Int, range: Range<Int>)], _ mask: inout SecretMask
  ) -> Payload {
    let masked = CallMask.rebuild(erase(hidden, from: payload)) { record in
      switch record.kind {
      case .resize, .exit: return record.bytes
      default:
        mask.place = record.direction == .fromServer ? .answer : nil
        // What stands on a screen must keep its width.
        return mask.bytes(record.bytes, isText: false)
      }
    }
    mask.place = nil
    return CallMask.rebuild(masked) { mask.sweep($0.bytes, isText: false) }
  }

  static func erase(_ hidden: [(record: Int, range: Range<Int>)], from payload: Payload) -> Payload {
    guard !hidden.isEmpty else { return payload }
    let erased = Dictionary(grouping: hidden, by: \.record)
    var number = 0
    return CallMask.rebuild(payload) { record in
      defer { number += 1 }
      var bytes = record.bytes
      for (_, range) in erased[number] ?? [] {
        for index in range where bytes.indices.contains(index) { bytes[index] = UInt8(ascii: "*") }
      }
      return bytes
    }
  }

  /// The beginning of what was shown, without control characters.
  static func words(_ payload: Payload?) -> [UInt8] {
    guard let payload else { return [] }
    var cursor = StreamRecordCursor(payload.bytes)
    var words: [UInt8] = []
    while words.count < searchLimit, let record = try? cursor.next() {
      guard record.kind == .output || record.kind == .errorOutput else { continue }
      let room = searchLimit - words.count
      words += record.bytes.prefix(room).map { $0 < 0x20 || $0 == 0x7f ? 0x20 : $0 }
    }
    return Array(String(decoding: words, as: UTF8.self).utf8)
  }
}
