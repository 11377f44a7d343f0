import Model
import Replay
import Store

/// One action, whole.
struct ActionPage {
  let action: Action
  let file: CaseFile
  let rowLimit: Int

  func print() throws {
    let session = try file.session(id: action.sessionID)
    let source = try file.sources().first { $0.id == action.sourceID }
    var page = Page()
    page.add("action", action.id)
    page.add("part of", action.parentID)
    page.add("text", action.text)
    page.add("parameters", action.parameters)
    page.add("verb", action.verb)
    page.add("effect", action.effect.rawValue + (action.isUnfiltered ? ", without a filter" : ""))
    page.add("resources", action.resources.map(\.description).joined(separator: "\n"))
    page.add("outcome", [action.status.rawValue, action.code].compactMap { $0 }.joined(separator: " "))
    page.add("message", action.message)
    page.add("transaction", action.transaction?.rawValue)
    page.add("rows", action.rowCount.map(Quantity.count))
    page.add("started", action.startedAt.description)
    page.add("first byte", since(action.firstResponseAt))
    page.add("ended", since(action.endedAt))
    page.add("bytes", "\(action.bytesIn) from the client, \(action.bytesOut) from the server")
    page.add("fingerprint", action.fingerprint)
    page.add("session", session.map { "\($0.id)  from \($0.client)" })
    page.add("user", action.identity.user)
    page.add("target", action.identity.target)
    page.add("application", action.identity.application)
    try page.addGateway(of: action, in: file)
    page.add("evidence", evidence(source))
    if let prompt = try file.attributions(of: action.id).first {
      page.add("prompt", "\(WhyPage.summary(of: prompt))\nall of it: exhibit why \(action.id)")
    }
    try page.addContradictions(of: action, in: file)
    page.print()
    try printCall()
    try printResult()
  }

  /// The heads of a request and its response, and what was sent.
  private func printCall() throws {
    guard action.hasHead, let head = try file.callHead(of: action.id) else {
      if let payload = try file.requestPayload(of: action.id) {
        StandardOutput.write("\n")
        write(payload, nil)
      }
      if action.hasRecords {
        StandardOutput.write("\nwhat was typed and shown: exhibit replay \(action.id) --as text\n")
      }
      return
    }
    StandardOutput.write("\n" + quoted(HeadText.request(head), ">"))
    if let payload = try file.requestPayload(of: action.id) {
      write(payload, head.requestFields["content-type"])
    }
    if let response = HeadText.response(head) { StandardOutput.write("\n" + quoted(response, "<")) }
  }

  private func write(_ payload: StoredPayload, _ mediaType: String?) {
    let body = PrettyBody(payload, mediaType: mediaType, limits: .init(textBytes: 1 << 14))
    StandardOutput.write(TerminalText.lines(body.text) + "\n" + (body.isShortened ? "…\n" : ""))
    StandardOutput.write(
      "\(body.title), \(Quantity.of(Int(clamping: payload.byteCount), "byte")), sha256 \(payload.sha256)\n")
  }

  private func quoted(_ text: String, _ sign: String) -> String {
    text.split(separator: "\n").map { "\(sign) \(TerminalText.oneLine(String($0)))\n" }.joined()
  }

  private func since(_ time: Timestamp?) -> String? {
    time.map { "\(Quantity.duration(nanoseconds: $0.nanoseconds(since: action.startedAt))) later" }
  }

  private func evidence(_ source: Source?) -> String? {
    guard let source, let packet = action.packet else { return nil }
    return "\(source.unit) \(packet) of \(source.path)\nsha256 \(source.sha256)"
  }

  private func printResult() throws {
    guard let payload = try file.responsePayload(of: action.id) else { return }
    StandardOutput.write("\n")
    if action.hasHead { return write(payload, try file.callHead(of: action.id)?.responseFields["content-type"]) }
    if payload.layout == .rows {
      StandardOutput.write(try ResultTable.text(of: payload, rowLimit: rowLimit))
    } else {
      let text = String(decoding: payload.bytes.prefix(4096), as: UTF8.self)
      StandardOutput.write(TerminalText.lines(text) + "\n")
    }
    StandardOutput.write("\(Quantity.count(Int(clamping: payload.byteCount))) bytes, sha256 \(payload.sha256)\n")
  }
}
