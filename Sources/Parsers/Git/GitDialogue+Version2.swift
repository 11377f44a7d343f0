import Bytes
import Model

/// Where a conversation of version 2 stands.
struct Version2State {
  enum Command: Equatable {
    case listReferences
    case fetch
    case bundleURI
    case objectInfo
    case other(String)

    init(_ name: String) {
      switch name {
      case "ls-refs": self = .listReferences
      case "fetch": self = .fetch
      case "bundle-uri": self = .bundleURI
      case "object-info": self = .objectInfo
      default: self = .other(name)
      }
    }
  }

  enum Section {
    case none
    case acknowledgments
    case shallowInfo
    case wantedRefs
    case packfileURIs
    case packfile
  }

  /// The request that is being written.
  var command: Command?
  var isInArguments = false
  /// Requests without an answer yet, oldest first.
  var pending: [Command] = []
  var section = Section.none
  /// All packets of the answer have a band (`sideband-all`).
  var hasBands = false
  /// The update that the report spoke of last.
  var reported: Int?

  /// More requests than this are never open at once.
  static let pendingLimit = 64
}

// Version 2 (gitprotocol-v2(5)).
extension GitDialogue {
  mutating func takeCapability(_ packet: PacketFraming.Packet) {
    guard case .data(let data) = packet else {
      serverPhase = .answer
      return
    }
    serverCapabilities.add(data.lineText)
    if let told = serverCapabilities.objectFormat { format = told }
  }

  /// A command, its capabilities and arguments.
  mutating func takeRequest2(_ packet: PacketFraming.Packet, _ results: inout [Result]) {
    switch packet {
    case .delimiter: version2.isInArguments = true
    case .flush, .responseEnd:
      if let command = version2.command, version2.pending.count < Version2State.pendingLimit {
        version2.pending.append(command)
      }
      version2.command = nil
      version2.isInArguments = false
    case .data(let data):
      let text = data.lineText
      if version2.isInArguments {
        takeArgument(text)
      } else if text.hasPrefix("command=") {
        begin(Version2State.Command(String(text.dropFirst(8))))
      } else {
        clientCapabilities.add(text)
        if text.hasPrefix("server-option=") { addArgument(text) }
        if let asked = clientCapabilities.objectFormat { format = asked }
      }
    }
  }

  private mutating func begin(_ command: Version2State.Command) {
    isTold = true
    version2.command = command
    switch command {
    case .fetch: draft.operation = .fetch
    case .listReferences: break
    case .bundleURI: addArgument("bundle-uri")
    case .objectInfo: addArgument("object-info")
    case .other(let name): addArgument(name)
    }
  }

  private mutating func takeArgument(_ text: String) {
    let name = String(text.prefix { $0 != " " })
    switch (version2.command, name) {
    case (.fetch, "want"): want(String(text.dropFirst(5)))
    case (.fetch, "have"): draft.haveCount += 1
    case (.fetch, "sideband-all"): version2.hasBands = true
    case (.fetch, "done"), (.fetch, "thin-pack"), (.fetch, "no-progress"), (.fetch, "include-tag"),
      (.fetch, "ofs-delta"), (.fetch, "wait-for-done"), (.listReferences, "peel"), (.listReferences, "symrefs"),
      (.listReferences, "unborn"):
      break
    default: if !draft.arguments.contains(text) || draft.arguments.count > 1000 { addArgument(text) }
    }
  }

  /// A packet of the answer to the oldest open request.
  mutating func takeAnswer2(_ packet: PacketFraming.Packet, _ results: inout [Result]) {
    // Without a request (it was not captured) the packets themselves say which answer it is.
    let command = version2.pending.first ?? .fetch
    switch packet {
    case .delimiter: version2.section = .none
    case .flush, .responseEnd:
      if !version2.pending.isEmpty { version2.pending.removeFirst() }
      version2.section = .none
      switch command {
      case .listReferences:
        advertised.end()
        draft.referenceCount = advertised.count
      case .fetch: if pack != nil, part == .connection { close(into: &results) }
      case .bundleURI, .objectInfo, .other: break
      }
    case .data(let data):
      isTold = true
      switch command {
      case .listReferences: takeReference(data, &results)
      case .fetch: takeFetched(data, &results)
      case .bundleURI:
        let text = data.lineText
        if text.contains(".uri="), draft.locations.count < GitLimits.items { draft.locations.append(text) }
      case .objectInfo, .other: break
      }
    }
  }

  /// `id name symref-target:… peeled:…`, or `unborn HEAD symref-target:…`
  private mutating func takeReference(_ data: [UInt8], _ results: inout [Result]) {
    let parts = data.lineText.split(separator: " ").map(String.init)
    guard parts.count >= 2 else { return strange("git-unexpected-packet", "among the references", &results) }
    for part in parts.dropFirst(2) where part.hasPrefix("symref-target:") && parts[1] == "HEAD" {
      draft.head = String(part.dropFirst(14))
    }
    guard parts[0] != "unborn" else { return }
    guard let id = ObjectID(hex: parts[0]) else {
      return strange("git-unexpected-packet", "\(parts[0].prefix(80).debugDescription) among the references", &results)
    }
    format = id.format
    advertised.add(id, parts[1])
  }

  private mutating func takeFetched(_ data: [UInt8], _ results: inout [Result]) {
    var data = data
    if version2.hasBands || version2.section == .packfile, let first = data.first, first <= 3 {
      if version2.section == .packfile || first != 1 { return takeBand(data, &results) }
      data.removeFirst()
    }
    let text = data.lineText
    guard version2.section != .none else {
      switch text {
      case "acknowledgments": version2.section = .acknowledgments
      case "shallow-info": version2.section = .shallowInfo
      case "wanted-refs": version2.section = .wantedRefs
      case "packfile-uris": version2.section = .packfileURIs
      case "packfile":
        version2.section = .packfile
        beginPack()
      default: strange("git-unexpected-packet", "section \(text.prefix(80).debugDescription)", &results)
      }
      return
    }
    switch version2.section {
    case .packfileURIs: if draft.locations.count < GitLimits.items { draft.locations.append(text) }
    case .wantedRefs: want(wanted: text)
    case .packfile: strange("git-unexpected-packet", "no band in the packfile section", &results)
    case .none, .acknowledgments, .shallowInfo: break
    }
  }

  /// `id name`: which object a reference stood for that was wanted by its name.
  private mutating func want(wanted text: String) {
    guard draft.wants.count < GitLimits.items else { return }
    draft.wants.append(text)
  }
}
