import Bytes
import Model

/// Session channels: what is asked for, and the program (RFC 4254 §6).
extension SSHDialogue {
  @_lifetime(reader: copy reader)
  mutating func takeRequest(
    _ reader: inout ByteReader, _ channel: inout SSHChannel, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    let name = try reader.readText("request type")
    let wantsReply = try reader.readBool("want reply")
    var request = SSHChannel.Request.other
    defer { if wantsReply { enqueue(request, &channel, envelope, &events) } }
    guard case .session(var session) = channel.kind else {
      if name.hasPrefix("keepalive@") { keepalives[envelope.direction] += 1 }
      return
    }
    // Taken out, so that it is changed in place.
    channel.kind = .other
    defer { channel.kind = .session(session) }
    switch name {
    case "env":
      let variable = HeaderField(try reader.readText("variable name"), try reader.readText("variable value"))
      if session.environment.count < SSHLimits.environment { session.environment.append(variable) }
    case "pty-req":
      request = .terminal
      session.terminal = try SSHDialogue.terminal(&reader)
    case "shell": request = start(.shell, "", &session, &channel, envelope, &events)
    case "exec": request = start(.exec, try reader.readText("command"), &session, &channel, envelope, &events)
    case "subsystem":
      request = start(.subsystem, try reader.readText("subsystem name"), &session, &channel, envelope, &events)
    case "window-change":
      let columns = try reader.readUInt32("columns")
      let rows = try reader.readUInt32("rows")
      session.program?.record("\(columns)x\(rows)", .resize, envelope)
    case "signal":
      let text = "\(try reader.readText("signal name")) to channel \(channel.number)"
      events.append(.exchange(marker("signal", text, envelope)))
    case "break":
      let milliseconds = try reader.readUInt32("break length")
      events.append(.exchange(marker("break", "\(milliseconds) ms on channel \(channel.number)", envelope)))
    case "exit-status":
      let status = try reader.readUInt32("exit status")
      session.program?.exit = .status(status)
      session.program?.record("\(status)", .exit, envelope)
    case "exit-signal":
      let signal = try reader.readText("signal name")
      let dumped = try reader.readBool("core dumped")
      let message = try reader.readText("error message")
      session.program?.exit = .signal(signal, message: message, dumpedCore: dumped)
      session.program?.record("signal \(signal)", .exit, envelope)
    case "x11-req":
      request = .x11
      session.isX11Forwarded = true
    case "auth-agent-req@openssh.com", "auth-agent-req":
      request = .agent
      session.isAgentForwarded = true
    // RFC 4254 §6.8; OpenSSH's PROTOCOL §2.1: nothing more will be read. Neither changes what is told.
    case "xon-xoff", "eow@openssh.com": break
    case "keepalive@openssh.com", "winadj@putty.projects.tartarus.org": keepalives[envelope.direction] += 1
    default: events.append(.exchange(marker("channel-request", "\(name) on channel \(channel.number)", envelope)))
    }
  }

  private mutating func enqueue(
    _ request: SSHChannel.Request, _ channel: inout SSHChannel, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) {
    guard channel.pending[envelope.direction].count < SSHLimits.pendingRequests else {
      once(&channel, "ssh-request-limit", "more requests wait for an answer than are remembered", envelope, &events)
      return
    }
    channel.pending[envelope.direction].append(request)
  }

  /// RFC 4254 §5.4: answers come in the order of the requests.
  mutating func takeReply(
    _ isSuccess: Bool, _ channel: inout SSHChannel, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) {
    guard let request = channel.pending[envelope.direction.reversed].popFirst() else {
      if !channel.isWindowUnknown {
        once(&channel, "ssh-unexpected-reply", "an answer to no request", envelope, &events)
      }
      return
    }
    // After a loss it may be the answer to a request that was not captured.
    guard !isSuccess, !channel.isWindowUnknown, case .session(var session) = channel.kind else { return }
    channel.kind = .other
    defer { channel.kind = .session(session) }
    switch request {
    case .agent: session.isAgentForwarded = false
    case .x11: session.isX11Forwarded = false
    case .program: session.program?.isRefused = true
    case .furtherProgram(let index):
      if session.further.indices.contains(index) { session.further[index].isRefused = true }
    case .terminal, .other: break
    }
  }

  private mutating func start(
    _ kind: Command.Kind, _ text: String, _ session: inout SSHSession, _ channel: inout SSHChannel,
    _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) -> SSHChannel.Request {
    // After a refusal another may be tried: a client without the subsystem runs the server's program instead.
    if var earlier = session.program, earlier.isRefused {
      session.program = nil
      give(&earlier, session, channel, endedAt: envelope.endTime, at: envelope.begin, &events)
    }
    if session.program != nil {
      // RFC 4254 §6.5: only one of these requests can succeed per channel.
      once(&channel, "ssh-second-program", "\(kind.rawValue) \(text)", envelope, &events)
      guard session.further.count < SSHLimits.furtherPrograms else { return .other }
      session.further.append(
        SSHProgram(kind, text: text, begin: envelope.begin, content: .plain, options: options))
      return .furtherProgram(session.further.count - 1)
    }
    let content = content(of: kind, text, session, channel, envelope, &events)
    session.program = SSHProgram(
      kind, text: text, begin: envelope.begin, content: content, options: options)
    return .program
  }

  /// Who reads what goes through a program.
  private mutating func content(
    of kind: Command.Kind, _ text: String, _ session: borrowing SSHSession, _ channel: borrowing SSHChannel,
    _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) -> ChannelContent {
    let line = kind == .exec ? SSHCommandLine(text) : nil
    let isSFTP = kind == .subsystem ? text == "sftp" : line?.program == "sftp-server"
    let reader: ChannelContent.Reader
    if isSFTP {
      let sftp = SFTPReader(
        options: options, channel: channel.number, client: envelope.direction, hasSwappedSymlinks: hasSwappedSymlinks)
      reader = .sftp(ChannelContent.Shared(sftp))
    } else if let line,
      let scp = SCPReader(line, options: options, channel: channel.number, client: envelope.direction)
    {
      reader = .scp(ChannelContent.Shared(scp))
    } else if let line, let git = gitReader(line, session) {
      reader = .git(ChannelContent.Shared(git))
    } else if let line,
      let rsync = RsyncReader(line, options: options, channel: channel.number, client: envelope.direction)
    {
      reader = .rsync(ChannelContent.Shared(rsync))
    } else {
      return .plain
    }
    guard channels.contentCount < SSHLimits.contents else {
      report("ssh-content-limit", "more file transfers at once than are looked into", envelope.begin, &events)
      return .plain
    }
    channels.contentCount += 1
    return ChannelContent(reader)
  }

  /// `git-receive-pack '/srv/shop.git'`, or `git receive-pack …`.
  private func gitReader(_ line: SSHCommandLine, _ session: borrowing SSHSession) -> GitReader? {
    var (program, arguments) = (line.program, line.words.dropFirst())
    if program == "git", let name = arguments.popFirst() { program = "git-" + name }
    // The repository is the last; options may stand before it.
    guard program.hasPrefix("git-"), let repository = arguments.last else { return nil }
    let version = GitCallReader.version(session.environment.last { $0.name == "GIT_PROTOCOL" }?.value)
    return GitReader(
      service: program, repository: repository, version: version, options: options, source: options.objects)
  }

  /// OpenSSH's PROTOCOL §4.1: its SSH_FXP_SYMLINK has its arguments the other way round than the draft. So have those who
  /// speak to it, and clients that follow it.
  private var hasSwappedSymlinks: Bool {
    serverSoftware.hasPrefix("OpenSSH") || clientSoftware.hasPrefix("OpenSSH") || clientSoftware.hasPrefix("paramiko")
  }

  mutating func takeSessionData(
    _ data: Span<UInt8>, _ kind: StreamRecord.Kind, _ channel: inout SSHChannel, _ envelope: SSHEnvelope,
    _ events: inout [ParserEvent]
  ) {
    guard case .session(var session) = channel.kind else { return }
    // Taken out, so that it is changed in place.
    channel.kind = .other
    var program = session.program
    session.program = nil
    if program == nil {
      if channel.isWindowUnknown {
        channel.note("the request that started the program was not captured")
      } else {
        once(&channel, "ssh-data-without-program", "data before a program was asked for", envelope, &events)
      }
      program = SSHProgram(.shell, text: "", begin: envelope.begin, content: .plain, options: options)
    }
    let isInput = envelope.direction == channel.opener
    program?.take(data, isInput ? .input : kind, envelope, &events)
    session.program = program
    channel.kind = .session(session)
  }

  // MARK: The end

  mutating func closeSession(
    _ session: inout SSHSession, _ channel: inout SSHChannel, at position: StreamPosition, endedAt: Timestamp?,
    _ events: inout [ParserEvent]
  ) {
    if var program = session.program {
      session.program = nil
      give(&program, session, channel, endedAt: endedAt, at: position, &events)
    } else {
      let text = session.terminal.map { "terminal \($0.name), no program" } ?? "no program"
      let marker = Marker(name: "session-channel", text: text)
      events.append(.exchange(exchange(.marker(marker), channel, from: channel.begin, endedAt: endedAt)))
    }
    for var program in session.further {
      let command = program.command(session, channel: channel.number)
      events.append(
        .exchange(
          Exchange(
            shape: .command(command), startedAt: program.begin.time, endedAt: endedAt, origin: program.begin.origin,
            incompleteReason: channel.incompleteReason)))
    }
  }

  /// A program is over, or was refused.
  private mutating func give(
    _ program: inout SSHProgram, _ session: borrowing SSHSession, _ channel: borrowing SSHChannel,
    endedAt: Timestamp?, at position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    if program.content.isRead {
      program.content.finish(at: position, &events)
      channels.contentCount -= 1
    }
    let command = program.command(session, channel: channel.number)
    if command.kind == .exec, !command.isRefused, let line = SSHCommandLine(command.text),
      let rsync = RsyncCommand(line)
    {
      for operation in rsync.operations(channel: channel.number, exit: command.exit, program.content.rsync) {
        events.append(.exchange(exchange(.file(operation), channel, from: program.begin, endedAt: endedAt)))
      }
    }
    events.append(.exchange(exchange(.command(command), channel, from: program.begin, endedAt: endedAt)))
  }

  // MARK: The terminal

  /// RFC 4254 §6.2 and §8.
  @_lifetime(reader: copy reader)
  private static func terminal(_ reader: inout ByteReader) throws(DecodeError) -> TerminalRequest {
    let name = try reader.readText("TERM")
    let columns = try reader.readUInt32("columns")
    let rows = try reader.readUInt32("rows")
    // Sizes in pixels are informative.
    try reader.skip(8, "pixels")
    var request = TerminalRequest(name: name, columns: columns, rows: rows)
    var modes = ByteReader(try reader.readString("terminal modes"))
    // Opcodes 1 to 159 have one argument; 0 ends, and 160 to 255 are not defined and end too.
    while let opcode = try? modes.readUInt8(), (1...159).contains(opcode), let value = try? modes.readUInt32() {
      request.modes[opcode] = value
    }
    return request
  }
}
