import Model
import Parsers
import Policy

/// What the client asks once it is let in.
extension SSHConnection {
  func take(_ message: LibsshMessage) throws {
    switch message.ask {
    case .openSession: try openSession(message)
    case .openForward(let destination): try openForward(message, destination)
    case .openOther, .openForwarded:
      let number = nextNumber()
      try record.add(SSHTranscript.open("other", number), from: .fromClient)
      try refuseOpening(message, number)
    case .listen(let place): try take(message, listen: place, isEnd: false)
    case .stopListening(let place): try take(message, listen: place, isEnd: true)
    // The library answers what keeps alive by itself; nothing else is offered.
    case .otherGlobal, .service, .login: message.refuse()
    case .program, .environment, .terminal, .window, .x11, .otherRequest:
      guard let relay = relays.first(where: { $0.client.map(message.isOf) ?? false }) else { return message.refuse() }
      try take(message, of: relay)
    }
  }

  func nextNumber() -> UInt32 {
    defer { channelCount &+= 1 }
    return channelCount
  }

  private func refuseOpening(_ message: LibsshMessage, _ number: UInt32) throws {
    // SSH_OPEN_ADMINISTRATIVELY_PROHIBITED, without a word, as the library says it.
    try record.add(SSHTranscript.openFailure(number, code: 1, ""), from: .fromServer)
    reply { message.refuse() }
  }

  // MARK: Openings

  private func openSession(_ message: LibsshMessage) throws {
    let number = nextNumber()
    try record.add(SSHTranscript.open("session", number), from: .fromClient)
    guard relays.count < Self.channelLimit else { return try refuseOpening(message, number) }
    let relay = SSHChannelRelay(number)
    relays.append(relay)
    try record.add(SSHTranscript.opened(number), from: .fromServer)
    reply {
      relay.client = message.acceptOpening()
      if relay.client == nil { relay.stage = .over }
    }
  }

  private func openForward(_ message: LibsshMessage, _ destination: LibsshMessage.Destination) throws {
    let number = nextNumber()
    let offset = record.receivedCount
    try record.add(SSHTranscript.open("direct-tcpip", number, destination), from: .fromClient)
    guard relays.count < Self.channelLimit, permissions.hasForwarding else {
      return try refuseOpening(message, number)
    }
    let relay = SSHChannelRelay(number)
    relay.isForward = true
    relay.request = SSHChannelRelay.Request(destination: destination, message: message, offset: offset)
    relays.append(relay)
    try judge(relay)
  }

  // MARK: Requests of a channel

  private func take(_ message: LibsshMessage, of relay: SSHChannelRelay) throws {
    let number = relay.number
    try relay.noteAgentOffer(record)
    switch message.ask {
    case .environment(let name, let value):
      try record.add(SSHTranscript.environment(number, name, value), from: .fromClient)
      let isTaken = relay.stage == .waiting && relay.set(name, value)
      // As a rule nobody wants to know.
      relay.toClient.add(isTaken ? .accept(message) : .refuse(message), record.batch)
    case .terminal(let terminal):
      try record.add(SSHTranscript.terminal(number, terminal), from: .fromClient)
      let isTaken = relay.stage == .waiting && permissions.hasTerminal
      if isTaken { relay.terminal = terminal }
      try relay.answer(message, isAccepted: isTaken, record)
    case .window(let size):
      try record.add(SSHTranscript.windowChange(number, size), from: .fromClient)
      if relay.stage == .waiting || relay.stage == .holding {
        relay.terminal?.columns = size.columns
        relay.terminal?.rows = size.rows
      } else {
        relay.toTarget.add(.window(size), record.batch)
        (relay.inspection as? LineInspection)?.resize(size)
      }
      relay.toClient.add(.accept(message), record.batch)
    case .program(let program): try start(program, message, relay)
    case .x11:
      try record.add(SSHTranscript.x11(number), from: .fromClient)
      try relay.answer(message, isAccepted: false, record)
    default: relay.toClient.add(.refuse(message), record.batch)
    }
  }

  private func start(_ program: SSHProgram, _ message: LibsshMessage, _ relay: SSHChannelRelay) throws {
    var program = program
    if let forced = permissions.forcedCommand, relay.stage == .waiting {
      // What runs is recorded as what was asked for, and what was asked for beside it.
      let name = Array("SSH_ORIGINAL_COMMAND".utf8)
      if !program.text.isEmpty, relay.set(name, program.text) {
        try record.add(SSHTranscript.environment(relay.number, name, program.text), from: .fromClient)
      }
      program = SSHProgram(kind: .exec, text: forced)
    }
    let offset = record.receivedCount
    try record.add(SSHTranscript.program(relay.number, program), from: .fromClient)
    // What was sent before it is known what it is said to cannot be judged.
    let isMute = program.conversation != nil && relay.hasInput
    guard relay.stage == .waiting, !isMute else { return try relay.answer(message, isAccepted: false, record) }
    relay.request = SSHChannelRelay.Request(program: program, message: message, offset: offset)
    relay.inspection = program.conversation.flatMap { conversation -> (any ChannelInspection)? in
      switch conversation {
      case .fetch: nil
      case .sftp:
        SFTPInspection(channel: relay.number, software: opening.application ?? "", secrets: listener.secrets)
      case .push(let repository):
        PushInspection(repository: repository, program: program.text, secrets: listener.secrets)
      }
    }
    if relay.inspection == nil, rules.lines != .recorded, let terminal = relay.terminal, program.kind != .subsystem,
      program.conversation == nil
    {
      relay.inspection = LineInspection(rules.lines, isShell: program.kind == .shell, terminal)
    }
    try judge(relay)
  }

  // MARK: The target

  /// Asks the target for what comes next, if anything does.
  func step(_ relay: SSHChannelRelay) throws {
    guard relay.stage == .starting || relay.stage == .over && !relay.isTargetOpen else { return }
    while let next = relay.steps.first {
      guard let target, let channel = relay.target ?? LibsshChannel(of: target) else {
        return try failStart(relay, targetProblem)
      }
      relay.target = channel
      let progress =
        switch next {
        case .open: channel.openSession()
        case .forward(let destination): channel.open(destination)
        case .environment(let name, let value): channel.request(environment: name, value)
        case .terminal(let terminal): channel.request(terminal)
        case .program(let program): channel.request(program)
        }
      if progress == .underWay { return }
      relay.steps.removeFirst()
      switch (next, progress) {
      case (.open, .done), (.forward, .done):
        relay.isTargetOpen = true
        if relay.stage == .over { relay.steps = [] }
      // A variable that the target does not take does not matter.
      case (_, .done), (.environment, _): continue
      case (.open, _), (.forward, _):
        relay.loseTarget()
        return try failStart(relay, "the target opens no channel: \(target.problem)")
      case (.terminal, _): return try failStart(relay, "the target gives no terminal")
      case (.program(let program), _): return try failProgram(relay, program)
      }
    }
    guard relay.stage == .starting else { return }
    try run(relay)
  }

  private func run(_ relay: SSHChannelRelay) throws {
    relay.stage = .running
    isTurnDue = true
    guard let request = relay.request, let message = request.message else { return }
    relay.request = nil
    guard request.destination != nil else { return try relay.answer(message, isAccepted: true, record) }
    try record.add(SSHTranscript.opened(relay.number), from: .fromServer)
    reply {
      relay.client = message.acceptOpening()
      guard relay.client == nil else { return }
      relay.stage = .over
      relay.toTarget.add(.close, 0)
    }
  }

  /// The target does not run it, as it would have said to the client itself.
  private func failProgram(_ relay: SSHChannelRelay, _ program: SSHProgram) throws {
    giveBack(relay)
    guard let message = relay.request?.message else { return }
    relay.request = nil
    try relay.answer(message, isAccepted: false, record)
    relay.stage = .over
    relay.toTarget.add(.close, record.batch)
    try relay.closeClient(record)
  }

  /// There is nothing that could run it.
  private func failStart(_ relay: SSHChannelRelay, _ why: String) throws {
    relay.steps = []
    giveBack(relay)
    core.log.write(.notice, "not started", ["session": id, "reason": why])
    guard let request = relay.request, request.destination != nil, let message = request.message else {
      return try relay.end(with: why, exitStatus: 255, record)
    }
    relay.request = nil
    relay.stage = .over
    relay.toTarget.add(.close, record.batch)
    try refuseOpening(message, relay.number)
  }
}
