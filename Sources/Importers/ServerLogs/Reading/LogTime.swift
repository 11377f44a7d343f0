import Model

/// A point in time as a log writes it.
struct LogTime: Sendable, Hashable {
  enum Zone: Sendable, Hashable {
    /// Seconds east of Greenwich.
    case offset(Int)
    /// A name that several places give to different times: held as if it were UTC.
    case unknown(String)
    /// None is written: held as if it were UTC.
    case none
  }

  /// How a zone may be written behind a time.
  enum ZoneStyle: Sendable {
    /// RFC 3339: `Z`, `+01:00`, `+0100`, or none.
    case attached
    /// PostgreSQL, after a blank: `UTC`, `CET`, `+03`, `-0330`.
    case named
  }

  var at: Timestamp
  /// Nanoseconds of a step of the clock.
  var precision: Int64
  var zone: Zone

  /// Abbreviations of tzdata that have one meaning, in minutes east. `CST`, `CDT`, `IST`, `BST`, `PST` have several.
  static let zones: [String: Int] = [
    "UTC": 0, "GMT": 0, "Z": 0, "UCT": 0, "WET": 0, "WEST": 60, "CET": 60, "CEST": 120, "MET": 60, "MEST": 120,
    "EET": 120, "EEST": 180, "MSK": 180, "EST": -300, "EDT": -240, "MST": -420, "MDT": -360, "PDT": -420,
    "AKST": -540, "AKDT": -480, "HST": -600, "AST": -240, "ADT": -180, "NST": -210, "NDT": -150, "JST": 540,
    "KST": 540, "HKT": 480, "PKT": 300, "WIB": 420, "WITA": 480, "WIT": 540, "SAST": 120, "CAT": 120, "EAT": 180,
    "WAT": 60, "AWST": 480, "ACST": 570, "ACDT": 630, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
  ]

  /// Day, hour, minute and second of no zone, as a timestamp; nil when there is no such day or time.
  static func instant(
    year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, nanosecond: Int = 0, offset: Int = 0
  ) -> Timestamp? {
    guard hour < 24, minute < 60, second <= 60, nanosecond < 1_000_000_000,
      let days = CivilTime.daysSinceEpoch(year: year, month: month, day: day)
    else { return nil }
    let seconds = Int64(days) * 86_400 + Int64(hour * 3_600 + minute * 60 + second - offset)
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carried) = scaled.addingReportingOverflow(Int64(nanosecond))
    return overflow || carried ? nil : Timestamp(nanoseconds: sum)
  }

  private init?(_ fields: [Int], _ fraction: (value: Int, precision: Int64), _ zone: Zone) {
    guard fields.count == 6 else { return nil }
    var offset = 0
    if case .offset(let seconds) = zone { offset = seconds }
    guard
      let at = Self.instant(
        year: fields[0], month: fields[1], day: fields[2], hour: fields[3], minute: fields[4], second: fields[5],
        nanosecond: fraction.value, offset: offset)
    else { return nil }
    (self.at, precision, self.zone) = (at, fraction.precision, zone)
  }

  /// `2024-05-06 07:08:09.123 CET`, `2024-05-06T07:08:09.123456+02:00`. Nothing is taken when it is none.
  init?(iso cursor: inout LogCursor, _ style: ZoneStyle = .attached) {
    var copy = cursor
    guard let year = copy.number(4...4), copy.skip(0x2D), let month = copy.number(2...2), copy.skip(0x2D),
      let day = copy.number(2...2), copy.skip(0x20) || copy.skip(0x54), let hour = copy.number(2...2), copy.skip(0x3A),
      let minute = copy.number(2...2), copy.skip(0x3A), let second = copy.number(2...2)
    else { return nil }
    guard let fraction = Self.fraction(&copy) else { return nil }
    guard let zone = style == .named ? Self.named(&copy) : Self.attached(&copy) else { return nil }
    self.init([year, month, day, hour, minute, second], fraction, zone)
    cursor = copy
  }

  /// `10/Oct/2000:13:55:36 -0700` of access logs; `06/Feb/2009:12:14:14.655` of HAProxy has no zone.
  init?(access cursor: inout LogCursor) {
    var copy = cursor
    guard let day = copy.number(1...2), copy.skip(0x2F), let month = Self.month(&copy), copy.skip(0x2F),
      let year = copy.number(4...4), copy.skip(0x3A), let hour = copy.number(2...2), copy.skip(0x3A),
      let minute = copy.number(2...2), copy.skip(0x3A), let second = copy.number(2...2),
      let fraction = Self.fraction(&copy)
    else { return nil }
    var zone = Zone.none
    if copy.next == 0x20, copy.peek(1) == 0x2B || copy.peek(1) == 0x2D {
      _ = copy.skip(0x20)
      guard let offset = Self.offset(&copy) else { return nil }
      zone = .offset(offset)
    }
    self.init([year, month, day, hour, minute, second], fraction, zone)
    cursor = copy
  }

  /// Seconds since 1970 with or without a fraction: `1700000000.123`.
  init?(epoch cursor: inout LogCursor) {
    var copy = cursor
    guard let seconds = copy.number(9...11), let fraction = Self.fraction(&copy) else { return nil }
    let (scaled, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carried) = scaled.addingReportingOverflow(Int64(fraction.value))
    guard !overflow, !carried else { return nil }
    (at, precision, zone) = (Timestamp(nanoseconds: sum), fraction.precision, .offset(0))
    cursor = copy
  }

  /// The whole of a text.
  init?(iso text: String, _ style: ZoneStyle = .attached) {
    guard text.utf8.count <= 64 else { return nil }
    var cursor = LogCursor(text)
    self.init(iso: &cursor, style)
    guard cursor.isAtEnd else { return nil }
  }

  // MARK: Details

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// `Jan` is 1.
  static func month(_ cursor: inout LogCursor) -> Int? {
    var copy = cursor
    let name = copy.text(limit: 3) { $0 > 0x40 && $0 < 0x7B }
    guard let index = months.firstIndex(of: name) else { return nil }
    cursor = copy
    return index + 1
  }

  /// Nothing, or a mark and 1 to 9 digits and more.
  private static func fraction(_ cursor: inout LogCursor) -> (value: Int, precision: Int64)? {
    guard cursor.next == 0x2E || cursor.next == 0x2C, let first = cursor.peek(1), (0x30...0x39).contains(first) else {
      return (0, 1_000_000_000)
    }
    cursor.move(to: cursor.position + 1)
    let digits = cursor.text(limit: 18) { (0x30...0x39).contains($0) }.prefix(9)
    guard let value = Int(digits) else { return nil }
    var unit = 1
    for _ in digits.count..<9 { unit *= 10 }
    return (value * unit, Int64(unit))
  }

  /// `+02`, `+0200`, `+02:00`
  static func offset(_ cursor: inout LogCursor) -> Int? {
    let sign = cursor.next == 0x2D ? -1 : 1
    guard cursor.skip(0x2B) || cursor.skip(0x2D), let hours = cursor.number(2...2), hours < 24 else { return nil }
    var copy = cursor
    _ = copy.skip(0x3A)
    var minutes = 0
    if let found = copy.number(2...2) {
      guard found < 60 else { return nil }
      (minutes, cursor) = (found, copy)
    }
    return sign * (hours * 3_600 + minutes * 60)
  }

  private static func attached(_ cursor: inout LogCursor) -> Zone? {
    if cursor.skip(0x5A) { return .offset(0) }
    guard cursor.next == 0x2B || cursor.next == 0x2D else { return Zone.none }
    return offset(&cursor).map { .offset($0) }
  }

  private static func named(_ cursor: inout LogCursor) -> Zone? {
    guard cursor.skip(0x20) else { return nil }
    if cursor.next == 0x2B || cursor.next == 0x2D { return offset(&cursor).map { .offset($0) } }
    let name = cursor.text(limit: 6) { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
    guard name.utf8.count >= 1 else { return nil }
    return zones[name].map { .offset($0 * 60) } ?? .unknown(name)
  }
}
