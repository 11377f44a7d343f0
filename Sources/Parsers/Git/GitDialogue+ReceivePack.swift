import Bytes
import Model

// The protocol of pushing (gitprotocol-pack(5), "Pushing Data To a Server").
extension GitDialogue {
  /// Commands, the certificate over them, push options; then the pack.
  mutating func takeCommands(_ packet: PacketFraming.Packet, _ results: inout [Result]) {
    switch (clientPhase, packet) {
    case (.request, .flush), (.certificate, .flush): endCommands()
    case (.pushOptions, .flush): awaitPack()
    case (.request, .data(let data)): takeCommand(data, &results)
    case (.certificate, .data(let data)): takeCertificate(data, &results)
    case (.pushOptions, .data(let data)):
      if draft.pushOptions.count < GitLimits.items { draft.pushOptions.append(data.lineText) }
    case (.over, .data): strange("git-unexpected-packet", "from the client after its commands", &results)
    default: break
    }
  }

  private mutating func takeCommand(_ data: [UInt8], _ results: inout [Result]) {
    isTold = true
    let line = data.span
    let nul = line.firstIndex(of: 0)
    let told = line.extracting(first: nul ?? line.count).array
    if let nul {
      clientCapabilities = Capabilities(list: line.extracting((nul + 1)..<line.count))
      if let asked = clientCapabilities.objectFormat { format = asked }
      draft.isAtomic = clientCapabilities["atomic"] != nil
    }
    let text = told.lineText
    if text == "push-cert" {
      clientPhase = .certificate
    } else if text.hasPrefix("shallow ") {
      isShallow = true
      addArgument(text)
    } else if !addUpdate(text) {
      strange("git-unexpected-packet", "\(text.prefix(80).debugDescription) among the commands", &results)
    }
  }

  /// `old new name`
  private mutating func addUpdate(_ text: String) -> Bool {
    let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let old = ObjectID(hex: String(parts[0])), let new = ObjectID(hex: String(parts[1])) else {
      return false
    }
    format = new.format
    guard draft.updates.count < GitLimits.items else { return true }
    let name = String(parts[2])
    draft.updates.append(
      ReferenceUpdate(name: name, old: old.isNone ? nil : old.hex, new: new.isNone ? nil : new.hex))
    return true
  }

  /// The certificate's lines, until `push-cert-end`; its commands stand between its head and its signature.
  private mutating func takeCertificate(_ data: [UInt8], _ results: inout [Result]) {
    let text = data.lineText
    guard text != "push-cert-end" else {
      clientPhase = .request
      return
    }
    if certificate.count + data.count <= GitLimits.certificateLength { certificate.append(contentsOf: data.span) }
    _ = addUpdate(text)
  }

  private mutating func endCommands() {
    guard !draft.updates.isEmpty else {
      clientPhase = .over
      return
    }
    if clientCapabilities["push-options"] != nil { clientPhase = .pushOptions } else { awaitPack() }
  }

  /// "The packfile MUST NOT be sent if the only command used is 'delete'."
  private mutating func awaitPack() {
    clientPhase = .over
    guard draft.updates.contains(where: { $0.new != nil }) else { return }
    clientPhase = .pack
    beginPack()
  }

  /// The report, by itself or on band 1, and what hooks say on band 2.
  mutating func takeReport(_ packet: PacketFraming.Packet, _ results: inout [Result]) {
    guard case .data(let data) = packet, let first = data.first else { return }
    isTold = true
    guard first <= 3 else { return takeReportLine(data.lineText, &results) }
    guard first == 1 else { return takeBand(data, &results) }
    let content = data.span.extracting(droppingFirst: 1)
    var index = 0
    while index < content.count {
      switch reportFraming.next(content, &index) {
      case .packet(.data(let line)): takeReportLine(line.lineText, &results)
      case .packet: break
      case .starved: return
      case .bad, .pack: return strange("git-bad-length", "in the report on band 1", &results)
      }
    }
  }

  private mutating func takeReportLine(_ text: String, _ results: inout [Result]) {
    let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let rest = parts.count > 1 ? parts[1] : ""
    switch parts.first {
    case "unpack": draft.unpackStatus = rest
    case "ok": report(rest, .ok, &results)
    case "ng":
      let name = String(rest.prefix { $0 != " " })
      report(name, .refused(String(rest.dropFirst(name.count + 1))), &results)
    case "option":
      guard let reported = version2.reported, draft.updates.indices.contains(reported) else { return }
      guard draft.updates[reported].reportOptions.count < 16 else { return }
      draft.updates[reported].reportOptions.append(rest)
      if rest == "forced-update" { draft.updates[reported].isForced = true }
    default: strange("git-unexpected-packet", "\(text.prefix(80).debugDescription) in the report", &results)
    }
  }

  private mutating func report(_ name: String, _ outcome: ReferenceUpdate.Outcome, _ results: inout [Result]) {
    // Several commands may have one name only if they are refused; the first without an outcome is meant.
    let index =
      draft.updates.firstIndex { $0.name == name && $0.outcome == .unknown }
      ?? draft.updates.firstIndex { $0.name == name }
    version2.reported = index
    guard let index else {
      return strange("git-unexpected-packet", "a report on \(name.prefix(80)), which was not asked for", &results)
    }
    draft.updates[index].outcome = outcome
  }
}
