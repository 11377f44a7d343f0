import Model

/// One direction of a connection.
struct SSHSide {
  enum State: Equatable {
    case identification
    case packets
    /// Behind NEWKEYS, while the other direction still owes its half of the key exchange.
    case waiting
    /// A packet boundary has to be found.
    case searching
    /// Encrypted from the first key exchange on, without keys: only sizes are looked at.
    case observing
    /// Nothing that comes can be read.
    case closed
  }

  enum Compression: Sendable {
    case none
    /// zlib@openssh.com: begins after authentication, and shows by its header.
    case delayed
    case active
  }

  var state = State.identification
  var input = PendingBytes()
  /// Bytes of the packet at the head of the input, once they are known.
  var need = 0
  /// Rest of a packet that a gap hit.
  var skipCount = 0
  var cipher: PacketCipher?
  var place = PacketPlace()
  var compression = Compression.none
  var inflater: PacketInflater?
  var search = PacketSearch()
  /// Packets in a row that did not open.
  var failures = 0
  /// The longest packet of late: what a gap most likely hid.
  var usualCount = 0
  /// The clear packets to be told, and where the first of them began.
  var output: [UInt8] = []
  var outputStart: StreamPosition?
  /// A compressed packet before it is one.
  var scratch: [UInt8] = []
  /// Bytes that were given up, to be told in one gap.
  var lost: UInt64 = 0
  var lostAt: StreamPosition?
  var toldLoss = false

  /// Stands in for a side that is taken out; it owns nothing.
  static var placeholder: SSHSide { SSHSide(cipher: nil) }

  init(cipher: PacketCipher? = .clear()) { self.cipher = cipher }

  var isSealed: Bool { cipher.map { $0.suite.cipher != .none } ?? true }
}
