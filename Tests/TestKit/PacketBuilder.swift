import Bytes
public import Model

/// Builds packets of one TCP connection, for tests: raw IPv4, checksums zero.
public struct PacketBuilder: Sendable {
  public struct Flags: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let fin = Flags(rawValue: 1)
    public static let syn = Flags(rawValue: 2)
    public static let rst = Flags(rawValue: 4)
    public static let ack = Flags(rawValue: 16)
  }

  public var clientNext: UInt32
  public var serverNext: UInt32
  private var id: UInt16 = 1
  private let clientPort: UInt16
  public private(set) var packets: [[UInt8]] = []

  public init(clientISN: UInt32 = 1000, serverISN: UInt32 = 5000, clientPort: UInt16 = 40000) {
    clientNext = clientISN
    serverNext = serverISN
    self.clientPort = clientPort
  }

  /// SYN, SYN-ACK, ACK.
  public mutating func handshake() {
    add(.fromClient, [], flags: .syn)
    clientNext &+= 1
    add(.fromServer, [], flags: [.syn, .ack])
    serverNext &+= 1
    add(.fromClient, [], flags: .ack)
  }

  /// A segment of data, acknowledging everything that the other end sent so far.
  public mutating func send(_ direction: Direction, _ bytes: [UInt8]) {
    add(direction, bytes, flags: .ack)
    if direction == .fromClient { clientNext &+= UInt32(bytes.count) } else { serverNext &+= UInt32(bytes.count) }
  }

  public mutating func finish() {
    add(.fromClient, [], flags: [.fin, .ack])
    clientNext &+= 1
    add(.fromServer, [], flags: [.fin, .ack])
    serverNext &+= 1
    add(.fromClient, [], flags: .ack)
  }

  /// A packet with the sequence numbers as they stand.
  public mutating func add(_ direction: Direction, _ bytes: [UInt8], flags: Flags) {
    let isClient = direction == .fromClient
    var tcp = ByteWriter()
    tcp.write(isClient ? clientPort : UInt16(5432))
    tcp.write(isClient ? UInt16(5432) : clientPort)
    tcp.write(isClient ? clientNext : serverNext)
    tcp.write(flags.contains(.ack) ? (isClient ? serverNext : clientNext) : UInt32(0))
    tcp.write(UInt8(0x50))
    tcp.write(flags.rawValue)
    tcp.write(UInt16(65535))
    tcp.write(UInt32(0))
    tcp.write(bytes)
    var packet = ByteWriter()
    packet.write([0x45, 0])
    packet.write(UInt16(20 + tcp.count))
    packet.write(id)
    packet.write([0, 0, 64, 6, 0, 0])
    packet.write(isClient ? [10, 0, 0, 1] : [10, 0, 0, 2])
    packet.write(isClient ? [10, 0, 0, 2] : [10, 0, 0, 1])
    packet.write(tcp.bytes)
    id &+= 1
    packets.append(packet.bytes)
  }
}

/// A small generator of pseudo-random numbers; the seed is printed by the tests that use it.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// SplitMix64.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}
