import Model
import Policy

/// A channel of the client, and the one of the target that it leads to. Used on the connection's thread.
final class SSHChannelRelay {
  enum Stage {
    /// No program was asked for yet.
    case waiting
    /// The program waits for people.
    case holding
    /// The target is asked for it.
    case starting
    /// What both ends say is passed on.
    case running
    /// It was refused or given up; the client is told what there is to tell.
    case over
  }

  /// What the target is asked before the channel is what the client wants.
  enum Step {
    case open
    case forward(LibsshMessage.Destination)
    case environment(name: [UInt8], value: [UInt8])
    case terminal(SSHTerminal)
    case program(SSHProgram)
  }

  /// What was asked for and is judged.
  struct Request {
    var program: SSHProgram?
    var destination: LibsshMessage.Destination?
    var message: LibsshMessage
    /// Bytes of the client before it.
    var offset: UInt64
    var judged: [JudgedAction] = []
    /// What it used up of approvals.
    var uses: [ApprovalUse] = []
  }

  /// Bytes that wait for one end before the other is read no further.
  static let queueLimit = 256 << 10
  /// Variables of one channel, and the bytes of their names and values.
  static let environmentLimit = 128
  static let environmentByteLimit = 64 << 10

  let number: UInt32
  var stage = Stage.waiting
  var client: LibsshChannel?
  var target: LibsshChannel?
  var toClient = SSHQueue()
  var toTarget = SSHQueue()
  /// What the client set up for its program.
  private(set) var environment: [(name: [UInt8], value: [UInt8])] = []
  var terminal: SSHTerminal?
  var request: Request?
  var hold: SSHHold?
  /// What is still to be asked of the target, the next first, and the batch that must be recorded before.
  var steps: [Step] = []
  /// The target has its end of the channel.
  var isTargetOpen = false
  var startBatch: UInt64 = 0
  // What of each end was recorded and handed on.
  private(set) var clientHasEnded = false
  private(set) var clientHasClosed = false
  private(set) var targetHasEnded = false
  private(set) var targetHasClosed = false
  /// Bytes of data in the recording since its window was last granted anew, of client and target.
  private var recorded: (client: UInt32, target: UInt32) = (0, 0)

  init(_ number: UInt32) { self.number = number }

  var hasTerminal: Bool { terminal != nil }

  /// Keeps a variable for the program; false when there are too many.
  func set(_ name: [UInt8], _ value: [UInt8]) -> Bool {
    let byteCount = environment.reduce(name.count + value.count) { $0 + $1.name.count + $1.value.count }
    guard environment.count < Self.environmentLimit, byteCount <= Self.environmentByteLimit else { return false }
    environment.append((name, value))
    return true
  }

  /// Both ends are done with it.
  var isFinished: Bool {
    let isClientDone = client == nil ? stage == .over : clientHasClosed && toClient.isClosed
    let isTargetDone = target == nil || targetHasClosed && toTarget.isClosed
    return isClientDone && isTargetDone
  }

  // MARK: What comes

  /// Records that the client offered its agent, and that nobody takes it. The client does not ask for an answer; the recording
  /// has one, so it is told before a request that waits for its own.
  func noteAgentOffer(_ record: SSHRecord) throws {
    guard client?.takeAgentOffer() ?? false, request == nil else { return }
    try record.add(SSHTranscript.agentForwarding(number), from: .fromClient)
    try record.add(SSHTranscript.failure(number), from: .fromServer)
  }

  /// Records what the client sent, for the target.
  func takeFromClient(_ record: SSHRecord) throws {
    guard let client, !clientHasClosed else { return }
    client.isOpenForData = toTarget.byteCount < Self.queueLimit
    for arrival in client.takeArrivals() {
      switch arrival {
      case .data(let bytes, _):
        try record.add(SSHTranscript.data(number, bytes, isError: false), from: .fromClient)
        recorded.client &+= UInt32(clamping: bytes.count)
        if recorded.client > SSHTranscript.window / 4 {
          try record.add(SSHTranscript.windowAdjust(number, recorded.client), from: .fromServer)
          recorded.client = 0
        }
        if stage != .over { toTarget.add(.data(bytes, isError: false), record.batch) }
      case .signal(let name):
        try record.add(SSHTranscript.signal(number, name), from: .fromClient)
        if stage != .over { toTarget.add(.signal(name), record.batch) }
      case .exitStatus, .exitSignal: break
      }
    }
    if client.isAtEnd, !clientHasEnded {
      clientHasEnded = true
      try record.add(SSHTranscript.endOfData(number), from: .fromClient)
      toTarget.add(.endOfData, record.batch)
    }
    guard client.isClosed else { return }
    clientHasClosed = true
    try record.add(SSHTranscript.close(number), from: .fromClient)
    toTarget.add(.close, record.batch)
    // An answer in kind is owed; where the target still speaks, its end comes first.
    if stage != .running { try closeClient(record) }
  }

  /// Records what the target sent, for the client.
  func takeFromTarget(_ record: SSHRecord) throws {
    guard let target, !targetHasClosed else { return }
    if stage == .over { return leaveTarget(target, record) }
    guard stage == .running else { return }
    target.isOpenForData = toClient.byteCount < Self.queueLimit
    for arrival in target.takeArrivals() {
      switch arrival {
      case .data(let bytes, let isError): try say(bytes, isError: isError, record)
      case .exitStatus(let status): try say(exitStatus: status, record)
      case .exitSignal(let signal) where !hasClosedClient:
        try record.add(SSHTranscript.exitSignal(number, signal), from: .fromServer)
        toClient.add(.exitSignal(signal), record.batch)
      case .signal, .exitSignal: break
      }
    }
    if target.isAtEnd, !targetHasEnded {
      targetHasEnded = true
      try endData(record)
    }
    guard target.isClosed else { return }
    targetHasClosed = true
    toTarget.add(.close, record.batch)
    try closeClient(record)
  }

  /// Waits for the end of what nobody listens to any more.
  private func leaveTarget(_ target: LibsshChannel, _ record: SSHRecord) {
    target.isOpenForData = true
    _ = target.takeArrivals()
    guard isTargetOpen, target.isClosed else { return }
    targetHasClosed = true
    toTarget.add(.close, record.batch)
  }

  // MARK: What goes to the client

  func say(_ bytes: [UInt8], isError: Bool, _ record: SSHRecord) throws {
    guard !clientHasClosed else { return }
    try record.add(SSHTranscript.data(number, bytes, isError: isError), from: .fromServer)
    recorded.target &+= UInt32(clamping: bytes.count)
    if recorded.target > SSHTranscript.window / 4 {
      try record.add(SSHTranscript.windowAdjust(number, recorded.target), from: .fromClient)
      recorded.target = 0
    }
    toClient.add(.data(bytes, isError: isError), record.batch)
  }

  /// Also of a client that has closed its end: it waits for this still.
  func say(exitStatus: Int32, _ record: SSHRecord) throws {
    guard !hasClosedClient else { return }
    try record.add(SSHTranscript.exitStatus(number, exitStatus), from: .fromServer)
    toClient.add(.exitStatus(exitStatus), record.batch)
  }

  /// A line of the gateway's own.
  func say(line: String, _ record: SSHRecord) throws {
    try say(Array("exhibit: \(line)\(hasTerminal ? "\r\n" : "\n")".utf8), isError: true, record)
  }

  private func endData(_ record: SSHRecord) throws {
    guard !clientHasClosed else { return }
    try record.add(SSHTranscript.endOfData(number), from: .fromServer)
    toClient.add(.endOfData, record.batch)
  }

  private var hasClosedClient = false

  func closeClient(_ record: SSHRecord) throws {
    guard !hasClosedClient else { return }
    hasClosedClient = true
    try record.add(SSHTranscript.close(number), from: .fromServer)
    toClient.add(.close, record.batch)
  }

  /// Answers what was asked.
  func answer(_ message: LibsshMessage, isAccepted: Bool, _ record: SSHRecord) throws {
    try record.add(isAccepted ? SSHTranscript.success(number) : SSHTranscript.failure(number), from: .fromServer)
    toClient.add(isAccepted ? .accept(message) : .refuse(message), record.batch)
  }

  /// Says in the program's place why there is none, and how it ended.
  func end(with line: String, exitStatus: Int32, _ record: SSHRecord) throws {
    if let message = request?.message { try answer(message, isAccepted: true, record) }
    try finish(with: line, exitStatus: exitStatus, record)
  }

  /// Says behind what the program said why it goes no further.
  func finish(with line: String, exitStatus: Int32, _ record: SSHRecord) throws {
    guard stage != .over else { return }
    stage = .over
    request = nil
    toTarget.add(.close, record.batch)
    guard !hasClosedClient else { return }
    try say(line: line, record)
    try say(exitStatus: exitStatus, record)
    if !targetHasEnded { try endData(record) }
    try closeClient(record)
  }

  // MARK: What goes out

  /// Sends what is recorded by now.
  func pump(recorded: UInt64) {
    if let client { toClient.pump(into: client, recorded: recorded) }
    guard let target else {
      if stage == .over { toTarget.abandon() }
      return
    }
    guard isTargetOpen, stage == .running || stage == .over else { return }
    toTarget.pump(into: target, recorded: recorded)
  }

  /// The target is gone.
  func loseTarget() {
    target?.forget()
    target = nil
    toTarget.abandon()
  }

  /// Gives the channels back.
  func release() {
    client?.release()
    target?.release()
    (client, target) = (nil, nil)
  }

  /// The sessions are gone, and the channels with them.
  func forget() {
    client?.forget()
    target?.forget()
  }
}
