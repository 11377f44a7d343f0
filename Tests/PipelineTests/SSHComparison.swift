import Bytes
import Foundation
import Model
import Parsers
import Testing

/// Compares a capture of SSH with the account of its ends, and counts what was equal.
struct SSHComparison {
  let evidence: Evidence
  /// What was compared, by kind.
  private(set) var counts: [String: Int] = [:]

  init(_ evidence: Evidence) { self.evidence = evidence }

  private mutating func count(_ kind: String, _ more: Int = 1) { counts[kind, default: 0] += more }

  mutating func compare(_ scene: SSHAccount.Scene) throws {
    var flows: [FlowID] = []
    for client in scene.clients {
      let flow = evidence.flows.values.first { $0.parent == nil && $0.client.description == client }
      flows.append(try #require(flow?.id, "\(scene.name): no connection of \(client)"))
    }
    #expect(!flows.isEmpty, "\(scene.name)")
    count("connections", flows.count)
    let exchanges = flows.flatMap { evidence.exchanges($0) }
    #expect(exchanges.allSatisfy { $0.incompleteReason == nil }, "\(scene.name)")
    compareLogins(scene, exchanges)
    compareCommands(scene, exchanges)
    compareFiles(scene, exchanges)
    compareForwardings(scene, exchanges)
    try compareRepositories(scene, exchanges)
    let facts = flows.flatMap { evidence.facts($0) }.reduce(into: [String: String]()) { all, one in
      all.merge(one.parameters) { $1 }
    }
    for (name, value) in scene.facts { #expect(facts[name] == value, "\(scene.name): \(name)") }
    if let least = scene.rekeys {
      let rekeys = facts["ssh.rekeys"].flatMap { Int($0) } ?? 0
      #expect(rekeys >= least, "\(scene.name): rekeyed \(rekeys) times")
      count("rekeys", rekeys)
    }
  }

  private mutating func compareLogins(_ scene: SSHAccount.Scene, _ exchanges: [Exchange]) {
    let logins = exchanges.compactMap { if case .login(let login) = $0.shape { login } else { nil } }
    for login in scene.logins {
      let found = logins.first {
        ($0.outcome == .accepted) == login.accepted && $0.user == login.user && $0.method.hasPrefix(login.method)
      }
      #expect(found != nil, "\(scene.name): no \(login)")
      if !login.accepted {
        #expect(!logins.contains { $0.outcome == .accepted }, "\(scene.name)")
        count("refusals")
      }
    }
    if scene.logins.isEmpty {
      #expect(
        logins.filter { $0.outcome == .accepted && $0.method.hasPrefix("publickey") }.count == scene.clients.count)
    }
    count("logins", logins.filter { $0.outcome == .accepted }.count)
  }

  private mutating func compareCommands(_ scene: SSHAccount.Scene, _ exchanges: [Exchange]) {
    let commands = exchanges.compactMap { if case .command(let command) = $0.shape { command } else { nil } }
    // Each program once, but for those that files and pushes are told of.
    let own = commands.filter { !$0.isReadApart && $0.kind != .subsystem }
    #expect(own.count == scene.commands.count + (scene.prefixes?.count ?? 0), "\(scene.name)")
    for prefix in scene.prefixes ?? [] {
      #expect(own.contains { $0.text.hasPrefix(prefix) }, "\(scene.name): no \(prefix)")
    }
    var left = own
    for ran in scene.commands {
      guard let index = left.firstIndex(where: { $0.text == ran.text }) else {
        Issue.record("\(scene.name): no command \(ran.text)")
        continue
      }
      let found = left.remove(at: index)
      let exit =
        switch found.exit {
        case .status(let status): "\(status)"
        case .signal(let name, _, _): "signal \(name)"
        case nil: "-"
        }
      #expect(exit == ran.exit, "\(ran.text)")
      for (ours, theirs) in [(found.input, ran.input), (found.output, ran.output), (found.errorOutput, ran.error)] {
        guard let theirs else { continue }
        #expect(SSHAccount.Total(ours) == theirs, "\(scene.name): \(ran.text)")
        count("streams")
      }
      if let resizes = ran.resizes { #expect(Self.resizes(found) == resizes) }
      if let terminal = ran.terminal {
        #expect(found.kind == .shell)
        #expect(found.terminal?.name == terminal)
        #expect(found.environment["lc_exhibit"] == "1")
      }
      if ran.agent == true { #expect(found.isAgentForwarded) }
      count("commands")
    }
  }

  private static func resizes(_ command: Command) -> [String] {
    var cursor = StreamRecordCursor(command.records?.bytes ?? [])
    var sizes: [String] = []
    while let record = try? cursor.next() {
      if record.kind == .resize { sizes.append(String(decoding: record.bytes, as: UTF8.self)) }
    }
    return sizes
  }

  private mutating func compareFiles(_ scene: SSHAccount.Scene, _ exchanges: [Exchange]) {
    let files = exchanges.compactMap { if case .file(let file) = $0.shape { file } else { nil } }
    for moved in scene.files {
      // An empty file that was there may be opened for writing and closed.
      let isEmpty = moved.content?.count == 0
      let found = files.first {
        $0.service.rawValue == moved.service && ($0.verb.rawValue == moved.verb || isEmpty && $0.verb == .open)
          && $0.path == moved.path && ($0.outcome == .ok) == moved.ok
      }
      guard let found else {
        Issue.record("\(scene.name): no \(moved.verb) of \(moved.path)")
        continue
      }
      if let other = moved.other { #expect(found.otherPath == other) }
      count("files")
      guard let content = moved.content, found.verb != .open else { continue }
      #expect((SSHAccount.Total(found.content) ?? SSHAccount.Total(nil)) == content, "\(scene.name): \(moved.path)")
      #expect(found.isWholeFile || found.note != nil, "\(scene.name): \(moved.path)")
      count("contents")
      if found.isWholeFile { count("whole files") }
    }
    if scene.name == "rsync" {
      // Folders beside the files; nothing else moved.
      let told = files.filter { $0.service == .rsync && $0.verb != .mkdir }
      #expect(told.count == scene.files.count)
    }
  }

  private mutating func compareForwardings(_ scene: SSHAccount.Scene, _ exchanges: [Exchange]) {
    var left = exchanges.compactMap { exchange -> Forwarding? in
      guard case .forwarding(let forwarding) = exchange.shape, forwarding.kind != .listen,
        forwarding.kind != .cancelListen
      else { return nil }
      return forwarding
    }
    for carried in scene.forwardings {
      let index = left.firstIndex {
        $0.kind.rawValue == carried.kind && ($0.outcome == .accepted) == carried.accepted
          && (carried.destination == nil || $0.destination == carried.destination)
      }
      guard let index else {
        Issue.record("\(scene.name): no \(carried)")
        continue
      }
      left.remove(at: index)
      count("forwardings")
    }
    #expect(left.isEmpty, "\(scene.name): \(left)")
    let parents = Set(
      evidence.flows.values.filter { scene.clients.contains($0.client.description) && $0.parent == nil }.map(\.id))
    let children = evidence.flows.values.filter { $0.parent.map(parents.contains) == true }.map(\.id)
    var calls = children.sorted().flatMap { evidence.calls($0) }
    for called in scene.calls {
      guard let index = calls.firstIndex(where: { $0.head.target == called.target }) else {
        Issue.record("\(scene.name): no call of \(called.target)")
        continue
      }
      let found = calls.remove(at: index)
      #expect(found.head.method == called.method)
      #expect(found.head.status == called.status)
      #expect(SSHAccount.Total(found.responseBody?.content) == called.content)
      count("calls")
    }
  }

  /// Statements that PostgreSQL logged, all of which came through tunnels.
  mutating func compareTunnels(with log: [String: [ServerLog.Request]]) {
    // The server knows the tunnel's end; we know the tunnel's beginning. Sessions come in the same order.
    let seen = evidence.flows.values.filter { $0.parent != nil && !evidence.statements($0.id).isEmpty }.sorted {
      $0.id < $1.id
    }
    .map { evidence.statements($0.id).compactMap(ServerLog.request) }
    #expect(seen.count == log.count)
    for theirs in log.values {
      let ours = seen.first { ServerLog.settled($0, theirs) == theirs }
      #expect(ours != nil, "no session asked \(theirs.prefix(3)) …")
      if ours != nil { count("statements", theirs.count) }
    }
  }

  private mutating func compareRepositories(_ scene: SSHAccount.Scene, _ exchanges: [Exchange]) throws {
    let seen = exchanges.compactMap { if case .repository(let exchange) = $0.shape { exchange } else { nil } }
    #expect(seen.count == scene.repositories.count, "\(scene.name)")
    for theirs in scene.repositories {
      let ours = try #require(seen.first { $0.operation.rawValue == theirs.operation }, "\(scene.name)")
      #expect(ours.repository == theirs.repository)
      #expect(ours.error == nil)
      #expect(ours.pack?.isIntact == true)
      #expect(
        ours.updates.map { "\($0.name) \($0.old ?? "-") \($0.new ?? "-")" }.sorted()
          == theirs.updates.map { "\($0.name) \($0.old ?? "-") \($0.new ?? "-")" }.sorted(), "\(scene.name)")
      for update in theirs.updates {
        let found = try #require(ours.updates.first { $0.name == update.name })
        #expect(found.outcome == .ok)
        // What the commits at hand cannot tell is not claimed.
        #expect(found.isForced == nil || found.isForced == update.forced, "\(scene.name): \(update.name)")
        count("updates")
      }
      #expect(Set(ours.commits.map(\.id)) == Set(theirs.commits.map(\.id)), "\(scene.name)")
      let history = ours.history.map { Self.diffs(in: String(decoding: $0.bytes, as: UTF8.self)) } ?? [:]
      #expect(ours.history?.isCut != true)
      for commit in theirs.commits { try compare(commit, ours, history, scene.name) }
      count("pushes")
    }
  }

  private mutating func compare(
    _ theirs: SSHAccount.Repository.Commit, _ exchange: RepositoryExchange, _ history: [String: String], _ scene: String
  ) throws {
    let ours = try #require(exchange.commits.first { $0.id == theirs.id }, "\(scene): \(theirs.subject)")
    #expect(ours.author == theirs.author)
    #expect(ours.subject == theirs.subject)
    #expect(ours.parents == theirs.parents)
    count("commits")
    guard let changes = theirs.changes else { return }
    if let found = ours.changes {
      #expect(found.map { "\($0.kind.rawValue) \($0.path)" }.sorted() == changes, "\(scene): \(theirs.subject)")
      count("changes", changes.count)
    } else {
      #expect(ours.changesNote != nil)
    }
    guard let diff = theirs.diff, let shown = history[theirs.id] else { return }
    // Without the parent's trees there is nothing to compare with.
    guard ours.changes != nil else { return count("diffs in part") }
    // Of a thin pack some content is with the server alone, and that is said.
    if shown.contains(" is not at hand") {
      count("diffs in part")
    } else {
      #expect(shown == diff, "\(scene): \(theirs.subject)")
      count("diffs")
    }
  }

  /// The diffs of `git log -p --format=raw` by commit.
  private static func diffs(in history: String) -> [String: String] {
    var diffs: [String: String] = [:]
    var id = ""
    var isDiff = false
    for line in history.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("commit "), line.count == 47 {
        (id, isDiff) = (String(line.dropFirst(7)), false)
        diffs[id] = ""
      } else if line.hasPrefix("diff --git ") {
        isDiff = true
      }
      if isDiff { diffs[id, default: ""] += line + "\n" }
    }
    // A blank line ends each.
    return diffs.mapValues { diff in
      var diff = diff
      while diff.hasSuffix("\n\n") { diff.removeLast() }
      return diff
    }
  }
}
