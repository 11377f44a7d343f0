import Bytes
import Model

/// Sensitive values that went out in the clear.
struct SensitiveData: FindingRule {
  static let about = RuleAbout(
    id: "sensitive-data", title: "sensitive data was returned in the clear", severity: .medium,
    explanation:
      "Whoever asked has seen it: how many values, how many of them differ, and about how many people they speak of.",
    controls: ["CC6.1", "CC6.7", "A.5.34", "A.8.11", "AC-3", "3.4.1", "10.2.1.1"])
  static let needsResponses = true

  /// What one should never see whole; the others are of people, too, but everyday.
  private static let grave: Set<DataClass> = [.paymentCard, .iban, .nationalID, .privateKey, .cloudKey]
  /// The same, but told by a column's name alone: `health_data` may be that of a plant. Beside somebody's name or number
  /// it is somebody's.
  private static let graveOfPeople: Set<DataClass> = [.health, .specialCategory, .identityDocument]
  /// A password that only a word before it tells is as often a line of code or of a manual.
  private static let gravePasswords: Set<DataKind> = [.columnPassword, .passwordHash, .urlPassword]
  /// Say nothing by themselves.
  private static let ignored: Set<DataClass> = [.ipAddress, .highEntropy, .jwt, .location]
  private static let sessionLimit = 2_000
  /// Results whose columns are remembered.
  private static let resultLimit = 10_000

  private struct Seen {
    var data = ReturnedData()
    var first: Action
    var actionCount = 0
  }
  private var sessions: [String: Seen] = [:]
  private var known: [[String]: ReturnedData.Columns] = [:]
  private var byteCount = 0
  private var unreadCount = 0

  mutating func receive(_ subject: RuleSubject) -> [RuleHit] {
    guard let response = subject.response else { return [] }
    let id = subject.session.id
    guard byteCount < ReturnedData.byteLimit, sessions[id] != nil || sessions.count < Self.sessionLimit else {
      unreadCount += 1
      return []
    }
    let columns = columns(response)
    var data = ReturnedData()
    byteCount += data.add(response, columns)
    guard data.count.classes.contains(where: { !Self.ignored.contains($0) }) else { return [] }
    var seen = sessions[id] ?? Seen(first: subject.action)
    // One count for the session: a value that is returned again is no other value.
    _ = seen.data.add(response, columns)
    seen.actionCount += 1
    sessions[id] = seen
    return []
  }

  private mutating func columns(_ response: StoredPayload) -> ReturnedData.Columns {
    let names = response.columns.map(\.name)
    if let known = known[names] { return known }
    let made = ReturnedData.Columns(names)
    if known.count < Self.resultLimit { known[names] = made }
    return made
  }

  mutating func finish(_ facts: RuleFacts) -> [RuleHit] {
    var hits = sessions.sorted { $0.key < $1.key }.map { _, seen in
      let classes = seen.data.count.classes.filter { !Self.ignored.contains($0) }
      let parts = classes.map { name in
        let tally = seen.data.count[name]
        return "\(name.rawValue) \(tally.total) (\(tally.isAtLeast ? "at least " : "")\(tally.distinct) different)"
      }
      let people = seen.data.count.people.distinct
      let who = people > 0 ? "; about \(people) \(people == 1 ? "person" : "people")" : ""
      let more = seen.actionCount > 1 ? " in \(seen.actionCount) actions of the session" : ""
      return RuleHit(
        seen.first, parts.joined(separator: ", ") + who + more, Self.isGrave(seen.data, classes) ? .high : .medium)
    }
    if unreadCount > 0 {
      hits.append(RuleHit(session: nil, "\(unreadCount) more actions returned data that was not looked through", .info))
    }
    return hits
  }

  private static func isGrave(_ data: ReturnedData, _ classes: [DataClass]) -> Bool {
    if classes.contains(where: grave.contains) || !data.kinds.isDisjoint(with: gravePasswords) { return true }
    let isOfSomebody =
      data.count.people.distinct > 0 || classes.contains { [.name, .dateOfBirth, .address].contains($0) }
    return isOfSomebody && classes.contains(where: graveOfPeople.contains)
  }

  private static func rows(_ columns: [String], _ rows: [[String?]]) -> @Sendable (inout RuleSubject) -> Void {
    { subject in
      var bytes: [UInt8] = []
      func put(_ value: Int, _ count: Int) {
        for shift in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
      }
      for row in rows {
        put(row.count, 2)
        for cell in row {
          put(cell?.utf8.count ?? -1, 4)
          bytes += Array((cell ?? "").utf8)
        }
      }
      subject.response = StoredPayload(
        layout: .rows, bytes: bytes, byteCount: UInt64(bytes.count), sha256: "",
        columns: columns.map { Column(name: $0, type: "text") })
    }
  }

  static let examples = [
    RuleExample(
      "cards and people", finds: 1,
      [
        .sql(
          "SELECT * FROM t", rows(["email", "card_pan"], [["a@shop.example", "4111 1111 1111 1111"], [nil, nil]])),
        .sql("SELECT * FROM t", rows(["full_name"], [["Lin Chen"]])),
      ]),
    RuleExample(
      "a body", finds: 1,
      [
        .other("http", "GET", "GET https://shop/", .read) { subject in
          let body = Array(#"{"email": "lin@shop.example"}"#.utf8)
          subject.response = StoredPayload(
            layout: .bytes, bytes: body, byteCount: UInt64(body.count), sha256: "", columns: [])
        }
      ]),
    RuleExample(
      "nothing of people", finds: 0,
      [
        .other("http", "GET", "GET https://numbers/", .read) { subject in
          let body = Array((1_000..<2_500).map(String.init).joined(separator: " ").utf8)
          subject.response = StoredPayload(
            layout: .bytes, bytes: body, byteCount: UInt64(body.count), sha256: "", columns: [])
        },
        .sql("SELECT * FROM t", rows(["id", "at", "total"], [["123456789", "2026-11-20", "12.50"]])),
        .sql("SELECT 1"), .sql("SELECT * FROM t", rows(["password"], [["[redacted]"]])),
      ]),
  ]
}
