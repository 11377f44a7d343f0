import Bytes
import Model

/// A session channel: what was set up, and the program that ran (RFC 4254 §6).
struct SSHSession {
  var environment: [HeaderField] = []
  var terminal: TerminalRequest?
  var isAgentForwarded = false
  var isX11Forwarded = false
  var program: SSHProgram?
  /// Programs beyond the one that the standard allows.
  var further: [SSHProgram] = []
}

/// A program of a session channel, with what went through it.
struct SSHProgram {
  let kind: Command.Kind
  let text: String
  let begin: StreamPosition
  var isRefused = false
  var exit: Command.Exit?
  var content: ChannelContent
  private var isReadApart = false
  private var records: StreamRecordBuilder
  /// Data that may be joined with more of the same time.
  private var open: StreamRecord?
  private var input = SSHTotal()
  private var output = SSHTotal()
  private var errorOutput = SSHTotal()

  init(_ kind: Command.Kind, text: String, begin: StreamPosition, content: ChannelContent, options: ParserOptions) {
    self.kind = kind
    self.text = text
    self.begin = begin
    self.content = content
    records = StreamRecordBuilder(limit: options.bodyLimit, held: options.held)
  }

  /// Something that went through.
  mutating func take(
    _ bytes: Span<UInt8>, _ kind: StreamRecord.Kind, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) {
    switch kind {
    case .input: input.add(bytes, isDigested: !content.hasDigests)
    case .errorOutput: errorOutput.add(bytes, isDigested: true)
    default: output.add(bytes, isDigested: !content.hasDigests)
    }
    if kind != .errorOutput, content.isRead {
      isReadApart = true
      content.receive(bytes, envelope, &events)
      return
    }
    record(bytes, kind, envelope)
  }

  /// Keeps what happened, with its time; data of the same time and kind is joined.
  mutating func record(_ bytes: Span<UInt8>, _ kind: StreamRecord.Kind, _ envelope: SSHEnvelope) {
    if var last = open {
      if last.at == envelope.endTime, last.direction == envelope.direction, last.kind == kind, kind != .resize,
        kind != .exit, last.bytes.count + bytes.count <= SSHLimits.recordLength
      {
        open = nil
        last.bytes.append(contentsOf: bytes)
        open = last
        return
      }
      records.append(last)
    }
    open = StreamRecord(at: envelope.endTime, direction: envelope.direction, kind: kind, bytes: bytes.array)
  }

  mutating func record(_ text: String, _ kind: StreamRecord.Kind, _ envelope: SSHEnvelope) {
    let bytes = Array(text.utf8)
    record(bytes.span, kind, envelope)
  }

  /// The command as it was seen; the records are given away.
  mutating func command(_ session: borrowing SSHSession, channel: UInt32) -> Command {
    var command = Command(kind, text: text, channel: channel)
    command.environment = session.environment
    command.terminal = session.terminal
    command.isAgentForwarded = session.isAgentForwarded
    command.isX11Forwarded = session.isX11Forwarded
    command.isRefused = isRefused
    command.exit = exit
    command.isReadApart = isReadApart
    if let open { records.append(open) }
    open = nil
    if !records.isEmpty { command.records = records.finish() }
    command.input = input.finish()
    command.output = output.finish()
    command.errorOutput = errorOutput.finish()
    return command
  }
}

/// Bytes of one stream in all, and their digest.
struct SSHTotal {
  private var byteCount: UInt64 = 0
  private var digestedCount: UInt64 = 0
  private var hash: SHA256?

  mutating func add(_ bytes: Span<UInt8>, isDigested: Bool) {
    guard !bytes.isEmpty else { return }
    byteCount += UInt64(bytes.count)
    guard isDigested else { return }
    digestedCount += UInt64(bytes.count)
    let hash = hash ?? SHA256()
    hash.update(bytes)
    self.hash = hash
  }

  mutating func finish() -> Command.Total? {
    guard byteCount > 0 else { return nil }
    return Command.Total(byteCount: byteCount, digest: digestedCount == byteCount ? hash?.finish() : nil)
  }
}
