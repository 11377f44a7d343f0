import Model

/// One read that returned far more than its user's reads do.
struct BulkExport: FindingRule {
  static let about = RuleAbout(
    id: "bulk-export", title: "took far more rows or bytes than usual", severity: .medium,
    explanation:
      "Compared with what the same user otherwise reads. Whole tables that leave are worth a look even when reading is allowed.",
    controls: ["CC6.7", "A.8.12", "AC-4", "SI-4", "7.2.6"])

  /// Fewer rows are never a bulk.
  static let rowsNeeded = 1_000
  /// Fewer bytes are never a bulk.
  static let bytesNeeded: UInt64 = 1 << 20
  /// Times the size of what nine of ten reads of the user stay below.
  static let factor = 10
  private static let (userLimit, candidateLimit) = (10_000, 50)

  private struct Reader {
    /// Reads by the binary logarithm of their rows and bytes.
    var rows = [Int](repeating: 0, count: 65)
    var bytes = [Int](repeating: 0, count: 65)
    var count = 0
    var largest: [Action] = []
  }
  private var readers: [String: Reader] = [:]

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    let action = subject.action
    guard action.effect == .read, action.status == .ok, ["sql", "copy", "http"].contains(action.kind) else { return [] }
    let user = "\(subject.session.protocolName) \(action.identity.user ?? subject.clientHost) \(subject.session.server)"
    guard readers[user] != nil || readers.count < Self.userLimit else { return [] }
    var reader = readers[user] ?? Reader()
    reader.count += 1
    reader.rows[Self.bin(UInt64(max(0, action.rowCount ?? 0)))] += 1
    reader.bytes[Self.bin(action.bytesOut)] += 1
    if action.rowCount ?? 0 >= Self.rowsNeeded || action.bytesOut >= Self.bytesNeeded {
      reader.largest.append(action)
      if reader.largest.count > Self.candidateLimit * 2 {
        reader.largest = Array(reader.largest.sorted { Self.size($0) > Self.size($1) }.prefix(Self.candidateLimit))
      }
    }
    readers[user] = reader
    return []
  }

  private static func bin(_ value: UInt64) -> Int { 64 - value.leadingZeroBitCount }
  private static func size(_ action: Action) -> (UInt64, String) { (action.bytesOut, action.id) }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    var hits: [RuleHit] = []
    for (_, reader) in readers.sorted(by: { $0.key < $1.key }) {
      let (rows, bytes) = (usual(reader.rows, reader.count), usual(reader.bytes, reader.count))
      for action in reader.largest.sorted(by: { Self.size($0) > Self.size($1) }).prefix(Self.candidateLimit) {
        let count = action.rowCount ?? 0
        if count >= Self.rowsNeeded, UInt64(count) >= rows.multipliedClamped(by: UInt64(Self.factor)) {
          hits.append(RuleHit(action, "\(count) rows; nine of ten reads of this user have fewer than \(rows)"))
        } else if action.bytesOut >= Self.bytesNeeded,
          action.bytesOut >= bytes.multipliedClamped(by: UInt64(Self.factor))
        {
          hits.append(
            RuleHit(action, "\(action.bytesOut) bytes; nine of ten reads of this user have fewer than \(bytes)"))
        }
      }
    }
    return hits
  }

  /// What nine of ten stay below, by powers of two.
  private func usual(_ bins: [Int], _ count: Int) -> UInt64 {
    var seen = 0
    for (bin, number) in bins.enumerated() {
      seen += number
      if seen * 10 >= count * 9 { return bin >= 63 ? UInt64(1) << 63 : UInt64(1) << bin }
    }
    return 1
  }

  private static func read(_ rows: Int) -> RuleSubject { .sql("SELECT * FROM t") { $0.action.rowCount = rows } }

  static let examples = [
    RuleExample("one of many", finds: 1, (0..<40).map { read($0 % 7) } + [read(50_000)]),
    RuleExample("always that many", finds: 0, (0..<40).map { _ in read(50_000) }),
    RuleExample("few rows", finds: 0, (0..<40).map { _ in read(1) } + [read(900)]),
  ]
}

extension UInt64 {
  fileprivate func multipliedClamped(by factor: UInt64) -> UInt64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
