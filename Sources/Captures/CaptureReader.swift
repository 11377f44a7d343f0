import Bytes
import Model

/// Reads the packets of one capture file in the order of the file.
protocol CaptureReader {
  /// Moves to the next packet.
  ///
  /// - Returns: false at the end of what can be read; `damage` says whether that is the end of the file.
  mutating func advance() throws(InputError) -> Bool
  var header: PacketHeader { get }
  var input: ChunkedInput { get set }
  /// The packet's bytes within `input.buffer`.
  var packetRange: Range<Int> { get }
  /// What was strange since the last call.
  mutating func takeAnomalies() -> [Anomaly]
  /// Why the tail could not be read, nil when all was.
  var damage: String? { get }
  /// Comments and the like.
  var notes: [String] { get }
  var secrets: [DecryptionSecrets] { get }
}

/// Key material that a pcapng file carries (Decryption Secrets Block), kept for later.
public struct DecryptionSecrets: Sendable, Hashable {
  /// Bytes kept of one block.
  static let limit = 16 << 20

  public var source: UInt32
  /// `TLSK`, `SSHK`, … as in the pcapng specification §4.7.
  public var type: UInt32
  public var bytes: [UInt8]

  public init(source: UInt32, type: UInt32, bytes: [UInt8]) {
    self.source = source
    self.type = type
    self.bytes = bytes
  }
}
