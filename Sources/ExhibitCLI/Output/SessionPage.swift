import Model
import Store

/// One session, whole.
struct SessionPage {
  let session: Session
  let file: CaseFile

  private var encryption: String {
    guard session.isEncrypted else { return "" }
    return session.isDecrypted ? ", encrypted, opened with keys" : ", encrypted"
  }

  func print() throws {
    var page = Page()
    page.add("session", session.id)
    page.add("part of", session.parentID)
    page.add("protocol", session.protocolName + encryption)
    page.add("client", session.client)
    page.add("server", session.server)
    page.add("user", session.user)
    page.add("target", session.target)
    page.add("application", session.application)
    page.add("agent", session.agent)
    page.add("human", session.human)
    page.add("gateway", session.gateway)
    page.add("started", session.startedAt.description)
    page.add("ended", session.endedAt.description)
    page.add(
      "lasted", Quantity.duration(nanoseconds: session.endedAt.nanoseconds(since: session.startedAt)))
    page.add(
      "actions", "\(Quantity.count(session.actionCount)), of which \(Quantity.of(session.changeCount, "change"))")
    page.add("bytes", "\(session.bytesIn) from the client, \(session.bytesOut) from the server")
    page.add("complete", session.isComplete ? "yes" : "no: \(session.reason ?? "unknown")")
    for fact in try file.facts(ofSession: session.id) { page.add(fact.name, fact.value) }
    for gap in try file.gaps() where gap.sessionID == session.id {
      let sender = gap.direction == .fromClient ? "client" : "server"
      page.add("gap", "\(gap.at.description)  \(gap.byteCount) bytes from the \(sender) (\(gap.reason.rawValue))")
    }
    for anomaly in try file.anomalies() where anomaly.sessionID == session.id {
      page.add("anomaly", "\(anomaly.code): \(anomaly.detail)" + (anomaly.packet.map { ", packet \($0)" } ?? ""))
    }
    page.print()
  }
}
