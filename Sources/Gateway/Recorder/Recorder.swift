public import Bytes
import Dispatch
public import Evidence
import Foundation
public import Model
import Synchronization

/// One recording: segments, events and their evidence log in one folder. Safe to call from any thread.
///
/// Whoever records copies bytes into a buffer under one lock and goes on. One thread writes the buffers to the segments,
/// syncs, lets tickets pass and hashes; another keeps the evidence log.
public final class Recorder: Sendable {
  public enum Durability: String, Sendable, Hashable {
    /// On disk before it is forwarded; one sync serves all that wait.
    case strict
    /// Written soon and synced every second: a crash of the machine may lose so much, and nothing else may.
    case batched
  }

  /// Where it stands.
  public let directory: String
  public let durability: Durability
  private let clock: @Sendable () -> Timestamp
  private let state: Mutex<RecorderState>
  private let signal = DispatchSemaphore(value: 0)
  private let capacity: UInt64
  /// Tickets up to here are passed, as far as segments go.
  private let passedPosition: Atomic<UInt64>
  private let log: LogKeeper
  private let isOver = DispatchSemaphore(value: 0)

  /// Opens a folder for recording; goes on in a new segment where there are some already, and tells what an earlier
  /// recorder that did not close left behind.
  ///
  /// - Parameters:
  ///   - directory: The recording's own folder, made if missing.
  ///   - options: How it is written.
  ///   - key: Signs the evidence log.
  /// - Throws: `RecorderError` when the folder cannot be written, is another's, or another process records into it.
  public init(directory: String, options: RecorderOptions, key: NoteSigner) throws(RecorderError) {
    self.directory = directory
    durability = options.durability
    clock = options.clock
    let folder = try RecordingFolder(directory)
    let segments = try folder.segments()
    let last = segments.last?.number ?? 0
    guard last < .max else { throw RecorderError(.folder, "\(directory): no number is left for a segment") }
    let (log, tail) = try Recorder.open(folder, options, key)
    let found = try SegmentTail.leaves(
      of: folder, segments, log: log, tail: tail, isStrict: options.durability == .strict)
    do throws(EvidenceLogError) {
      for leaf in found.leaves { try log.append(leaf) }
      if !found.leaves.isEmpty { try log.commit() }
    } catch {
      throw RecorderError(error)
    }
    let file = try options.disk.create(folder.path(ofSegment: last + 1))
    let reserve = DiskReserve(folder)
    let start = options.clock()
    capacity = UInt64(clamping: options.bufferBytes)
    passedPosition = Atomic(options.durability == .batched ? capacity : 0)
    var first = RecorderState(
      run: String(UInt64(clamping: start.nanoseconds), radix: 16), segment: last + 1, options: options)
    for loss in found.losses { try first.note(.lost(loss), at: start) }
    state = Mutex(first)
    self.log = LogKeeper(log)
    self.log.start(committed: { [weak self] in self?.release() }, failed: { [weak self] in self?.fail($0) })
    let thread = Thread { [self] in
      defer {
        folder.release()
        isOver.signal()
      }
      var writer = SegmentWriter(folder: folder, number: last + 1, file: file, options: options)
      run(
        &writer, Retention(folder, options.retention), reserve, heartbeat: Int64(options.heartbeatSeconds) * 500_000_000
      )
    }
    thread.name = "exhibit-recorder"
    thread.start()
  }

  private static func open(
    _ folder: RecordingFolder, _ options: RecorderOptions, _ key: NoteSigner
  ) throws(RecorderError) -> (EvidenceLog, LogTail) {
    var logging = options.log
    logging.heartbeatNanoseconds = Int64(options.heartbeatSeconds) * 1_000_000_000
    do throws(EvidenceLogError) {
      let opened = try EvidenceLog.open(directory: folder.logPath, key: key, options: logging)
      return (opened.log, opened.tail)
    } catch {
      throw RecorderError(error)
    }
  }

  /// Tells the evidence log what the gateway goes by from here on: `policy`, `gateway`, by its digest.
  public func note(configuration name: String, sha256: Digest) {
    log.add(.config(LeafConfiguration(name: name, sha256: sha256)))
  }

  /// A connection of a client. Writes `session.open` with who, what and where.
  ///
  /// - Parameters:
  ///   - session: what is known of it by now; more can be noted later.
  ///   - time: when it began; now, if not given.
  /// - Returns: what takes over its bytes and events.
  /// - Throws: `RecorderError`; then the connection must not be served.
  public func open(_ session: SessionOpening, at time: Timestamp? = nil) throws(RecorderError) -> FlowRecorder {
    let time = time ?? clock()
    let (key, wakes) = try state.withLock { state throws(RecorderError) in
      (try state.open(session, at: time), Recorder.shouldWake(&state))
    }
    if wakes { signal.signal() }
    return FlowRecorder(self, key)
  }

  /// Writes what is there, ends what is open, closes the evidence log, and waits for all that; so it must not be called by
  /// what a ticket calls back.
  ///
  /// - Throws: `RecorderError` when not all could be recorded.
  public func shutDown() throws(RecorderError) {
    let time = clock()
    let isFirst = state.withLock { state in
      guard !state.isStopping else { return false }
      state.closeAll("recorder shut down", at: time)
      state.isStopping = true
      return true
    }
    guard isFirst else { return }
    signal.signal()
    isOver.wait()
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  /// What is the matter, once nothing is recorded any more.
  public var failure: RecorderError? { state.withLock { $0.failure } }

  // MARK: Flows

  func record(
    _ bytes: UnsafeRawBufferPointer, of key: RecorderState.FlowKey, from sender: Direction, at time: Timestamp
  ) throws(RecorderError) -> Ticket {
    let (ticket, wakes) = try state.withLock { state throws(RecorderError) in
      (unsafe try state.record(bytes, of: key, from: sender, at: time), Recorder.shouldWake(&state))
    }
    if wakes { signal.signal() }
    return ticket
  }

  /// Takes over an event of no connection, such as what an agent's hook told.
  ///
  /// - Parameters:
  ///   - event: what was told.
  ///   - time: when.
  /// - Returns: a ticket, passed when the event is recorded.
  /// - Throws: `RecorderError`; then it is in no recording.
  @discardableResult
  public func note(_ event: GatewayEvent, at time: Timestamp) throws(RecorderError) -> Ticket {
    let (ticket, wakes) = try state.withLock { state throws(RecorderError) in
      try state.note(told: event, at: time)
      return (Ticket(position: state.position), Recorder.shouldWake(&state))
    }
    if wakes { signal.signal() }
    return ticket
  }

  func note(
    _ event: GatewayEvent, of key: RecorderState.FlowKey, at time: Timestamp
  ) throws(RecorderError) -> Ticket {
    let (name, given, wakes) = try state.withLock { state throws(RecorderError) in
      let ticket = try state.note(event, of: key, at: time)
      return (state.name(of: key), ticket, Recorder.shouldWake(&state))
    }
    if wakes { signal.signal() }
    guard case .decision(let decision) = event, decision.outcome != .allowed else { return given }
    var ticket = given
    ticket.leaf = log.add(
      .decision(
        LeafDecision(
          session: name, request: "offset \(decision.offset)", outcome: decision.outcome.rawValue,
          rule: decision.rule, subject: decision.subject, people: decision.people,
          keys: decision.signing?.keys ?? [], seen: decision.signing?.seen ?? [], approval: decision.signing?.request,
          signatures: decision.signing?.signatures)))
    return ticket
  }

  func close(_ key: RecorderState.FlowKey, _ reason: String, at time: Timestamp) {
    let wakes = state.withLock { state in
      state.close(key, reason, at: time)
      return Recorder.shouldWake(&state)
    }
    if wakes { signal.signal() }
  }

  /// Whether the writing thread must be woken now: rarely, for a signal costs a call of the system.
  private static func shouldWake(_ state: inout RecorderState, isAwaited: Bool = false) -> Bool {
    guard state.isWriterAsleep, state.isWriterIdle || state.hasSealed || isAwaited else { return false }
    state.isWriterAsleep = false
    return true
  }

  // MARK: Tickets

  /// Whether a ticket is passed. False for ever once recording failed.
  public func isPassed(_ ticket: Ticket) -> Bool {
    ticket.position <= passedPosition.load(ordering: .acquiring)
      && (ticket.leaf == 0 || ticket.leaf <= log.committed)
  }

  /// Calls back once, on any thread, with nil when the ticket is passed, or with the error after which every session must
  /// be closed.
  public func whenPassed(_ ticket: Ticket, _ done: @escaping @Sendable (RecorderError?) -> Void) {
    guard !isPassed(ticket) else { return done(nil) }
    enum Answer { case passed, failed(RecorderError), waits(wakes: Bool) }
    let answer: Answer = state.withLock { state in
      if let failure = state.failure { return .failed(failure) }
      if isPassed(ticket) { return .passed }
      state.add(RecorderState.Waiter(ticket: ticket, done: done))
      return .waits(wakes: Recorder.shouldWake(&state, isAwaited: true))
    }
    switch answer {
    case .passed: done(nil)
    case .failed(let error): done(error)
    case .waits(let wakes): if wakes { signal.signal() }
    }
  }

  /// Calls back those whose tickets are passed.
  private func release() {
    let waiters = state.withLock { $0.takeWaiters(isPassed) }
    for waiter in waiters { waiter.done(nil) }
  }

  /// Nothing is recorded from now on; all that wait learn why.
  private func fail(_ error: RecorderError) {
    let (waiters, reason) = state.withLock { state in
      state.fail(error)
      passedPosition.store(0, ordering: .releasing)
      return (state.takeWaiters { _ in true }, state.failure ?? error)
    }
    for waiter in waiters { waiter.done(reason) }
    signal.signal()
  }

  // MARK: The writing thread

  /// How long what was recorded waits for more, where nobody waits for it.
  private static let tick: Int64 = 10_000_000

  /// Time between two looks for segments that need not be kept.
  private static let retentionInterval: Int64 = 60_000_000_000

  private func run(
    _ writer: inout SegmentWriter, _ retention: Retention, _ reserve: DiskReserve, heartbeat interval: Int64
  ) {
    var nextHeartbeat = SystemClock.monotonic() + interval
    var (nextRetention, segment) = (SystemClock.monotonic(), UInt32(0))
    while true {
      let (buffers, isStopping, failure) = state.withLock { ($0.take(), $0.isStopping, $0.failure) }
      let isBusy = !buffers.isEmpty
      if let failure {
        reserve.release()
        abandon(&writer, failure)
        break
      }
      do throws(RecorderError) {
        try write(buffers, &writer)
        let now = SystemClock.monotonic()
        if writer.isExtentDue(now) || isStopping { log.add(try writer.takeExtents(now)) }
        if now >= nextHeartbeat {
          nextHeartbeat = now + interval
          try beat()
        }
        if now >= nextRetention || writer.number != segment {
          (nextRetention, segment) = (now + Recorder.retentionInterval, writer.number)
          log.add(try retention.due(before: writer.untoldNumber, now: clock().seconds))
        }
      } catch {
        fail(error)
        continue
      }
      if isStopping { break }
      sleep(until: min(nextHeartbeat, writer.extentDue ?? .max), isBusy: isBusy)
    }
    log.stop(isWhole: state.withLock { $0.failure == nil })
    reserve.release()
  }

  private func write(_ given: consuming [RecordBuffer], _ writer: inout SegmentWriter) throws(RecorderError) {
    var buffers = given
    guard let end = buffers.last?.end else { return }
    for index in buffers.indices { Checksums.fill(&buffers[index]) }
    var writtenCount = 0
    do throws(RecorderError) {
      for buffer in buffers {
        log.add(try writer.write(buffer))
        writtenCount += 1
      }
    } catch {
      // What was written whole is told of all the same, once it is on disk.
      for buffer in buffers.prefix(writtenCount) {
        writer.hash(buffer)
        state.withLock { $0.noteWritten(buffer.end) }
      }
      throw error
    }
    if durability == .strict { try writer.sync() }
    state.withLock { state in
      state.noteWritten(end)
      guard state.failure == nil else { return }
      passedPosition.store(durability == .strict ? end : end &+ capacity, ordering: .releasing)
    }
    release()
    for buffer in buffers { writer.hash(buffer) }
    if durability == .strict { log.add(writer.takeSynced()) }
    state.withLock { $0.give(back: buffers) }
  }

  private func beat() throws(RecorderError) {
    let time = clock()
    let sessions = try state.withLock { state throws(RecorderError) in
      let heartbeat = RecorderHeartbeat(
        openSessions: state.openSessions, sessions: state.sessions, packets: state.packets, bytes: state.position)
      // While it is shut down nothing more is told.
      if !state.isStopping { try state.note(.heartbeat(heartbeat), at: time) }
      return state.openSessions
    }
    log.add(.heartbeat(LeafHeartbeat(sessionCount: sessions)))
  }

  /// Sleeps until there is something to do; at once where there is.
  ///
  /// Whoever records wakes it only when nothing came for a while, so that a busy gateway makes no calls of the system.
  private func sleep(until deadline: Int64, isBusy: Bool) {
    let rest = max(0, deadline - SystemClock.monotonic())
    let wait: Int64? = state.withLock { state in
      if state.hasSealed || state.isStopping || state.failure != nil { return nil }
      if !state.isEmpty, !state.waiters.isEmpty { return nil }
      state.isWriterAsleep = true
      state.isWriterIdle = state.isEmpty && !isBusy
      return state.isWriterIdle ? rest : min(Recorder.tick, rest)
    }
    guard let wait else { return }
    _ = signal.wait(timeout: .now() + .nanoseconds(Int(clamping: wait)))
    state.withLock { $0.isWriterAsleep = false }
  }

  /// Recording failed: says so where that is possible.
  private func abandon(_ writer: inout SegmentWriter, _ error: RecorderError) {
    let unwritten = state.withLock { $0.position &- $0.written }
    log.add(writer.abandon())
    let fate = durability == .strict ? "none of them was forwarded" : "they may have been forwarded"
    let reason = "recording failed: \(error.reason); \(unwritten) bytes were taken over and not written, \(fate)"
    log.add(.lost(LeafLoss(what: "bytes", count: unwritten, reason: reason)))
  }
}
