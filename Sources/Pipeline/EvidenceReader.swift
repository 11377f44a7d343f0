import Bytes
import Captures
import Decryption
import Model
import Streams

/// Reads captures, reassembles their flows and parses them, on one thread, and hands the events on in batches.
struct EvidenceReader: ~Copyable {
  /// Events of one batch, roughly.
  static let batchCount = 2048
  /// Bytes of one batch, roughly.
  static let batchWeight = 4 << 20
  /// Packets between two reports of progress.
  static let progressInterval: UInt64 = 1 << 15

  enum Message: Sendable {
    case events([FlowEvent])
    case progress(IngestProgress)
    case finished(sources: [CaptureSource], counts: StreamCounts)
    case failed(any Error)
  }

  private var captures: CaptureSet
  private var reassembler: Reassembler
  private var router: FlowRouter
  /// Of the secrets that the captures brought, those that the router has.
  private var keyCount = 0

  init(inputs: [String], options: IngestOptions) throws {
    let known = Dictionary(grouping: options.known, by: \.headSHA256)
    captures = try CaptureSet(inputs: inputs, options: options.captures) { probe in
      // Of a stream, or of a member whose archive does not say, the size is not known before it is read.
      let candidates = (known[probe.headDigest.hex] ?? []).filter { $0.byteCount == probe.byteCount ?? $0.byteCount }
      guard !candidates.isEmpty else { return false }
      let digest = try probe.digest().hex
      return candidates.contains { $0.sha256 == digest }
    }
    reassembler = Reassembler(limits: options.streams)
    router = FlowRouter(
      bodyLimit: options.bodyLimit, secrets: options.secrets, keys: options.keys, objects: options.objects)
  }

  /// Reads everything; stops early when `hand` returns false.
  mutating func run(_ hand: (Message) -> Bool) {
    var packets: UInt64 = 0
    do {
      shareKeys()
      while try step() {
        if captures.decryptionSecrets.count != keyCount { shareKeys() }
        packets += 1
        if router.events.count >= EvidenceReader.batchCount || router.weight >= EvidenceReader.batchWeight {
          guard hand(.events(router.take())) else { return }
        }
        if packets % EvidenceReader.progressInterval == 0 {
          reportAnomalies()
          let progress = IngestProgress(
            bytesRead: captures.bytesRead, totalBytes: captures.totalBytes, packets: packets)
          guard hand(.progress(progress)) else { return }
        }
      }
      reassembler.finish(into: &router)
      reportAnomalies()
      guard hand(.events(router.take())) else { return }
      _ = hand(.finished(sources: captures.sources, counts: reassembler.counts))
    } catch {
      _ = hand(.failed(error))
    }
  }

  /// Takes one packet. False at the end.
  private mutating func step() throws -> Bool {
    // Apart from each other, because the one is read from while the others are changed.
    try Self.step(&captures, &reassembler, &router)
  }

  private static func step(
    _ captures: inout CaptureSet, _ reassembler: inout Reassembler, _ router: inout FlowRouter
  ) throws -> Bool {
    try captures.next { header, packet in reassembler.receive(header, packet, into: &router) }
  }

  /// Gives the router the keys that captures brought since the last time.
  private mutating func shareKeys() {
    let all = captures.decryptionSecrets
    for secrets in all.dropFirst(keyCount) { router.add(secrets) }
    keyCount = all.count
  }

  private mutating func reportAnomalies() {
    for anomaly in captures.takeAnomalies() { router.report(anomaly) }
  }
}
