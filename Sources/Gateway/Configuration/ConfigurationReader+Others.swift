import Evidence
import Foundation
import Policy
import Yams

/// Programs and addresses that the gateway tells of things.
extension ConfigurationReader {
  func notices(_ node: Node) throws(PolicyError) -> NoticeRules {
    let members = try nodes.mapping(node, "notify")
    try nodes.expect(members, ["command", "webhook", "webhook-file", "authority", "text", "timeout"], "notify")
    var rules = NoticeRules()
    rules.command = try members["command"].map { node throws(PolicyError) in try command(node) }
    if let node = members["webhook"] { rules.webhook = try webhook(try word(node), node) }
    if let node = members["webhook-file"] {
      guard members["webhook"] == nil else { throw nodes.error(node, "give webhook or webhook-file") }
      let path = try file(node, isSecret: true)
      let text = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
      rules.webhook = try webhook(text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "", node)
    }
    if let node = members["authority"] {
      guard rules.webhook?.isEncrypted == true else {
        throw nodes.error(node, "only an https webhook has an authority")
      }
      rules.webhook?.authorityFile = try file(node)
    }
    if let node = members["text"] {
      rules.tellsText = try nodes.choice(node, ["shape", "full"]) { ["shape": false, "full": true][$0] }
    }
    if let node = members["timeout"] { rules.seconds = try limited(node, 1...300) }
    guard rules.command != nil || rules.webhook != nil else {
      throw nodes.error(node, "notify takes command or webhook")
    }
    return rules
  }

  /// The address may be a secret, so it is not told.
  private func webhook(_ text: String, _ node: Node) throws(PolicyError) -> WebAddress {
    guard let webhook = WebAddress(text) else {
      throw nodes.error(node, "takes https://host/path")
    }
    guard webhook.isEncrypted || webhook.isLoopback else {
      throw nodes.error(node, "\(webhook.host) is another machine; what waits is told to others by https only")
    }
    return webhook
  }

  func anchors(_ node: Node, _ recording: String) throws(PolicyError) -> AnchorRules {
    let members = try nodes.mapping(node, "anchors")
    try nodes.expect(
      members, ["every", "mirror", "artefact", "time-stamp", "witnesses", "timeout"], "anchors")
    var rules = AnchorRules()
    if let node = members["every"] { rules.seconds = try limited(node, 1...604_800) }
    if let node = members["timeout"] { rules.patience = try limited(node, 1...3_600) }
    for item in nodes.items(members["mirror"]) {
      let path = try folder(item)
      try refuseInside(recording, path, item)
      rules.mirrors.append(path)
    }
    if let node = members["artefact"] {
      let path = try path(node)
      try refuseInside(recording, path, node)
      let parent = URL(filePath: path).deletingLastPathComponent().path
      guard FileManager.default.isWritableFile(atPath: parent) else {
        throw nodes.error(node, "\(parent) cannot be written")
      }
      rules.artefact = path
    }
    if let node = members["time-stamp"] {
      let members = try nodes.mapping(node, "time-stamp")
      try nodes.expect(members, ["command", "authorities"], "time-stamp")
      let authoritiesNode = try needed(members, "authorities", node)
      let authorities = try file(authoritiesNode)
      guard TimeStampAuthorities(pem: FileManager.default.contents(atPath: authorities).map { Array($0) } ?? []) != nil
      else { throw nodes.error(authoritiesNode, "\(authorities): no certificates in PEM") }
      rules.timeStamping = AnchorRules.TimeStamping(
        command: try command(try needed(members, "command", node)), authoritiesFile: authorities)
    }
    for item in try nodes.sequence(members["witnesses"], "witnesses") { rules.witnesses.append(try witness(item)) }
    guard rules.artefact != nil || rules.timeStamping != nil || !rules.mirrors.isEmpty || !rules.witnesses.isEmpty
    else { throw nodes.error(node, "anchors takes mirror, artefact, time-stamp or witnesses") }
    return rules
  }

  private func witness(_ node: Node) throws(PolicyError) -> AnchorRules.Witness {
    let members = try nodes.mapping(node, "a witness")
    try nodes.expect(members, ["key", "command"], "a witness")
    let keyNode = try needed(members, "key", node)
    let text = try word(keyNode)
    var line = text
    if !text.contains("+") {
      let read = FileManager.default.contents(atPath: try file(keyNode)).map { String(decoding: $0, as: UTF8.self) }
      line = read?.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    }
    do {
      return AnchorRules.Witness(
        key: try NoteKey(parsing: line), command: try command(try needed(members, "command", node)))
    } catch let error as PolicyError {
      throw error
    } catch {
      throw nodes.error(keyNode, "a witness has a key of the form name+id+base64: \(error)")
    }
  }

  /// Who can rewrite the recording reaches what lies in it.
  private func refuseInside(_ recording: String, _ path: String, _ node: Node) throws(PolicyError) {
    let outer = URL(filePath: recording).standardizedFileURL.resolvingSymlinksInPath().path
    let inner = URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
    guard inner != outer, !inner.hasPrefix(outer + "/") else {
      throw nodes.error(node, "\(path) is in the recording itself; an anchor is kept where its owner does not reach")
    }
  }

  private func limited(_ node: Node, _ range: ClosedRange<Int64>) throws(PolicyError) -> Int64 {
    let seconds = try nodes.seconds(node)
    guard range.contains(seconds) else {
      throw nodes.error(node, "takes \(range.lowerBound) s to \(range.upperBound) s")
    }
    return seconds
  }

  /// A program that is there, and that nobody else can put another in the place of; with its arguments.
  private func command(_ node: Node) throws(PolicyError) -> [String] {
    var words = try nodes.strings(node)
    guard let first = words.first else { throw nodes.error(node, "takes a list: a program and its arguments") }
    let path = first.hasPrefix("/") ? first : base.appending(path: first).path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw nodes.error(node, "\(path) is no program that can be run; give its whole path")
    }
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(filePath: path).resolvingSymlinksInPath().path)
    let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0o777
    guard mode & 0o022 == 0 else { throw nodes.error(node, "others can write \(path); chmod go-w it") }
    words[0] = path
    return words
  }
}
