import Bytes
import Model

/// One connection while it is recorded: the headers of its packets, and how far its two streams are.
struct FlowSlot: Sendable {
  /// Bytes of a stream in one packet: far within the snap length, and few enough that buffers fill well.
  static let payloadLimit = 32 << 10
  /// Bytes of one direction after which the other acknowledges them, if it has nothing to say itself.
  static let acknowledgedBytes: UInt32 = 1 << 20

  private enum Flag {
    static let finish: UInt8 = 0x01
    static let synchronise: UInt8 = 0x02
    static let push: UInt8 = 0x08
    static let acknowledge: UInt8 = 0x10
  }

  /// Of the connection that uses the slot now; connections before had others.
  var generation: UInt32 = 0
  private(set) var isOpen = false
  /// Name of the connection in the recording.
  private(set) var session = ""
  private(set) var opening: SessionOpening
  /// The segment that knows who opened it.
  var segment: UInt32 = 0
  private(set) var bytesIn: UInt64 = 0
  private(set) var bytesOut: UInt64 = 0
  /// Head of the block, IP and TCP headers of packets from the client and from the server.
  private var clientHead: [UInt8] = []
  private var serverHead: [UInt8] = []
  /// What events of it begin with.
  private(set) var eventHead: [UInt8] = []
  private var isIPv4 = true
  /// Sequence numbers that come next (RFC 9293 §3.4); they go round.
  private var clientNext: UInt32 = 0
  private var serverNext: UInt32 = 0
  /// Bytes that the other end did not acknowledge yet.
  private var clientUnacknowledged: UInt32 = 0
  private var serverUnacknowledged: UInt32 = 0

  init(_ opening: SessionOpening) { self.opening = opening }

  /// Bytes of a block with `count` bytes of the stream.
  func blockLength(_ count: Int) -> Int {
    PcapngBlocks.packetBlockLength(clientHead.count &- PcapngBlocks.packetHead &+ count)
  }

  /// Takes the slot for a connection. Its streams begin behind `sequence`: another number than that of a connection before it
  /// between the same ports, of which the end may not have been recorded, or readers would take the two for one.
  mutating func begin(_ opening: SessionOpening, session: String, sequence: UInt32) {
    self.opening = opening
    self.session = session
    generation &+= 1
    isOpen = true
    (bytesIn, bytesOut) = (0, 0)
    (clientNext, serverNext, clientUnacknowledged, serverUnacknowledged) = (sequence, sequence, 0, 0)
    isIPv4 = opening.client.address.isIPv4 && opening.gateway.address.isIPv4
    clientHead = PacketHead.bytes(from: opening.client, to: opening.gateway, isIPv4: isIPv4)
    serverHead = PacketHead.bytes(from: opening.gateway, to: opening.client, isIPv4: isIPv4)
    eventHead = EventPacket.head(ends: (opening.client, opening.gateway))
  }

  /// Gives up a connection of which nothing was written.
  mutating func abandon() { isOpen = false }

  mutating func add(_ addition: SessionOpening) { opening.add(addition) }

  /// Bytes of blocks that `shakeHands` needs, or `finish`, at most.
  var controlLength: Int { 3 * blockLength(PacketHead.handshakeOptions.count) }

  /// SYN, SYN and ACK, ACK: three packets.
  mutating func shakeHands(at time: Timestamp, into buffer: inout RecordBuffer) {
    write(PacketHead.handshakeOptions, Flag.synchronise, from: .fromClient, at: time, into: &buffer)
    clientNext &+= 1
    write(
      PacketHead.handshakeOptions, Flag.synchronise | Flag.acknowledge, from: .fromServer, at: time, into: &buffer)
    serverNext &+= 1
    write([], Flag.acknowledge, from: .fromClient, at: time, into: &buffer)
  }

  /// FIN of both ends, and the last ACK: three packets.
  mutating func finish(at time: Timestamp, into buffer: inout RecordBuffer) {
    write([], Flag.finish | Flag.acknowledge, from: .fromClient, at: time, into: &buffer)
    clientNext &+= 1
    write([], Flag.finish | Flag.acknowledge, from: .fromServer, at: time, into: &buffer)
    serverNext &+= 1
    write([], Flag.acknowledge, from: .fromClient, at: time, into: &buffer)
    isOpen = false
    (clientHead, serverHead) = ([], [])
  }

  private mutating func write(
    _ options: [UInt8], _ flags: UInt8, from sender: Direction, at time: Timestamp, into buffer: inout RecordBuffer
  ) {
    unsafe options.withUnsafeBytes { unsafe put($0, flags, isOptions: true, from: sender, at: time, into: &buffer) }
  }

  /// One packet with at most `payloadLimit` bytes of the stream; and one that acknowledges, now and then.
  ///
  /// - Returns: the packets that were written.
  mutating func record(
    _ payload: UnsafeRawBufferPointer, from sender: Direction, at time: Timestamp, into buffer: inout RecordBuffer
  ) -> UInt64 {
    let count = UInt32(truncatingIfNeeded: payload.count)
    unsafe put(payload, Flag.push | Flag.acknowledge, isOptions: false, from: sender, at: time, into: &buffer)
    if sender == .fromClient {
      clientNext &+= count
      bytesIn &+= UInt64(count)
      serverUnacknowledged = 0
      clientUnacknowledged &+= count
      guard clientUnacknowledged >= FlowSlot.acknowledgedBytes else { return 1 }
      clientUnacknowledged = 0
    } else {
      serverNext &+= count
      bytesOut &+= UInt64(count)
      clientUnacknowledged = 0
      serverUnacknowledged &+= count
      guard serverUnacknowledged >= FlowSlot.acknowledgedBytes else { return 1 }
      serverUnacknowledged = 0
    }
    write([], Flag.acknowledge, from: sender.reversed, at: time, into: &buffer)
    return 2
  }

  /// Writes one block. The checksums stay zero: the writing thread makes them.
  private func put(
    _ payload: UnsafeRawBufferPointer, _ flags: UInt8, isOptions: Bool, from sender: Direction, at time: Timestamp,
    into buffer: inout RecordBuffer
  ) {
    let head = sender == .fromClient ? clientHead : serverHead
    let (sequence, acknowledged) = sender == .fromClient ? (clientNext, serverNext) : (serverNext, clientNext)
    let length = head.count &- PcapngBlocks.packetHead &+ payload.count
    let block = PcapngBlocks.packetBlockLength(length)
    buffer.note(time)
    let isIPv4 = isIPv4
    unsafe buffer.append(block) { out in
      // The padding; what of it is packet is written over.
      unsafe out.storeBytes(of: 0, toByteOffset: block &- 8, as: UInt32.self)
      unsafe head.withUnsafeBytes { unsafe out.copyMemory(from: $0) }
      unsafe UnsafeMutableRawBufferPointer(rebasing: out[head.count...]).copyMemory(from: payload)
      let units = UInt64(bitPattern: time.nanoseconds)
      unsafe PcapngBlocks.little(UInt32(truncatingIfNeeded: block), 4, out)
      unsafe PcapngBlocks.little(UInt32(truncatingIfNeeded: units >> 32), 12, out)
      unsafe PcapngBlocks.little(UInt32(truncatingIfNeeded: units), 16, out)
      unsafe PcapngBlocks.little(UInt32(truncatingIfNeeded: length), 20, out)
      unsafe PcapngBlocks.little(UInt32(truncatingIfNeeded: length), 24, out)
      unsafe PcapngBlocks.little(UInt32(truncatingIfNeeded: block), block &- 4, out)
      let ip = PcapngBlocks.packetHead
      if isIPv4 {
        unsafe FlowSlot.big(UInt16(truncatingIfNeeded: length), ip &+ 2, out)
      } else {
        unsafe FlowSlot.big(UInt16(truncatingIfNeeded: length &- 40), ip &+ 4, out)
      }
      let tcp = head.count &- 20
      unsafe FlowSlot.big(sequence, tcp &+ 4, out)
      if flags & Flag.acknowledge != 0 { unsafe FlowSlot.big(acknowledged, tcp &+ 8, out) }
      let words = isOptions ? 5 &+ payload.count / 4 : 5
      unsafe out.storeBytes(of: UInt8(truncatingIfNeeded: words) << 4, toByteOffset: tcp &+ 12, as: UInt8.self)
      unsafe out.storeBytes(of: flags, toByteOffset: tcp &+ 13, as: UInt8.self)
    }
  }

  @inline(__always)
  private static func big<T: FixedWidthInteger & BitwiseCopyable>(
    _ value: T, _ offset: Int, _ out: UnsafeMutableRawBufferPointer
  ) {
    unsafe out.storeBytes(of: value.bigEndian, toByteOffset: offset, as: T.self)
  }
}
