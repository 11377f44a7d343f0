import Bytes
import Model

/// Events of the audit log of Kubernetes (`audit.k8s.io/v1`, `Event` and `EventList`): the stages of a request are one record.
struct KubernetesAuditTeller: JSONLogTeller {
  static let name = "kubernetes-audit"
  static let listName = "items"
  /// Requests whose end was not seen; beyond that the oldest half is told as it is.
  static let openLimit = 16_384

  private var open: [String: ServerRecord] = [:]
  private var order: [String] = []

  init() {}

  static func isEntry(_ value: JSONValue) -> Bool {
    guard
      let version = value[member: "apiVersion"]?.string ?? (value[member: "auditID"] == nil ? nil : "audit.k8s.io/v1"),
      version.hasPrefix("audit.k8s.io/")
    else { return false }
    return value[member: "auditID"]?.text != nil && value[member: "verb"]?.text != nil
      && value[member: "requestURI"]?.string != nil && value[member: "stage"]?.text != nil
  }

  mutating func tell(
    _ value: JSONValue, _ origin: Origin, isCut: Bool, _ damage: inout ServerLogDamage,
    into events: inout [ServerLogEvent]
  ) {
    guard let id = value[member: "auditID"]?.text, let verb = value[member: "verb"]?.text else { return }
    let stampText = value[member: "stageTimestamp"]?.string ?? ""
    let stamp = LogTime(iso: stampText)
    guard let begin = LogTime(iso: value[member: "requestReceivedTimestamp"]?.string ?? stampText) else {
      damage.note("the event has no time", origin, into: &events)
      return
    }
    let before = open.removeValue(forKey: id)
    var record = ServerRecord(
      .request, of: "http", at: begin.at, precision: 1_000,
      text: "\(Self.method(verb)) \(value[member: "requestURI"]?.string ?? "")", status: .incomplete,
      origin: before?.origin ?? origin)
    record.isCut = isCut
    record.nativeIDs = [id]
    let user = value[member: "user"]?[member: "username"]?.text
    let impersonated = value[member: "impersonatedUser"]?[member: "username"]?.text
    record.user = impersonated ?? user
    // Of those that were forwarded the last is the connection's.
    if let address = value.list("sourceIPs").last?.text { record.peer = .host(address, port: nil) }
    record.application = value[member: "userAgent"]?.text
    record.target = value[member: "objectRef"]?[member: "namespace"]?.text
    let code = value[member: "responseStatus"]?[member: "code"]?.integer
    if let code { (record.code, record.status) = (String(code), HTTPRecord.status(code)) }
    record.message = Self.message(value, verb, impersonator: impersonated == nil ? nil : user)
    let stage = value[member: "stage"]?.text
    if stage == "ResponseComplete" || stage == "Panic" {
      if let stamp { record.duration = max(0, stamp.at.nanoseconds(since: begin.at)) }
      if stage == "Panic" { record.status = .error }
      events.append(.record(record))
      return
    }
    open[id] = record
    if before == nil { order.append(id) }
    guard order.count > Self.openLimit else { return }
    for id in order.prefix(Self.openLimit / 2) {
      if let old = open.removeValue(forKey: id) { events.append(.record(old)) }
    }
    order.removeFirst(Self.openLimit / 2)
  }

  mutating func finish(into events: inout [ServerLogEvent]) {
    let left = open.values.sorted { ($0.origin.packet, $0.origin.offset) < ($1.origin.packet, $1.origin.offset) }
    events += left.map { .record($0) }
    (open, order) = ([:], [])
  }

  /// The method that a verb of a resource stands for; of other paths the verb is the method.
  private static func method(_ verb: String) -> String {
    switch verb {
    case "get", "list", "watch": "GET"
    case "create": "POST"
    case "update": "PUT"
    case "deletecollection": "DELETE"
    default: verb.uppercased()
    }
  }

  private static func message(_ value: JSONValue, _ verb: String, impersonator: String?) -> String {
    var parts = [verb]
    if let object = value[member: "objectRef"] {
      let names = ["apiGroup", "resource", "subresource", "name"].compactMap { object[member: $0]?.text }
      parts.append(names.joined(separator: "/"))
    }
    if let impersonator { parts.append("by \(impersonator)") }
    if let decision = value[member: "annotations"]?[member: "authorization.k8s.io/decision"]?.text {
      parts.append("decision \(decision)")
    }
    let status = value[member: "responseStatus"]
    if let reason = (status?[member: "message"] ?? status?[member: "reason"])?.text { parts.append(reason) }
    return parts.joined(separator: ", ").cut(to: HTTPRecord.nameLimit)
  }
}
