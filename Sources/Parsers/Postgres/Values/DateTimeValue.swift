import Bytes
import Model

/// Dates and times: counted from 2000-01-01, printed in ISO style.
enum DateTimeValue {
  /// Days from 1970-01-01 to 2000-01-01.
  private static let epochDays = 10_957
  private static let perDay: Int64 = 86_400_000_000

  @_lifetime(reader: copy reader)
  static func append(
    _ layout: PostgresType.Layout, _ reader: inout ByteReader, to out: inout [UInt8]
  ) throws(DecodeError) {
    switch layout {
    case .date: appendDate(try reader.readInt32("date"), to: &out)
    case .time: try appendTime(microseconds: try reader.readInt64("time"), to: &out)
    case .timeTZ:
      try appendTime(microseconds: try reader.readInt64("time"), to: &out)
      appendZone(secondsWest: try reader.readInt32("zone"), to: &out)
    case .timestamp: appendTimestamp(try reader.readInt64("timestamp"), zone: "", to: &out)
    case .timestampTZ: appendTimestamp(try reader.readInt64("timestamptz"), zone: "+00", to: &out)
    default:
      let microseconds = try reader.readInt64("interval time")
      let days = try reader.readInt32("interval days")
      appendInterval(
        microseconds: microseconds, days: days, months: try reader.readInt32("interval months"), to: &out)
    }
  }

  private static func appendDate(_ days: Int32, to out: inout [UInt8]) {
    if days == .max { return out.append(contentsOf: "infinity".utf8) }
    if days == .min { return out.append(contentsOf: "-infinity".utf8) }
    if appendCalendar(Int(days), to: &out) { out.append(contentsOf: " BC".utf8) }
  }

  /// - Returns: whether the date is before the common era.
  private static func appendCalendar(_ days: Int, to out: inout [UInt8]) -> Bool {
    let date = CivilTime.date(daysSinceEpoch: days + epochDays)
    let isBC = date.year <= 0
    out.append(decimal: UInt64((isBC ? 1 - date.year : date.year).magnitude), width: 4)
    out.append(ascii: "-")
    out.append(decimal: UInt64(date.month.magnitude), width: 2)
    out.append(ascii: "-")
    out.append(decimal: UInt64(date.day.magnitude), width: 2)
    return isBC
  }

  /// Hours, minutes, seconds and what there is of a fraction.
  private static func appendClock(_ microseconds: UInt64, to out: inout [UInt8]) {
    let seconds = microseconds / 1_000_000
    out.append(decimal: seconds / 3600, width: 2)
    out.append(ascii: ":")
    out.append(decimal: seconds / 60 % 60, width: 2)
    out.append(ascii: ":")
    out.append(decimal: seconds % 60, width: 2)
    let fraction = microseconds % 1_000_000
    guard fraction > 0 else { return }
    out.append(ascii: ".")
    out.append(decimal: fraction, width: 6)
    while out.last == UInt8(ascii: "0") { out.removeLast() }
  }

  private static func appendTime(microseconds: Int64, to out: inout [UInt8]) throws(DecodeError) {
    // 24:00:00 is a time.
    guard (0...perDay).contains(microseconds) else {
      throw DecodeError(.outOfRange, "time", offset: 0, found: "\(microseconds)")
    }
    appendClock(UInt64(microseconds), to: &out)
  }

  private static func appendZone(secondsWest: Int32, to out: inout [UInt8]) {
    let east = -Int(secondsWest)
    let size = UInt64(east.magnitude)
    out.append(ascii: east < 0 ? "-" : "+")
    out.append(decimal: size / 3600, width: 2)
    guard size % 3600 != 0 else { return }
    out.append(ascii: ":")
    out.append(decimal: size / 60 % 60, width: 2)
    guard size % 60 != 0 else { return }
    out.append(ascii: ":")
    out.append(decimal: size % 60, width: 2)
  }

  private static func appendTimestamp(_ microseconds: Int64, zone: String, to out: inout [UInt8]) {
    if microseconds == .max { return out.append(contentsOf: "infinity".utf8) }
    if microseconds == .min { return out.append(contentsOf: "-infinity".utf8) }
    var (days, rest) = microseconds.quotientAndRemainder(dividingBy: perDay)
    if rest < 0 {
      days -= 1
      rest += perDay
    }
    let isBC = appendCalendar(Int(days), to: &out)
    out.append(ascii: " ")
    appendClock(UInt64(rest), to: &out)
    out.append(contentsOf: zone.utf8)
    if isBC { out.append(contentsOf: " BC".utf8) }
  }

  /// IntervalStyle `postgres`.
  private static func appendInterval(microseconds: Int64, days: Int32, months: Int32, to out: inout [UInt8]) {
    // Since version 17 the extremes of all three mean infinity.
    if microseconds == .max, days == .max, months == .max { return out.append(contentsOf: "infinity".utf8) }
    if microseconds == .min, days == .min, months == .min { return out.append(contentsOf: "-infinity".utf8) }
    var isFirst = true
    var wasNegative = false
    func add(_ number: Int32, _ unit: String, to out: inout [UInt8]) {
      guard number != 0 else { return }
      if !isFirst { out.append(ascii: " ") }
      if wasNegative, number > 0 { out.append(ascii: "+") }
      out.append(contentsOf: "\(number) \(unit)\(number == 1 ? "" : "s")".utf8)
      wasNegative = number < 0
      isFirst = false
    }
    add(months / 12, "year", to: &out)
    add(months % 12, "mon", to: &out)
    add(days, "day", to: &out)
    guard microseconds != 0 || isFirst else { return }
    if !isFirst { out.append(ascii: " ") }
    if microseconds < 0 {
      out.append(ascii: "-")
    } else if wasNegative {
      out.append(ascii: "+")
    }
    appendClock(microseconds.magnitude, to: &out)
  }
}
