import Bytes
import Captures
import Foundation
public import Model

/// The way from evidence to a case. Read this first:
///
///     files ──Captures──▶ packets ──Streams──▶ ordered bytes ──Parsers──▶ exchanges     (one thread)
///     exchanges ──Policy──▶ what each does ──Sessions──▶ actions ──▶ the case           (the caller's thread)
///
/// Source digests are made on a third. Between the first two stands a bounded channel, so memory stays bounded however
/// large the evidence is and whichever side is slower.
public enum Pipeline {
  /// Batches that may wait between reading and writing.
  static let channelCapacity = 8
  /// Bytes of stack of the reading thread: nested tunnels and archives recurse to a bounded depth.
  static let readerStack = 16 << 20

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
    _ inputs: [String], into writer: any CaseWriting, options: IngestOptions,
    progress: (IngestProgress) -> Void
  ) throws -> IngestSummary {
    let channel = BoundedChannel<EvidenceReader.Message>(capacity: channelCapacity)
    let reading = Thread {
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
    reading.stackSize = readerStack
    reading.name = "exhibit-reader"
    reading.start()
    defer { channel.cancel() }

    var assembler = CaseAssembler(writer: writer, secrets: options.secrets)
    var summary = IngestSummary()
    while let message = channel.receive() {
      switch message {
      case .events(let events): for event in events { try assembler.take(event) }
      case .progress(let value): progress(value)
      case .finished(let sources, let counts):
        summary = assembler.summary
        summary.sources = sources
        summary.counts = counts
      case .failed(let error): throw error
      }
    }
    try assembler.finish()
    try write(summary.sources, to: writer)
    return summary
  }

  private static func write(_ sources: [CaptureSource], to writer: any CaseWriting) throws {
    for (ordinal, source) in sources.enumerated() where !source.isSkipped {
      guard let digest = source.digest else { continue }
      let noun = Source(
        id: "src-" + digest.hex.prefix(16), path: source.path, kind: source.kind, sha256: digest.hex,
        byteCount: source.byteCount, packetCount: source.packetCount, firstAt: source.firstAt, lastAt: source.lastAt,
        isComplete: source.isComplete, integrity: "unsigned", note: source.note)
      try writer.write(noun, ordinal: UInt32(ordinal), headSHA256: source.headDigest?.hex)
    }
  }
}
