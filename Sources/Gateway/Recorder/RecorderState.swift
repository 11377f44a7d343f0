import Bytes
import Model

/// What the threads that record and the one that writes share, under one lock.
struct RecorderState: Sendable {
  struct Waiter: Sendable {
    var ticket: Ticket
    var done: @Sendable (RecorderError?) -> Void
  }

  /// Characters of the reason why a connection ended.
  private static let reasonLength = 1000

  /// What the recorder's name is in the names of its connections.
  private let run: String
  private let segmentBytes: Int
  private let backlogLimit: UInt64
  private let segmentHead: [UInt8]
  /// Of events of no connection.
  private let eventHead = EventPacket.head(ends: nil)
  private var filling: RecordBuffer
  private var sealed: [RecordBuffer] = []
  private var spare: [RecordBuffer] = []
  private let spareLimit: Int
  private var flows: [FlowSlot] = []
  private var freeSlots: [Int] = []
  /// Bytes taken over since the recorder was opened.
  private(set) var position: UInt64 = 0
  /// Of these, written by the other thread.
  private(set) var written: UInt64 = 0
  /// Number of the segment that is being filled.
  private(set) var segment: UInt32
  private var segmentUsed = 0
  private(set) var packets: UInt64 = 0
  private(set) var sessions: UInt64 = 0
  private(set) var failure: RecorderError?
  private(set) var waiters: [Waiter] = []
  /// The writing thread waits for a signal, or for its time.
  var isWriterAsleep = false
  /// It waits for the first byte: nothing is there to write.
  var isWriterIdle = false
  var isStopping = false

  init(run: String, segment: UInt32, options: RecorderOptions) {
    self.run = run
    self.segment = segment
    segmentBytes = max(options.segmentBytes, 2 * RecordBuffer.byteCount)
    backlogLimit = UInt64(clamping: options.bufferBytes) &+ UInt64(clamping: options.backlogBytes)
    segmentHead = PcapngBlocks.segmentHead()
    filling = RecordBuffer()
    filling.begin(segment)
    spareLimit = max(2, options.bufferBytes / RecordBuffer.byteCount)
    for _ in 1..<spareLimit { spare.append(RecordBuffer()) }
    spare.reserveCapacity(spareLimit)
    sealed.reserveCapacity(spareLimit)
    beginSegment()
  }

  var openSessions: Int { flows.count - freeSlots.count }
  var hasSealed: Bool { !sealed.isEmpty }
  var isEmpty: Bool { sealed.isEmpty && filling.used == 0 }

  // MARK: Recording

  /// A place in the table of connections, and the connection that uses it.
  struct FlowKey: Sendable, Hashable {
    var slot: Int
    var generation: UInt32
  }

  mutating func open(_ opening: SessionOpening, at time: Timestamp) throws(RecorderError) -> FlowKey {
    try requireOpen()
    sessions &+= 1
    let slot: Int
    if let free = freeSlots.popLast() {
      slot = free
    } else {
      slot = flows.count
      flows.append(FlowSlot(opening))
    }
    // As TCP itself chooses it: a clock of four microseconds, and something that is the connection's own (RFC 9293 §3.4.1).
    let sequence =
      UInt32(truncatingIfNeeded: time.nanoseconds / 4_000) &+ UInt32(truncatingIfNeeded: sessions) &* 0x9E37_79B1
    flows[slot].begin(opening, session: "\(run)-\(sessions)", sequence: sequence)
    do {
      try introduce(slot, .beginning, at: time)
    } catch {
      flows[slot].abandon()
      freeSlots.append(slot)
      throw error
    }
    makeRoom(flows[slot].controlLength)
    flows[slot].shakeHands(at: time, into: &filling)
    packets &+= 3
    settle()
    return FlowKey(slot: slot, generation: flows[slot].generation)
  }

  mutating func record(
    _ bytes: UnsafeRawBufferPointer, of key: FlowKey, from sender: Direction, at time: Timestamp
  ) throws(RecorderError) -> Ticket {
    let slot = try slot(key)
    var start = 0
    while start < bytes.count {
      let count = min(bytes.count &- start, FlowSlot.payloadLimit)
      // Room for a packet that acknowledges, too.
      try makeRoom(flows[slot].blockLength(count) &+ flows[slot].blockLength(0), for: slot, at: time)
      let piece = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<(start &+ count)])
      packets &+= unsafe flows[slot].record(piece, from: sender, at: time, into: &filling)
      start &+= count
    }
    settle()
    return Ticket(position: position)
  }

  mutating func note(_ event: GatewayEvent, of key: FlowKey, at time: Timestamp) throws(RecorderError) -> Ticket {
    let slot = try slot(key)
    if case .opening(let addition) = event { flows[slot].add(addition) }
    let packet = try packet(
      RecordedEvent(session: flows[slot].session, at: time, event: event), head: flows[slot].eventHead)
    try makeRoom(packet.blockLength, for: slot, at: time)
    put(packet)
    settle()
    return Ticket(position: position)
  }

  /// An event of no connection that somebody else told.
  mutating func note(told event: GatewayEvent, at time: Timestamp) throws(RecorderError) {
    try requireOpen()
    try note(event, at: time)
  }

  /// An event of the recorder's own.
  mutating func note(_ event: GatewayEvent, at time: Timestamp) throws(RecorderError) {
    let packet = try packet(RecordedEvent(at: time, event: event), head: eventHead)
    makeRoom(packet.blockLength)
    put(packet)
    settle()
  }

  mutating func close(_ key: FlowKey, _ reason: String, at time: Timestamp) {
    guard let slot = try? slot(key) else { return }
    let closing = SessionClosing(
      reason: String(reason.prefix(RecorderState.reasonLength)), bytesIn: flows[slot].bytesIn,
      bytesOut: flows[slot].bytesOut)
    let event = RecordedEvent(session: flows[slot].session, at: time, event: .closing(closing))
    let last = try? packet(event, head: flows[slot].eventHead)
    try? makeRoom(flows[slot].controlLength &+ (last?.blockLength ?? 0), for: slot, at: time)
    if let last { put(last) }
    flows[slot].finish(at: time, into: &filling)
    packets &+= 3
    freeSlots.append(slot)
    settle()
  }

  /// Name of a connection in the recording.
  func name(of key: FlowKey) -> String { flows[key.slot].session }

  /// Ends what is open.
  mutating func closeAll(_ reason: String, at time: Timestamp) {
    for slot in flows.indices where flows[slot].isOpen {
      close(FlowKey(slot: slot, generation: flows[slot].generation), reason, at: time)
    }
  }

  private func requireOpen() throws(RecorderError) {
    if let failure { throw failure }
    if isStopping { throw RecorderError(.shutDown, "the recorder was shut down") }
    guard position &- written <= backlogLimit else {
      throw RecorderError(.backlog, "\(position &- written) bytes wait to be written")
    }
  }

  private func slot(_ key: FlowKey) throws(RecorderError) -> Int {
    try requireOpen()
    guard flows[key.slot].isOpen, flows[key.slot].generation == key.generation else {
      throw RecorderError(.closedFlow, "the connection is closed")
    }
    return key.slot
  }

  /// Says who opened a connection, in the segment that is being filled.
  private mutating func introduce(
    _ slot: Int, _ part: SessionOpening.Part, at time: Timestamp
  ) throws(RecorderError) {
    var opening = flows[slot].opening
    opening.part = part
    opening.offset = flows[slot].bytesIn
    let event = RecordedEvent(session: flows[slot].session, at: time, event: .opening(opening))
    let packet = try packet(event, head: flows[slot].eventHead)
    makeRoom(packet.blockLength)
    put(packet)
    flows[slot].segment = segment
  }

  /// An event as a packet.
  private struct Packet {
    var head: [UInt8]
    var json: [UInt8]
    var time: Timestamp

    var blockLength: Int { PcapngBlocks.packetBlockLength(head.count &+ json.count) }
  }

  private func packet(_ event: RecordedEvent, head: [UInt8]) throws(RecorderError) -> Packet {
    let json = event.json
    guard json.count <= RecordedEvent.byteLimit else {
      throw RecorderError(.overLimit, "\(event.event.type) of \(json.count) bytes")
    }
    return Packet(head: head, json: json, time: event.at)
  }

  /// Puts the block of an event where there is room for it.
  private mutating func put(_ packet: Packet) {
    PcapngBlocks.write(
      packet.head, packet.json, interface: PcapngBlocks.eventInterface, at: packet.time, into: &filling)
    packets &+= 1
  }

  // MARK: Buffers

  /// Counts what was written into the buffer since the last time.
  private mutating func settle() {
    position &+= UInt64(filling.used &- settled)
    segmentUsed &+= filling.used &- settled
    settled = filling.used
    filling.end = position
  }

  /// Bytes of `filling` that `position` counts.
  private var settled = 0

  /// Makes room for `count` bytes of blocks that belong together, in this segment or the next.
  private mutating func makeRoom(_ count: Int) {
    settle()
    if segmentUsed &+ count > segmentBytes, segmentUsed > segmentHead.count {
      seal()
      segment &+= 1
      filling.begin(segment)
      beginSegment()
    } else if count > filling.room {
      seal()
      filling.begin(segment)
    }
  }

  /// Makes room where it is known who opened the connection.
  private mutating func makeRoom(_ count: Int, for slot: Int, at time: Timestamp) throws(RecorderError) {
    makeRoom(count)
    // An event and a packet are far smaller than a segment: this ends.
    while flows[slot].segment != segment {
      try introduce(slot, .continuation, at: time)
      makeRoom(count)
    }
  }

  private mutating func beginSegment() {
    segmentUsed = 0
    filling.append(segmentHead)
    settle()
  }

  private mutating func seal() {
    settle()
    // More than was prepared: rare, for tickets are held back by then.
    var next = spare.popLast() ?? RecordBuffer()
    swap(&next, &filling)
    settled = 0
    if next.used > 0 { sealed.append(next) } else { give(back: next) }
  }

  private mutating func give(back buffer: RecordBuffer) {
    if spare.count < spareLimit { spare.append(buffer) }
  }

  // MARK: The writing thread

  /// What is to be written; empty when there is nothing.
  mutating func take() -> [RecordBuffer] {
    if filling.used > 0 {
      seal()
      filling.begin(segment)
    }
    var taken: [RecordBuffer] = []
    taken.reserveCapacity(spareLimit)
    swap(&taken, &sealed)
    return taken
  }

  /// Takes back buffers for use.
  mutating func give(back buffers: consuming [RecordBuffer]) {
    while let buffer = buffers.popLast() { give(back: buffer) }
  }

  mutating func noteWritten(_ end: UInt64) { written = max(written, end) }

  /// Those whose tickets are passed, or all of them when nothing will be passed any more.
  mutating func takeWaiters(_ isPassed: (Ticket) -> Bool) -> [Waiter] {
    guard !waiters.isEmpty else { return [] }
    guard failure == nil else {
      defer { waiters = [] }
      return waiters
    }
    let split = waiters.partition { isPassed($0.ticket) }
    let passed = Array(waiters[split...])
    waiters.removeSubrange(split...)
    return passed
  }

  mutating func add(_ waiter: Waiter) { waiters.append(waiter) }

  /// Nothing is recorded from now on. The first reason stays.
  mutating func fail(_ error: RecorderError) { if failure == nil { failure = error } }
}
