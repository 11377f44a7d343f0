import Bytes
import Captures
import Foundation
public import Model

/// The way from evidence to a case. Read this first:
///
///     files ──Captures──▶ packets ──Streams──▶ ordered bytes ──Parsers──▶ exchanges     (one thread)
///     exchanges ──Policy──▶ what each does ──Sessions──▶ actions                        (the second)
///     actions ──▶ the case                                                              (the caller's thread)
///
/// Digests of sources are made on a fourth. Between them stand bounded channels, so memory stays bounded however large the
/// evidence is and whichever side is slower.
public enum Pipeline {
  /// Batches that may wait between two threads.
  static let channelCapacity = 4
  /// Bytes of stack of the reading thread: nested tunnels and archives recurse to a bounded depth.
  static let readerStack = 16 << 20

  private enum Finding: Sendable {
    case writes([CaseWrite])
    case progress(IngestProgress)
    case finished(IngestSummary)
    case failed(any Error)
  }

  /// Reads `inputs` into a case.
  ///
  /// - Parameters:
  ///   - inputs: paths of captures, archives of them or folders; `-` is standard input.
  ///   - writer: the case, within its transaction.
  ///   - options: limits, and what the case has already.
  ///   - progress: called now and then on the caller's thread.
  /// - Returns: what was read and found.
  /// - Throws: `InputError` when no input can be used; whatever the writer throws.
  public static func ingest(
    _ inputs: [String], into writer: some CaseWriting, options: IngestOptions,
    progress: (IngestProgress) -> Void
  ) throws -> IngestSummary {
    let messages = BoundedChannel<EvidenceReader.Message>(capacity: channelCapacity)
    let findings = BoundedChannel<Finding>(capacity: channelCapacity)
    let firstSession = writer.firstSessionNumber
    start("exhibit-reader") { read(inputs, options, into: messages) }
    start("exhibit-actions") { assemble(messages, firstSession, options, into: findings) }
    defer {
      findings.cancel()
      messages.cancel()
    }
    while let finding = findings.receive() {
      switch finding {
      case .writes(let writes): for write in writes { try write.apply(to: writer) }
      case .progress(let value): progress(value)
      case .finished(let summary):
        try write(summary.sources, to: writer, RecordingIntegrity(keys: options.logKeys))
        return summary
      case .failed(let error): throw error
      }
    }
    return IngestSummary()
  }

  private static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.stackSize = readerStack
    thread.name = name
    thread.start()
  }

  /// The first thread.
  private static func read(
    _ inputs: [String], _ options: IngestOptions, into channel: BoundedChannel<EvidenceReader.Message>
  ) {
    do {
      var options = options
      options.captures.makeHash = { ThreadedHash() }
      var reader = try EvidenceReader(inputs: inputs, options: options)
      reader.run { channel.send($0) }
    } catch {
      _ = channel.send(.failed(error))
    }
    channel.finish()
  }

  /// The second.
  private static func assemble(
    _ messages: BoundedChannel<EvidenceReader.Message>, _ firstSession: Int64, _ options: IngestOptions,
    into findings: BoundedChannel<Finding>
  ) {
    var assembler = CaseAssembler(firstSession: firstSession, secrets: options.secrets, masking: options.masking)
    while let message = messages.receive() {
      let isWanted: Bool
      switch message {
      case .events(let events):
        for event in events { assembler.take(event) }
        isWanted = findings.send(.writes(assembler.takeWrites()))
      case .told(let events):
        assembler.read(events)
        isWanted = findings.send(.writes(assembler.takeWrites()))
      case .heard(let events):
        assembler.read(events)
        isWanted = findings.send(.writes(assembler.takeWrites()))
      case .progress(let value): isWanted = findings.send(.progress(value))
      case .finished(let sources, let counts):
        assembler.finish()
        var summary = assembler.summary
        (summary.sources, summary.counts) = (sources, counts)
        isWanted = findings.send(.writes(assembler.takeWrites())) && findings.send(.finished(summary))
      case .failed(let error): isWanted = findings.send(.failed(error))
      }
      guard isWanted else { break }
    }
    messages.cancel()
    findings.finish()
  }

  private static func write(
    _ sources: [CaptureSource], to writer: any CaseWriting, _ given: RecordingIntegrity
  ) throws {
    var recordings = given
    for (ordinal, source) in sources.enumerated() where !source.isSkipped {
      guard let digest = source.digest else { continue }
      let isRecorded = source.kind == "recording" || RecordingIntegrity.isUnwrittenSegment(source)
      let (integrity, remark) = isRecorded ? recordings.judge(source.path) : ("unsigned", nil)
      let note = [source.note, remark].compactMap(\.self)
      let noun = Source(
        id: "src-" + digest.hex.prefix(16), path: source.path, kind: source.kind, sha256: digest.hex,
        byteCount: source.byteCount, packetCount: source.packetCount, firstAt: source.firstAt, lastAt: source.lastAt,
        isComplete: source.isComplete, integrity: integrity, note: note.isEmpty ? nil : note.joined(separator: "; "))
      try writer.write(noun, ordinal: UInt32(ordinal), headSHA256: source.headDigest?.hex)
    }
  }
}
