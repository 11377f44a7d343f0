import Bytes
import Evidence
import Foundation
import Model
public import Policy
import Yams

extension GatewayConfiguration {
  /// Reads a gateway's file and those that it names.
  ///
  /// - Throws: `PolicyError` with file, line and column for what is not understood, not safe, or cannot be read.
  public init(file path: String) throws(PolicyError) {
    let name = URL(filePath: path).lastPathComponent
    guard let data = FileManager.default.contents(atPath: path) else {
      throw PolicyError(file: path, line: 1, column: 1, "cannot be read; check the path and its permissions")
    }
    let text = String(decoding: data, as: UTF8.self)
    var reader = ConfigurationReader(
      nodes: PolicyNodes(file: name), base: URL(filePath: path).deletingLastPathComponent())
    self = try reader.configuration(try PolicyNodes.root(of: text, name: name), path)
  }
}

/// Reads the parts of a gateway's file, and refuses what it does not know and what is not safe.
struct ConfigurationReader {
  let nodes: PolicyNodes
  /// What paths are relative to.
  let base: URL
  /// Relays that targets may name.
  var relayNames: [String] = []

  mutating func configuration(_ root: Node, _ path: String) throws(PolicyError) -> GatewayConfiguration {
    let members = try nodes.mapping(root, "the configuration")
    try nodes.expect(
      members,
      [
        "version", "policy", "approvals", "state", "recording", "listeners", "tokens", "token-signers", "token-issuers",
        "limits", "metrics", "threads", "socket", "notify", "page", "relays",
      ],
      "the configuration")
    guard let version = members["version"] else { throw nodes.error(root, "version is missing; write: version: 1") }
    guard version.int == 1 else { throw nodes.error(version, "this exhibit knows version 1 of configurations only") }
    let policyNode = try needed(members, "policy", root)
    let policyFile = try file(policyNode)
    let policy = try policy(policyFile, policyNode)
    let recording = try recording(try needed(members, "recording", root))
    let tokens =
      if members["tokens"] == nil, members["token-signers"] != nil || members["token-issuers"] != nil {
        [(Token, Node)]()
      } else {
        try self.tokens(try needed(members, "tokens", root))
      }
    let policyFolder = URL(filePath: policyFile).deletingLastPathComponent()
    try compare(tokens, policy, policyFolder)
    let signing = try members["token-signers"].map { node throws(PolicyError) in
      try signers(
        node, policy, policyFolder, gateway: recording.key.key.name,
        taken: Set(tokens.map(\.0.name)))
    }
    let issuers = try members["token-issuers"].map { node throws(PolicyError) in try self.issuers(node) } ?? [:]
    let relays = try members["relays"].map { node throws(PolicyError) in try self.relays(node) }
    relayNames = relays?.names ?? []
    let listeners = try self.listeners(
      try needed(members, "listeners", root), tokens, isSigned: signing != nil || !issuers.isEmpty, policy)
    if let node = members["token-signers"] ?? members["token-issuers"],
      !listeners.contains(where: { $0.authentication == .password })
    {
      throw nodes.error(node, "no listener takes signed tokens; they are passwords: authentication: password")
    }
    let known = Set(listeners.map(\.name))
    for issuer in issuers.values {
      for name in issuer.listeners where !known.contains(name) {
        throw nodes.error(members["token-issuers"] ?? root, "\(issuer.issuer): there is no listener \(name)")
      }
    }
    for (token, node) in tokens {
      for name in token.listeners where !known.contains(name) {
        throw nodes.error(node, "token \(token.name): there is no listener \(name)")
      }
    }
    var configuration = GatewayConfiguration(
      file: path, policyFile: policyFile, policy: policy,
      approvalsFolder: try members["approvals"].map { node throws(PolicyError) in try folder(node) },
      stateFolder: try folder(try needed(members, "state", root)),
      recording: recording, listeners: listeners,
      tokens: Dictionary(tokens.map { ($0.0.name, $0.0) }, uniquingKeysWith: { first, _ in first }))
    configuration.signers = signing?.signers
    configuration.issuers = issuers
    configuration.relays = relays
    if let node = members["limits"] { configuration.limits = try limits(node) }
    if let node = members["threads"] { configuration.threads = try nodes.number(node, 1...64) }
    if let node = members["notify"] { configuration.notices = try notices(node) }
    if let node = members["socket"] { configuration.socket = try socket(node) }
    if let node = members["page"] {
      guard configuration.approvalsFolder != nil else {
        throw nodes.error(node, "decisions need approvals: FOLDER, where the signatures are kept")
      }
      configuration.page = try page(node)
      configuration.page?.socket = configuration.socket
    }
    if let node = members["metrics"] {
      let place = try self.place(node)
      guard place.isLoopback, !place.isUnix else { throw nodes.error(node, "metrics listen on loopback only") }
      configuration.metrics = place
    }
    if let node = members["approvals"], configuration.policy.approvals.signersFile == nil {
      throw nodes.error(
        node, "the policy names no signers, so no approval counts; write approvals: { signers: … } there")
    }
    configuration.warnings = configuration.policy.unenforceableRules.map {
      "\(URL(filePath: policyFile).lastPathComponent): rule \($0.rule): \($0.why)"
    }
    configuration.warnings += signing?.problems ?? []
    return configuration
  }

  private func policy(_ path: String, _ node: Node) throws(PolicyError) -> PolicyDocument {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw nodes.error(node, "the policy \(path) cannot be read; check the path and its permissions")
    }
    return try PolicyDocument.parse(
      yaml: String(decoding: data, as: UTF8.self), name: URL(filePath: path).lastPathComponent)
  }

  private func limits(_ node: Node) throws(PolicyError) -> GatewayConfiguration.Limits {
    let members = try nodes.mapping(node, "limits")
    try nodes.expect(
      members, ["sessions", "sessions-per-identity", "login", "hold", "drain", "keepalive", "revoke-sessions"], "limits"
    )
    var limits = GatewayConfiguration.Limits()
    if let node = members["sessions"] { limits.sessions = try nodes.number(node, 1...100_000) }
    if let node = members["sessions-per-identity"] { limits.sessionsPerIdentity = try nodes.number(node, 1...100_000) }
    if let node = members["login"] { limits.loginSeconds = try nodes.seconds(node) }
    if let node = members["hold"] { limits.holdSeconds = try nodes.seconds(node) }
    if let node = members["drain"] { limits.drainSeconds = try nodes.seconds(node) }
    if let node = members["revoke-sessions"] { limits.revokesSessions = try nodes.boolean(node) }
    if let node = members["keepalive"] { limits.probeSeconds = try nodes.seconds(node) }
    return limits
  }

  private func recording(_ node: Node) throws(PolicyError) -> GatewayConfiguration.Recording {
    let members = try nodes.mapping(node, "recording")
    try nodes.expect(members, ["directory", "durability", "segment-mib", "key", "anchors"], "recording")
    let place = try needed(members, "directory", node)
    let keyNode = try needed(members, "key", node)
    var recording = GatewayConfiguration.Recording(directory: try path(place), key: try signer(keyNode))
    if let node = members["durability"] {
      recording.durability = try nodes.choice(node, GatewayConfiguration.Durability.allCases.map(\.rawValue)) {
        GatewayConfiguration.Durability(rawValue: $0)
      }
    }
    if let node = members["anchors"] { recording.anchors = try anchors(node, recording.directory) }
    if let node = members["segment-mib"] { recording.segmentBytes = try nodes.number(node, 1...4_096) << 20 }
    return recording
  }

  private func signer(_ node: Node) throws(PolicyError) -> NoteSigner {
    let path = try file(node, isSecret: true)
    let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    do {
      return try NoteSigner(parsing: text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "")
    } catch {
      throw nodes.error(node, "\(path): \(error); exhibit log key makes one")
    }
  }

  // MARK: Listeners

  private func listeners(
    _ node: Node, _ tokens: [(Token, Node)], isSigned: Bool, _ policy: PolicyDocument
  ) throws(PolicyError) -> [GatewayConfiguration.Listener] {
    var listeners: [GatewayConfiguration.Listener] = []
    for item in try nodes.sequence(node, "listeners") {
      let listener = try listener(item, tokens, isSigned: isSigned, policy)
      guard !listeners.contains(where: { $0.name == listener.name }) else {
        throw nodes.error(item, "there are two listeners \(listener.name)")
      }
      listeners.append(listener)
    }
    guard !listeners.isEmpty else { throw nodes.error(node, "there is no listener") }
    return listeners
  }

  private func listener(
    _ node: Node, _ tokens: [(Token, Node)], isSigned: Bool, _ policy: PolicyDocument
  ) throws(PolicyError) -> GatewayConfiguration.Listener {
    let members = try nodes.mapping(node, "a listener")
    let kind = try needed(members, "protocol", node)
    let known = ["postgres", "http", "ssh"]
    let spoken = try nodes.choice(kind, known) { known.contains($0) ? $0 : nil }
    if spoken == "ssh" { return try sshListener(members, node, tokens, isSigned: isSigned, policy) }
    let isHTTP = spoken == "http"
    try nodes.expect(
      members,
      ["name", "protocol", "listen", "tls", "authentication", "target"]
        + (isHTTP ? ["forward", "token-header", "limits", "pass-compressed", "http2"] : ["estimate"]), "a listener")
    let name = try word(try needed(members, "name", node))
    let placeNode = try needed(members, "listen", node)
    let place = try self.place(placeNode)
    guard !place.isUnix else { throw nodes.error(placeNode, "a listener takes host:port") }
    let tls = try members["tls"].map { node throws(PolicyError) in try serverTLS(node) }
    guard tls != nil || place.isLoopback else {
      throw nodes.error(placeNode, "\(place) is reached from other machines; give tls: { certificate: …, key: … }")
    }
    let wayNode = try needed(members, "authentication", node)
    let way = try nodes.choice(wayNode, GatewayConfiguration.Authentication.allCases.map(\.rawValue)) {
      GatewayConfiguration.Authentication(rawValue: $0)
    }
    if isHTTP {
      try check(http: way, wayNode, tls, members["tls"])
    } else {
      try check(way, wayNode, tls, members["tls"])
    }
    let own = tokens.map(\.0).filter { $0.listeners.isEmpty || $0.listeners.contains(name) }
    guard isSigned && way == .password || own.contains(where: { $0.isUsable(by: way) }) else {
      throw nodes.error(wayNode, "no token can be used here: none of listener \(name) has \(Token.needs(way))")
    }
    let service: GatewayConfiguration.Service =
      isHTTP
      ? .http(try http(members, node))
      : .postgres(
        try target(try needed(members, "target", node)),
        estimates: try members["estimate"].map { node throws(PolicyError) in try nodes.boolean(node) } ?? false)
    return GatewayConfiguration.Listener(name: name, address: place, tls: tls, authentication: way, service: service)
  }

  private func sshListener(
    _ members: [String: Node], _ node: Node, _ tokens: [(Token, Node)], isSigned: Bool, _ policy: PolicyDocument
  ) throws(PolicyError) -> GatewayConfiguration.Listener {
    try nodes.expect(
      members,
      ["name", "protocol", "listen", "authentication", "host-keys", "certificates", "target", "unmasked", "lines"],
      "a listener for ssh")
    let name = try word(try needed(members, "name", node))
    let placeNode = try needed(members, "listen", node)
    let place = try self.place(placeNode)
    guard !place.isUnix else { throw nodes.error(placeNode, "a listener takes host:port") }
    let rules = try ssh(members, node)
    let own = tokens.map(\.0).filter { $0.listeners.isEmpty || $0.listeners.contains(name) }
    let takesPasswords = rules.means.contains(.password)
    guard isSigned && takesPasswords || own.contains(where: { Self.isUsable($0, at: rules) }) else {
      throw nodes.error(
        members["authentication"] ?? node,
        "no token can be used here: none of listener \(name) has \(Self.needs(rules))")
    }
    return GatewayConfiguration.Listener(
      name: name, address: place, tls: nil, authentication: takesPasswords ? .password : .certificate,
      service: .ssh(rules))
  }

  private func target(_ node: Node) throws(PolicyError) -> TargetServer {
    let members = try nodes.mapping(node, "a target")
    try nodes.expect(
      members, ["name", "server", "tls", "user", "password-file", "password-environment", "databases", "relay"],
      "a target")
    let placeNode = try needed(members, "server", node)
    let place = try self.place(placeNode)
    let databases = try nodes.strings(try needed(members, "databases", node))
    guard !databases.isEmpty else { throw nodes.error(node, "databases lists those that clients may ask for") }
    let encryption = try encryption(members["tls"], place, placeNode)
    return TargetServer(
      name: try word(try needed(members, "name", node)), place: place,
      encryption: encryption, certificate: try certificate(members["tls"]),
      relay: try relay(members, to: place, encryption),
      user: try word(try needed(members, "user", node)), password: try secret(members, "password"), databases: databases
    )
  }

  private func encryption(
    _ node: Node?, _ place: SocketPlace, _ placeNode: Node
  ) throws(PolicyError) -> TargetServer.Encryption {
    guard let node else {
      guard place.isLoopback else {
        throw nodes.error(
          placeNode, "\(place) is another machine; write tls: verify, or tls: { insecure: none } to send all in clear")
      }
      return .none
    }
    if node.string == "verify" { return .verified(authorityFile: nil, name: nil) }
    let members = try nodes.mapping(node, "tls")
    try nodes.expect(members, ["authority", "name", "insecure", "certificate", "key"], "tls")
    if let insecure = members["insecure"] {
      guard members.count == 1 else { throw nodes.error(insecure, "insecure stands alone") }
      return try nodes.choice(insecure, ["unverified", "none"]) {
        ["unverified": TargetServer.Encryption.unverified, "none": .none][$0]
      }
    }
    guard !place.isUnix else { throw nodes.error(node, "a Unix socket has no TLS") }
    return .verified(
      authorityFile: try members["authority"].map { node throws(PolicyError) in try file(node) },
      name: try members["name"].map { node throws(PolicyError) in try word(node) })
  }

  /// What `NAME-file` or `NAME-environment` has.
  func secret(_ members: [String: Node], _ name: String) throws(PolicyError) -> Secret? {
    if let node = members["\(name)-file"] {
      let path = try file(node, isSecret: true)
      let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
      guard let line = text.split(whereSeparator: \.isNewline).first else {
        throw nodes.error(node, "\(path) is empty")
      }
      return Secret(value: String(line))
    }
    guard let node = members["\(name)-environment"] else { return nil }
    let name = try word(node)
    guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
      throw nodes.error(node, "the environment has no \(name)")
    }
    return Secret(value: value)
  }

  // MARK: Values

  func needed(_ members: [String: Node], _ name: String, _ node: Node) throws(PolicyError) -> Node {
    guard let found = members[name] else { throw nodes.error(node, "\(name) is missing") }
    return found
  }

  func word(_ node: Node) throws(PolicyError) -> String {
    guard let text = node.string, !text.isEmpty, text.utf8.count <= 1_024,
      text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else { throw nodes.error(node, "takes a word") }
    return text
  }

  func place(_ node: Node) throws(PolicyError) -> SocketPlace {
    guard let place = node.string.flatMap({ SocketPlace($0) }) else {
      throw nodes.error(node, "takes host:port, such as 127.0.0.1:6432")
    }
    return place
  }

  func path(_ node: Node) throws(PolicyError) -> String {
    let text = try word(node)
    return text.hasPrefix("/") ? text : base.appending(path: text).path
  }

  /// Where a socket can be that others cannot put another in the place of.
  private func socket(_ node: Node) throws(PolicyError) -> String {
    let path = try self.path(node)
    guard UnixAddress(path) != nil else {
      throw nodes.error(node, "\(path): a socket's path has at most \(UnixAddress.pathLimit) bytes")
    }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: folder),
      attributes[.type] as? FileAttributeType == .typeDirectory
    else { throw nodes.error(node, "\(folder) is no folder; make it first") }
    let owner = (attributes[.ownerAccountID] as? NSNumber)?.uint32Value
    guard owner == geteuid() || owner == 0 else { throw nodes.error(node, "\(folder) is somebody else's") }
    let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
    guard mode & 0o022 == 0 else { throw nodes.error(node, "others can write in \(folder); chmod 700 it") }
    return path
  }

  /// A file that can be read; one with a secret in it must be its owner's alone.
  func file(_ node: Node, isSecret: Bool = false) throws(PolicyError) -> String {
    let path = try self.path(node)
    guard FileManager.default.isReadableFile(atPath: path) else { throw nodes.error(node, "\(path) cannot be read") }
    if isSecret {
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
      guard mode & 0o077 == 0 else {
        throw nodes.error(node, "\(path) can be read by others; chmod 600 it")
      }
    }
    return path
  }

  func folder(_ node: Node) throws(PolicyError) -> String {
    let path = try self.path(node)
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      throw nodes.error(node, "\(path) is no folder; make it first")
    }
    return path
  }
}
