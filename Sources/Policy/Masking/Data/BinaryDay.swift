import Bytes

/// Dates and times in binary format: 4 bytes of days, or 8 of microseconds, since 2000-01-01 (`date_send`, `timestamp_send`).
enum BinaryDay {
  private static let microsecondsOfDay: Int64 = 86_400_000_000
  /// Days from 0000-03-01 to 2000-01-01.
  private static let epoch = 730_425

  /// `1984-07-02`; nil when it is neither, infinite, or not of the years 1 to 9999.
  static func text(_ bytes: [UInt8]) -> [UInt8]? {
    let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let days: Int64
    switch bytes.count {
    case 4: days = Int64(Int32(truncatingIfNeeded: bits))
    case 8:
      let time = Int64(bitPattern: bits)
      days = (time - (time % microsecondsOfDay + microsecondsOfDay) % microsecondsOfDay) / microsecondsOfDay
    default: return nil
    }
    guard (-730_119...2_921_939).contains(days) else { return nil }
    // Days of years that begin in March, of four centuries each.
    let day = Int(days) + epoch
    let era = day / 146_097
    let ofEra = day % 146_097
    let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * year + year / 4 - year / 100)
    let month = (5 * ofYear + 2) / 153
    let dayOfMonth = ofYear - (153 * month + 2) / 5 + 1
    let shownMonth = month < 10 ? month + 3 : month - 9
    let shownYear = year + era * 400 + (shownMonth <= 2 ? 1 : 0)
    let pad = { (number: Int, width: Int) -> String in
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return Array("\(pad(shownYear, 4))-\(pad(shownMonth, 2))-\(pad(dayOfMonth, 2))".utf8)
  }

  /// The first of January of the year with which a text begins.
  static func bytes(year text: [UInt8], width: Int) -> [UInt8]? {
    guard let year = Int(String(decoding: text.prefix(4), as: UTF8.self)), (1...9999).contains(year) else { return nil }
    let before = year - 1
    let days = before * 365 + before / 4 - before / 100 + before / 400 - 730_119
    var writer = ByteWriter()
    if width == 4 {
      writer.write(Int32(days))
    } else {
      writer.write(Int64(days) * microsecondsOfDay)
    }
    return writer.bytes
  }
}
