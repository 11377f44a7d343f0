import Bytes
import Model

// Versions 0 and 1 of the protocol of fetching (gitprotocol-pack(5)), and the first words of all services.
extension GitDialogue {
  /// References and capabilities, or the first line of version 1 or 2.
  mutating func takeAdvertisement(_ packet: PacketFraming.Packet, _ results: inout [Result]) {
    guard case .data(let data) = packet else {
      guard case .flush = packet else { return strange("git-unexpected-packet", "in the references", &results) }
      advertised.end()
      if draft.referenceCount == nil { draft.referenceCount = advertised.count }
      isTold = true
      serverPhase = .answer
      return
    }
    isTold = true
    let text = data.lineText
    if text == "version 1" || text == "version 2" {
      version = text.hasSuffix("1") ? 1 : 2
      if version == 2 { serverPhase = .capabilities }
      return
    }
    if text.hasPrefix("shallow ") {
      isShallow = true
      return
    }
    let line = data.span
    let nul = line.firstIndex(of: 0)
    let told = line.extracting(first: nul ?? line.count)
    if let nul {
      serverCapabilities = Capabilities(list: line.extracting((nul + 1)..<line.count))
      if let told = serverCapabilities.objectFormat { format = told }
    }
    guard let space = told.firstIndex(of: 0x20), let id = ObjectID(hex: told.extracting(first: space)) else {
      return strange("git-unexpected-packet", "\(text.prefix(80).debugDescription) among the references", &results)
    }
    format = id.format
    let name = told.extracting((space + 1)..<told.count).array.lineText
    // An empty repository has nothing to hang its capabilities on.
    if name != "capabilities^{}" { advertised.add(id, name) }
  }

  /// What the client wants and has.
  mutating func takeWants(_ packet: PacketFraming.Packet, _ results: inout [Result]) {
    guard case .data(let data) = packet else { return }
    let text = data.lineText
    if text.hasPrefix("command="), draft.wants.isEmpty {
      version = 2
      return takeRequest2(packet, &results)
    }
    isTold = true
    if text.hasPrefix("want ") {
      let line = text.dropFirst(5)
      let id = line.prefix { $0 != " " }
      if id.count < line.count {
        clientCapabilities = Capabilities(list: Array(line.dropFirst(id.count).utf8).span)
      }
      want(String(id))
    } else if text.hasPrefix("have ") || text == "done" {
      if draft.haveCount < .max, text != "done" { draft.haveCount += 1 }
    } else if text.hasPrefix("shallow ") || text.hasPrefix("deepen") || text.hasPrefix("filter ") {
      addArgument(text)
    } else {
      strange("git-unexpected-packet", "\(text.prefix(80).debugDescription) from the client", &results)
    }
  }

  mutating func want(_ text: String) {
    guard draft.wants.count < GitLimits.items else { return }
    guard let id = ObjectID(hex: text) else { return draft.wants.append(text) }
    format = id.format
    draft.wants.append(advertised.name(of: id).map { "\(text) \($0)" } ?? text)
  }

  /// Acknowledgements, what is shallow, and the bands with the pack.
  mutating func takeAnswer(_ packet: PacketFraming.Packet, _ results: inout [Result]) {
    guard case .data(let data) = packet, let first = data.first else { return }
    isTold = true
    if first <= 3 { return takeBand(data, &results) }
    let text = data.lineText
    let isKnown = ["ACK ", "NAK", "shallow ", "unshallow "].contains { text.hasPrefix($0) }
    if !isKnown { strange("git-unexpected-packet", "\(text.prefix(80).debugDescription) from the server", &results) }
  }

  /// Band 1 is the pack, 2 is for people, 3 is a last word.
  mutating func takeBand(_ data: [UInt8], _ results: inout [Result]) {
    let content = data.span.extracting(droppingFirst: 1)
    switch data.first {
    case 1:
      guard !content.isEmpty else { return }
      if pack == nil { beginPack() }
      pack?.receive(content)
    case 2: messages.append(content)
    case 3: draft.error = content.array.lineText
    default: strange("git-unexpected-packet", "band \(data.first ?? 0)", &results)
    }
  }

  /// `ACK` or `NACK`, then the archive on band 1, of which the length is counted.
  mutating func takeArchive(_ packet: PacketFraming.Packet, _ results: inout [Result]) {
    guard case .data(let data) = packet, let first = data.first else { return }
    isTold = true
    if first <= 3 {
      if first == 1 { draft.archiveByteCount = (draft.archiveByteCount ?? 0) + UInt64(data.count - 1) }
      if first == 2 { messages.append(data.span.extracting(droppingFirst: 1)) }
      if first == 3 { draft.error = Array(data.dropFirst()).lineText }
      return
    }
    let text = data.lineText
    if text.hasPrefix("NACK") { draft.error = text }
    if !text.hasPrefix("NACK"), text != "ACK" {
      strange("git-unexpected-packet", "\(text.prefix(80).debugDescription) from the server", &results)
    }
  }
}
