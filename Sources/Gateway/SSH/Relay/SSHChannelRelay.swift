import Bytes
import Model
import NIOCore
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
    /// Something that was asked inside the channel.
    var piece: ChannelPiece?
    /// What has to be answered; nil inside a channel.
    var message: LibsshMessage?
    /// Bytes of the client before it.
    var offset: UInt64
    var judged: [JudgedAction] = []
    /// Why it cannot be held against an approval, besides what it is.
    var obstacle: String?
    /// What it changes, for those who decide: commits of a push.
    var difference: String?
    /// More of it is awaited before people are asked, no longer than until then.
    var awaited: ContinuousClock.Instant?
    /// What it used up of approvals.
    var uses: [ApprovalUse] = []
  }

  /// Bytes that wait for one end before the other is read no further.
  static let queueLimit = 256 << 10
  /// Lines of the gateway's own in a channel that goes on: a client may not read them.
  private static let lineLimit = 32
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
  /// Which call of an agent it comes of (W3C Trace Context), as the client's `SendEnv` tells.
  var traceparent: String? {
    environment.last { $0.name.elementsEqual("TRACEPARENT".utf8) }.map { String(decoding: $0.value, as: UTF8.self) }
  }
  var terminal: SSHTerminal?
  var request: Request?
  var hold: SSHHold?
  /// What is still to be asked of the target, the next first, and the batch that must be recorded before.
  var steps: [Step] = []
  /// The client sent data.
  private(set) var hasInput = false
  /// Masks what the program writes; nil where nothing is masked.
  var masking: ChannelMasking?
  /// Bytes of the client before the program.
  var maskedAt: UInt64 = 0
  /// It leads to a connection that the target opened.
  var isForward = false
  /// Reads what goes through, where that is judged.
  var inspection: (any ChannelInspection)?
  /// What the gateway itself asks the target about what waits.
  var question: OwnChannel?
  /// It was waited for all that there is to know of what waits.
  var hasAwaited = false
  /// What the client sent and is not decided yet, in order, and the bytes of it.
  private(set) var pieces = CircularBuffer<ChannelPiece>()
  private var pieceByteCount = 0
  /// When it may be the first one's turn; nil where nothing but what comes can say.
  private(set) var turnAt: ContinuousClock.Instant?
  /// The end of the client's data, which waits for what is before it.
  private var isEndWaiting = false
  /// The client was told all; what it still sends is taken until it has ended.
  private(set) var isAwaitingEnd: Int32?
  /// Lines of the gateway's own that the client may still get while its program runs.
  private var lineCount = SSHChannelRelay.lineLimit
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
    client.isOpenForData =
      toTarget.byteCount < Self.queueLimit && pieceByteCount < inspection?.waitingLimit ?? Self.queueLimit
    for arrival in client.takeArrivals() {
      switch arrival {
      case .data(let bytes, _):
        hasInput = true
        if let inspection, stage != .over {
          try inspect(bytes, inspection, record)
        } else {
          try recordInput(bytes, record)
          if stage != .over { toTarget.add(.data(bytes, isError: false), record.batch) }
        }
      case .signal(let name):
        try record.add(SSHTranscript.signal(number, name), from: .fromClient)
        if stage != .over { toTarget.add(.signal(name), record.batch) }
      case .exitStatus, .exitSignal: break
      }
    }
    if client.isAtEnd, !clientHasEnded {
      clientHasEnded = true
      if let inspection, !inspection.unread.isEmpty { try recordInput(inspection.unread, record) }
      try record.add(SSHTranscript.endOfData(number), from: .fromClient)
      isEndWaiting = true
      endInput(record)
      if let status = isAwaitingEnd { try end(exitStatus: status, record) }
    }
    guard client.isClosed else { return }
    clientHasClosed = true
    try record.add(SSHTranscript.close(number), from: .fromClient)
    toTarget.add(.close, record.batch)
    // An answer in kind is owed; where the target still speaks, its end comes first.
    if stage != .running { try closeClient(record) }
  }

  private func recordInput(_ bytes: [UInt8], _ record: SSHRecord) throws {
    try record.add(SSHTranscript.data(number, bytes, isError: false), from: .fromClient)
    recorded.client &+= UInt32(clamping: bytes.count)
    guard recorded.client > SSHTranscript.window / 4 else { return }
    try record.add(SSHTranscript.windowAdjust(number, recorded.client), from: .fromServer)
    recorded.client = 0
  }

  /// The target hears that there is no more when it has all that came before.
  private func endInput(_ record: SSHRecord) {
    guard isEndWaiting, pieces.isEmpty, request?.piece == nil else { return }
    isEndWaiting = false
    toTarget.add(.endOfData, record.batch)
  }

  // MARK: What is judged inside

  /// The line that is judged, as those who decide see it.
  var typed: String? {
    guard inspection?.isTerminal == true, request?.piece != nil else { return nil }
    return request?.judged.first?.action.text
  }

  /// Records what the client sent, piece by piece, each to be judged.
  private func inspect(_ bytes: [UInt8], _ inspection: any ChannelInspection, _ record: SSHRecord) throws {
    var found: [ChannelPiece] = []
    var fault: DecodeError?
    do throws(DecodeError) { try inspection.take(fromClient: bytes, into: &found) } catch { fault = error }
    for var piece in found {
      if !inspection.isTerminal {
        piece.offset = record.receivedCount
        try recordInput(piece.bytes, record)
      }
      pieceByteCount += piece.bytes.count
      pieces.append(piece)
    }
    guard let fault else { return }
    try recordInput(inspection.unread, record)
    throw SSHMalformation(sender: .fromClient, reason: "\(fault)")
  }

  /// The next piece that the client sent, and what becomes of it; nil where one before it is not decided, or it is not its turn.
  func nextPiece(_ record: SSHRecord) throws -> (piece: ChannelPiece, turn: ChannelPiece.Turn)? {
    turnAt = nil
    guard stage == .running, request == nil, let first = pieces.first, let inspection else { return nil }
    let turn = inspection.turn(of: first, at: .now)
    if case .waits(let until) = turn {
      turnAt = until
      return nil
    }
    guard var piece = pieces.popFirst() else { return nil }
    pieceByteCount -= piece.bytes.count
    if inspection.isTerminal { try recordLate(&piece, record) }
    if case .unjudged = turn { inspection.pass(unjudged: piece) }
    return (piece, turn)
  }

  /// What is typed stands in the recording behind what was decided before.
  private func recordLate(_ piece: inout ChannelPiece, _ record: SSHRecord) throws {
    piece.offset = record.receivedCount
    if !piece.bytes.isEmpty { try recordInput(piece.bytes, record) }
  }

  /// Takes what the client typed to end what waits, with all before it; nil where nothing waits, or nothing of the kind came.
  func takeInterrupt(_ record: SSHRecord) throws -> ChannelPiece? {
    guard stage == .running, request?.piece != nil || turnAt != nil || isWaitingForTurn,
      let index = pieces.firstIndex(where: \.isInterrupt)
    else { return nil }
    var last: ChannelPiece?
    for _ in 0...pieces.distance(from: pieces.startIndex, to: index) {
      guard var piece = pieces.popFirst() else { break }
      pieceByteCount -= piece.bytes.count
      try recordLate(&piece, record)
      last = piece
    }
    if let last { inspection?.pass(unjudged: last) }
    return last
  }

  /// The client is gone: what it typed and was not decided goes nowhere but into the recording.
  func leavePieces(_ record: SSHRecord) throws {
    if inspection?.isTerminal == true {
      while var piece = pieces.popFirst() { try recordLate(&piece, record) }
    }
    dropPieces()
  }

  /// What was typed waits for the shell.
  private var isWaitingForTurn: Bool {
    guard let first = pieces.first, let inspection, case .waits = inspection.turn(of: first, at: .now) else {
      return false
    }
    return true
  }

  /// Sends a piece on.
  func pass(_ piece: ChannelPiece, _ record: SSHRecord) {
    if request != nil { inspection?.settle() }
    (request, hasAwaited) = (nil, false)
    dropQuestion()
    toTarget.add(.data(piece.bytes, isError: false), record.batch)
    endInput(record)
  }

  /// Answers a piece in the target's place.
  func refuse(_ piece: ChannelPiece, _ reason: String, exitStatus: Int32, _ record: SSHRecord) throws {
    if request != nil { inspection?.settle() }
    (request, hasAwaited) = (nil, false)
    dropQuestion()
    guard let refusal = inspection?.refuse(piece, reason) else { return }
    if !refusal.toTarget.isEmpty { toTarget.add(.data(refusal.toTarget, isError: false), record.batch) }
    if !refusal.answer.isEmpty { try say(refusal.answer, isError: false, record) }
    guard refusal.isLast else { return endInput(record) }
    // What the client still sends is for nobody; it reads what it was told when it has sent all.
    dropPieces()
    stage = .over
    toTarget.add(.close, record.batch)
    isAwaitingEnd = exitStatus
    if clientHasEnded { try end(exitStatus: exitStatus, record) }
  }

  func dropPieces() { (pieces, pieceByteCount, isEndWaiting) = (CircularBuffer(), 0, false) }

  private func end(exitStatus: Int32, _ record: SSHRecord) throws {
    isAwaitingEnd = nil
    try say(exitStatus: exitStatus, record)
    if !targetHasEnded { try endData(record) }
    try closeClient(record)
  }

  /// Records what the target sent, for the client.
  func takeFromTarget(_ record: SSHRecord) throws {
    guard let target, !targetHasClosed else { return }
    if stage == .over { return leaveTarget(target, record) }
    guard stage == .running else { return }
    target.isOpenForData = toClient.byteCount < Self.queueLimit
    for arrival in target.takeArrivals() {
      switch arrival {
      case .data(let bytes, false):
        guard let inspection else {
          try sayMasked(bytes, isError: false, record)
          continue
        }
        let shown: [UInt8]
        do throws(DecodeError) {
          shown = try inspection.take(fromTarget: bytes)
        } catch {
          throw SSHMalformation(sender: .fromServer, reason: "\(error)")
        }
        for piece in inspection.takeLate() { pieces.prepend(piece) }
        if shown.isEmpty { continue }
        if inspection.isTerminal {
          try sayMasked(shown, isError: false, record)
        } else {
          try say(shown, isError: false, record)
        }
      case .data(let bytes, true): try sayMasked(bytes, isError: true, record)
      case .exitStatus(let status): try say(exitStatus: status, record)
      case .exitSignal(var signal) where !hasClosedClient:
        if masking != nil { signal.message = [] }
        try record.add(SSHTranscript.exitSignal(number, signal), from: .fromServer)
        toClient.add(.exitSignal(signal), record.batch)
      case .signal, .exitSignal: break
      }
    }
    if target.isAtEnd, !targetHasEnded {
      targetHasEnded = true
      try finishMasked(record)
      try endData(record)
    }
    guard target.isClosed else { return }
    targetHasClosed = true
    toTarget.add(.close, record.batch)
    try closeClient(record)
  }

  // MARK: Masking

  /// Says what may be shown of what the program wrote.
  private func sayMasked(_ bytes: [UInt8], isError: Bool, _ record: SSHRecord) throws {
    guard let masking else { return try say(bytes, isError: isError, record) }
    let shown: [UInt8]
    do throws(BodyMaskFailure) {
      shown = try masking.take(bytes, isError: isError)
    } catch {
      throw SSHUnmaskable(reason: error.reason)
    }
    if !shown.isEmpty { try say(shown, isError: isError, record) }
  }

  /// Nothing came for a while: says what can be shown of what is held back.
  func settleMasked(_ record: SSHRecord) throws {
    guard stage == .running, let shown = masking?.settle() else { return }
    try say(shown, record)
  }

  private func finishMasked(_ record: SSHRecord) throws {
    guard let shown = masking?.finish() else { return }
    try say(shown, record)
  }

  private func say(_ shown: (output: [UInt8], errors: [UInt8]), _ record: SSHRecord) throws {
    if !shown.output.isEmpty { try say(shown.output, isError: false, record) }
    if !shown.errors.isEmpty { try say(shown.errors, isError: true, record) }
  }

  /// Nothing of what is held back may be shown.
  func dropMasking() { masking = nil }

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

  /// A line of the gateway's own beside what the program says; of many some are not told.
  func remark(_ line: String, _ record: SSHRecord) throws {
    // Who types reads; what he types stands in the cursor's row.
    if inspection?.isTerminal == true {
      return try say(Array("\r\nexhibit: \(line)\r\n".utf8), isError: true, record)
    }
    guard lineCount > 0 else { return }
    lineCount -= 1
    try say(line: line, record)
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
    if !targetHasEnded { try finishMasked(record) }
    stage = .over
    request = nil
    dropPieces()
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

  /// The target is gone. What is asked is asked of nobody.
  func loseTarget() {
    question?.forget()
    question = nil
    target?.forget()
    target = nil
    toTarget.abandon()
  }

  func dropQuestion() {
    question?.release()
    question = nil
  }

  /// Gives the channels back.
  func release() {
    dropQuestion()
    client?.release()
    target?.release()
    (client, target) = (nil, nil)
  }

  /// The sessions are gone, and the channels with them.
  func forget() {
    question?.forget()
    client?.forget()
    target?.forget()
  }
}
