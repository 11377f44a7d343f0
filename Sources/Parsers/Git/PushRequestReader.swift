public import Bytes
public import Model

/// Reads what a push of git over a connection asks, before `git-receive-pack` hears of it (gitprotocol-pack(5), "Pushing Data To
/// a Server"): references, options, and the commits of the pack behind them as far as they are there.
///
/// Commands that two readers could understand in two ways are refused.
public struct PushRequestReader {
  /// Bytes of commands, certificate and options.
  public static let commandLength = 4 << 20
  /// Bytes of a pack that is looked into.
  public static let packLength = 16 << 20
  /// Commits of the pack whose parents are looked at.
  private static let parentsReadLimit = 1_000

  private enum Phase {
    case commands
    case certificate
    case options
    case pack
  }

  /// Told what the server said, and the commands; it is copied for each answer, and the copy is given the pack.
  private var dialogue: GitDialogue
  private var phase = Phase.commands
  private var framing = PacketFraming()
  /// What the client sent and is not decided, up to the end of its commands.
  private var commands: [UInt8] = []
  private var lineCount = 0
  private var hasCapabilities = false
  private var takesOptions = false
  /// Follows the pack, to know its end.
  private var pack: PackReader?
  private var packBytes: [UInt8] = []
  private var isDecided = false

  /// `objects`: what is known of the repository besides; asked when the pack is read, and for each answer again.
  public init(repository: String, secrets: SecretHasher, objects: (any ObjectSource)? = nil) {
    dialogue = GitDialogue(
      service: .receivePack, repository: repository, version: 0, part: .connection,
      options: ParserOptions(secrets: secrets, flow: FlowID(0)), source: objects)
  }

  /// Bytes of commands that are not whole yet.
  public var unread: [UInt8] { phase == .pack ? [] : commands }
  /// The pack is not all there, and would tell more.
  public var expectsMore: Bool {
    guard !isDecided, let pack else { return false }
    return !pack.isDone && !pack.isLost && packBytes.count < Self.packLength
  }

  public mutating func receive(fromServer bytes: [UInt8]) {
    // What comes behind the commands is the report.
    guard phase == .commands, commands.isEmpty else { return }
    var results: [GitDialogue.Result] = []
    dialogue.receive(bytes.span, from: .fromServer, into: &results)
  }

  /// Takes what the client sends.
  ///
  /// - Returns: all of its commands, once they are whole; `rest` is what comes behind them.
  /// - Throws: `DecodeError` for what cannot be read in one way alone; nothing of it may go on.
  public mutating func receive(fromClient bytes: [UInt8], rest: inout [UInt8]) throws(DecodeError) -> [UInt8]? {
    guard phase != .pack else {
      rest = bytes
      follow(bytes)
      return nil
    }
    var index = 0
    while index < bytes.count, phase != .pack {
      let start = index
      let step = framing.next(bytes.span, &index)
      commands += bytes[start..<index]
      guard commands.count <= Self.commandLength else {
        throw DecodeError(.overLimit, "commands of a push", offset: commands.count)
      }
      switch step {
      case .starved: return nil
      case .packet(.flush): endPart()
      case .packet(.data(let line)): try take(line)
      case .packet, .bad, .pack: throw Self.strange("a packet of another kind", at: commands.count)
      }
    }
    guard phase == .pack else { return nil }
    rest = Array(bytes[index...])
    let whole = commands
    try begin(whole)
    follow(rest)
    return whole
  }

  private mutating func endPart() {
    if phase == .options || !takesOptions || lineCount == 0 { phase = .pack } else { phase = .options }
  }

  private mutating func take(_ line: [UInt8]) throws(DecodeError) {
    lineCount += 1
    guard lineCount <= GitLimits.items else {
      throw DecodeError(.overLimit, "lines of a push", offset: commands.count)
    }
    if phase == .options { return }
    if phase == .certificate {
      // "push-cert-end"; the server joins all lines to one text.
      guard line.last == 0x0A, !line.dropLast().contains(0x0A), !line.contains(0) else {
        throw Self.strange("a line of a certificate", at: commands.count)
      }
      if line.elementsEqual("push-cert-end\n".utf8) { phase = .commands }
      return
    }
    var told = line[...]
    if let nul = line.firstIndex(of: 0) {
      guard !hasCapabilities else { throw Self.strange("capabilities told twice", at: commands.count) }
      hasCapabilities = true
      told = line[..<nul]
      let list = Array(line[(nul + 1)...])
      takesOptions = Capabilities(list: list.span)["push-options"] != nil
    }
    if Array(told).lineText == "push-cert" { phase = .certificate }
  }

  private static func strange(_ what: String, at offset: Int) -> DecodeError {
    DecodeError(.mismatch, "commands of a push", offset: offset, expected: "one way to read them", found: what)
  }

  /// The commands are whole: what the parser makes of them must be all that there is.
  private mutating func begin(_ commands: [UInt8]) throws(DecodeError) {
    var results: [GitDialogue.Result] = []
    dialogue.receive(commands.span, from: .fromClient, into: &results)
    for case .anomaly(_, let detail) in results { throw Self.strange(detail, at: commands.count) }
    if dialogue.draft.updates.contains(where: { $0.new != nil }) { pack = PackReader(format: dialogue.format) }
  }

  /// Bytes behind the commands.
  private mutating func follow(_ bytes: [UInt8]) {
    guard !isDecided, pack != nil, packBytes.count < Self.packLength, !bytes.isEmpty else { return }
    packBytes += bytes
    pack?.receive(bytes.span)
  }

  /// What stands before it and is not part of it, as far as is known: the old tips of what it moves, and parents of its commits.
  public var commitsBefore: [String] {
    var found: [ObjectID] = dialogue.draft.updates.compactMap { $0.new == nil ? nil : $0.old }
      .compactMap { ObjectID(hex: $0) }
    let own = Set(pack?.objects.commits ?? [])
    for id in pack?.objects.commits.prefix(Self.parentsReadLimit) ?? [] {
      guard let bytes = pack?.objects.content(id)?.bytes, let commit = CommitObject(bytes) else { continue }
      for parent in commit.parents where !own.contains(parent) && !found.contains(parent) { found.append(parent) }
      if found.count >= SnapshotFetch.commitLimit { break }
    }
    return found.map(\.hex)
  }

  /// It is known what becomes of it: nothing of the pack is looked into any more.
  public mutating func decide() { (isDecided, pack, packBytes) = (true, nil, []) }

  /// What is asked, as it is known now; as if it were done.
  public func push(at time: Timestamp) -> (exchange: Exchange, push: RepositoryExchange)? {
    var told = dialogue
    var results: [GitDialogue.Result] = []
    told.receive(packBytes.span, from: .fromClient, into: &results)
    told.finish(into: &results)
    for case .exchange(var push, _) in results where push.operation == .push {
      for index in push.updates.indices { push.updates[index].outcome = .ok }
      if expectsMore { push.notes = [] }
      return (Exchange(shape: .repository(push), startedAt: time, origin: .unknown), push)
    }
    return nil
  }

  /// What is asked of each reference.
  public var updates: [ReferenceUpdate] { dialogue.draft.updates }

  /// Nothing is asked: the client only looked at what there is.
  public var isEmpty: Bool { phase == .pack && dialogue.draft.updates.isEmpty }

  /// The references are named as the server reads them.
  public var isExact: Bool { dialogue.draft.updates.allSatisfy { !$0.name.contains("\u{FFFD}") } }

  /// What the server would say of a push of which it does nothing (gitprotocol-pack(5), "Report Status").
  public func refusal(_ reason: String, hint: String? = nil) -> [UInt8] {
    let capabilities = dialogue.clientCapabilities
    let reason = Self.line(reason)
    var report = Self.packet("unpack ok\n")
    for update in dialogue.draft.updates { report += Self.packet("ng \(update.name) \(reason)\n") }
    report += Self.flush
    let isReported = capabilities["report-status"] != nil || capabilities["report-status-v2"] != nil
    guard capabilities["side-band-64k"] != nil || capabilities["side-band"] != nil else {
      return isReported ? report : []
    }
    let limit = capabilities["side-band-64k"] != nil ? 65_515 : 995
    var out = Self.packet([2] + Array("exhibit: \(reason)\n".utf8.prefix(limit)))
    if let hint { out += Self.packet([2] + Array("exhibit: \(Self.line(hint))\n".utf8.prefix(limit))) }
    if isReported {
      var start = 0
      while start < report.count {
        let end = min(report.count, start + limit)
        out += Self.packet([1] + report[start..<end])
        start = end
      }
    }
    return out + Self.flush
  }

  private static func line(_ text: String) -> String {
    let plain = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) }
    return String(plain.prefix(900))
  }

  private static let flush = Array("0000".utf8)

  private static func packet(_ text: String) -> [UInt8] { packet(Array(text.utf8)) }

  private static func packet(_ data: [UInt8]) -> [UInt8] {
    let digits = String(data.count + 4, radix: 16)
    return Array((String(repeating: "0", count: max(0, 4 - digits.count)) + digits).utf8) + data
  }
}
