import Bytes
import Captures
import Decryption
import Importers
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
    case heard([ConversationEvent])
    case told([ServerLogEvent])
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
    var captureOptions = options.captures
    captureOptions.recognizeDocument = { head in
      let head = TranscriptHead(bytes: head.bytes, isWhole: head.isWhole, path: head.path)
      if TranscriptReader.recognizes(head) { return "transcript" }
      if let format = ServerLogReader.format(of: head) { return format }
      return TranscriptReader.accompanies(head) ? "transcript-note" : nil
    }
    captures = try CaptureSet(inputs: inputs, options: captureOptions) { probe in
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
      for document in captures.documents { guard try read(document, hand) else { return } }
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
      router.finishRecordings()
      reportAnomalies()
      guard hand(.events(router.take())) else { return }
      _ = hand(.finished(sources: captures.sources, counts: reassembler.counts))
    } catch {
      _ = hand(.failed(error))
    }
  }

  /// Reads a transcript. False when no more is wanted.
  private mutating func read(_ document: CaptureDocument, _ hand: (Message) -> Bool) throws -> Bool {
    let head = captures.head(of: document)
    let file = TranscriptFile(
      source: UInt32(clamping: document.ordinal), path: document.path, modifiedAt: document.modifiedAt)
    let transcriptHead = TranscriptHead(bytes: head.bytes, isWhole: head.isWhole, path: head.path)
    if let reader = ServerLogReader(transcriptHead, file) { return try read(document, reader, hand) }
    guard var reader = TranscriptReader(transcriptHead, file) else { return true }
    var told = TranscriptTotals()
    var events: [ConversationEvent] = []
    var isWanted = true
    captures.read(document) { piece in
      reader.receive(piece, into: &events)
      told.add(events)
      isWanted = hand(.heard(events))
      events.removeAll(keepingCapacity: true)
      return isWanted
    }
    reader.finish(into: &events)
    told.add(events)
    captures.describe(
      document, note: told.note(reader.format), isComplete: told.isComplete, firstAt: told.firstAt, lastAt: told.lastAt)
    guard isWanted, hand(.heard(events)) else { return false }
    let progress = IngestProgress(bytesRead: captures.bytesRead, totalBytes: captures.totalBytes, packets: 0)
    return hand(.progress(progress))
  }

  /// Reads a server's log. False when no more is wanted.
  private mutating func read(
    _ document: CaptureDocument, _ given: ServerLogReader, _ hand: (Message) -> Bool
  ) throws -> Bool {
    var reader = given
    var told = ServerLogTotals()
    var events: [ServerLogEvent] = []
    var isWanted = true
    captures.read(document) { piece in
      reader.receive(piece, into: &events)
      told.add(events)
      isWanted = hand(.told(events))
      events.removeAll(keepingCapacity: true)
      return isWanted
    }
    reader.finish(into: &events)
    told.add(events)
    captures.describe(
      document, note: told.note, isComplete: told.isComplete, firstAt: told.firstAt, lastAt: told.lastAt)
    guard isWanted, hand(.told(events)) else { return false }
    return hand(.progress(IngestProgress(bytesRead: captures.bytesRead, totalBytes: captures.totalBytes, packets: 0)))
  }

  /// Takes one packet. False at the end.
  private mutating func step() throws -> Bool {
    // Apart from each other, because the one is read from while the others are changed.
    try Self.step(&captures, &reassembler, &router)
  }

  private static func step(
    _ captures: inout CaptureSet, _ reassembler: inout Reassembler, _ router: inout FlowRouter
  ) throws -> Bool {
    try captures.next { header, packet in
      if header.linkType == .exportedPDU {
        router.receive(event: packet, header)
      } else {
        reassembler.receive(header, packet, into: &router)
      }
    }
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
