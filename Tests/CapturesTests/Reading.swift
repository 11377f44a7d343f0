import Bytes
import Captures
import Model

/// A packet with its bytes, as tests compare it.
struct ReadPacket: Hashable, CustomStringConvertible {
  var header: PacketHeader
  var bytes: [UInt8]

  var description: String {
    "#\(header.number) of \(header.source) at \(header.time) link \(header.linkType.number) \(bytes.count) bytes"
  }
}

/// Everything that a set gave.
struct Reading {
  var packets: [ReadPacket] = []
  var sources: [CaptureSource] = []
  var anomalies: [Anomaly] = []
  var secrets: [DecryptionSecrets] = []
  var bytesRead: UInt64 = 0
  var totalBytes: UInt64?

  init(
    _ inputs: [CaptureInput], options: CaptureOptions = .init(),
    isKnown: @escaping (SourceProbe) throws -> Bool = { _ in false }
  ) throws {
    var set = try CaptureSet(inputs, options: options, isKnown: isKnown)
    while try set.advance() { packets.append(ReadPacket(header: set.header, bytes: set.packet.array)) }
    anomalies = set.takeAnomalies()
    sources = set.sources
    secrets = set.decryptionSecrets
    bytesRead = set.bytesRead
    totalBytes = set.totalBytes
    // The end stays the end.
    if try set.advance() { throw InputError(.readFailed, path: "test", reason: "a packet after the end") }
  }

  init(_ bytes: [UInt8], options: CaptureOptions = .init()) throws {
    try self.init([.memory("test", bytes)], options: options)
  }

  var codes: [String] { anomalies.map(\.code.name) }
  var paths: [String] { sources.map(\.path) }
}

/// What a source that holds packets must give; the error where it gives none.
func refusal(_ inputs: [CaptureInput], options: CaptureOptions = .init()) -> InputError? {
  do {
    _ = try Reading(inputs, options: options)
    return nil
  } catch {
    return error as? InputError
  }
}

func sha256(_ bytes: [UInt8]) -> Digest { SHA256.digest(of: bytes.span) }
