import Bytes
public import Model

/// Everything that was given, as one sequence of packets in order of time.
///
/// Captures whose times overlap are merged; one that begins after the others end is opened only then, so a thousand
/// rotated files are not a thousand open files. Within a file its own order is kept, even where times jump back.
public struct CaptureSet {
  private let options: CaptureOptions
  /// What was given and what became of it; final once `next` has returned false.
  public private(set) var sources: [CaptureSource]
  public private(set) var decryptionSecrets: [DecryptionSecrets] = []
  private var anomalies: [Anomaly]
  /// Captures that are not opened yet, the earliest last.
  private var waiting: [Survey.Candidate]
  private var active: [ActiveCapture] = []
  private var finishedBytes: UInt64 = 0

  private final class ActiveCapture {
    let candidate: Survey.Candidate
    var reader: any CaptureReader
    /// The latest time seen, by which it is merged.
    var time: Timestamp = .epoch

    init(_ candidate: Survey.Candidate, _ reader: any CaptureReader) {
      self.candidate = candidate
      self.reader = reader
    }
  }

  /// Looks at the inputs.
  ///
  /// - Parameters:
  ///   - inputs: paths of files and folders; `-` is standard input.
  ///   - options: limits.
  ///   - isKnown: whether a source was read into the case before.
  /// - Throws: `InputError` when none of them can be used.
  public init(
    inputs: [String], options: CaptureOptions, isKnown: @escaping (SourceProbe) throws -> Bool = { _ in false }
  ) throws {
    self.options = options
    var survey = Survey(options: options, isKnown: isKnown)
    try survey.look(at: inputs)
    sources = survey.sources
    anomalies = survey.anomalies
    waiting = survey.candidates.sorted {
      ($0.firstAt ?? .epoch, $0.ordinal) > ($1.firstAt ?? .epoch, $1.ordinal)
    }
  }

  /// Hands the next packet to `body`.
  ///
  /// - Returns: false when there is none.
  /// - Throws: `InputError` when a file cannot be read on.
  public mutating func next(_ body: (PacketHeader, Span<UInt8>) throws -> Void) throws -> Bool {
    try openDue()
    guard let current = earliest() else { return false }
    let reader = current.reader
    try body(reader.header, reader.input.buffer.span.extracting(reader.packetRange))
    try advance(current)
    return true
  }

  private func earliest() -> ActiveCapture? {
    guard active.count > 1 else { return active.first }
    return active.min { ($0.time, $0.candidate.ordinal) < ($1.time, $1.candidate.ordinal) }
  }

  /// Opens what begins before the next packet of those that are open.
  private mutating func openDue() throws {
    while let next = waiting.last {
      if let current = earliest(), let first = next.firstAt, first > current.time { return }
      waiting.removeLast()
      try open(next)
    }
  }

  private mutating func open(_ candidate: Survey.Candidate) throws {
    // Many open files share the room that one may take.
    let chunkSize = active.count < 8 ? options.chunkSize : min(options.chunkSize, 64 << 10)
    let hash = candidate.digest == nil ? options.makeHash() : nil
    let input = ChunkedInput(try candidate.open(), chunkSize: chunkSize, hash: hash)
    guard let reader = try CaptureSet.reader(candidate.kind, input, source: candidate.ordinal) else {
      var input = input
      try input.drain()
      return finish(candidate, digest: hash?.finish(), damage: "its header is damaged", notes: [])
    }
    let capture = ActiveCapture(candidate, reader)
    active.append(capture)
    try advance(capture)
  }

  /// A reader for a file of a kind; nil when its header cannot be read.
  static func reader(
    _ kind: CaptureKind, _ input: ChunkedInput, source: UInt32
  ) throws(InputError) -> (any CaptureReader)? {
    var input = input
    switch kind {
    case .pcap:
      guard try input.require(PcapHeader.length) else { return nil }
      return try? PcapReader(input, source: source)
    case .pcapng: return PcapngReader(input, source: source)
    case .archive, .unknown: return nil
    }
  }

  private mutating func advance(_ capture: ActiveCapture) throws {
    let index = Int(capture.candidate.ordinal)
    if try capture.reader.advance() {
      let time = capture.reader.header.time
      capture.time = max(capture.time, time)
      sources[index].packetCount += 1
      sources[index].firstAt = min(sources[index].firstAt ?? time, time)
      sources[index].lastAt = max(sources[index].lastAt ?? time, time)
      return
    }
    active.removeAll { $0 === capture }
    anomalies += capture.reader.takeAnomalies()
    decryptionSecrets += capture.reader.secrets
    try capture.reader.input.drain()
    finishedBytes += capture.reader.input.bytesRead
    finish(
      capture.candidate, digest: capture.reader.input.hash?.finish() ?? capture.candidate.digest,
      damage: capture.reader.damage, notes: capture.reader.notes)
  }

  private mutating func finish(
    _ candidate: Survey.Candidate, digest: Digest?, damage: String?, notes: [String]
  ) {
    let index = Int(candidate.ordinal)
    sources[index].digest = digest ?? candidate.digest
    if damage != nil { sources[index].isComplete = false }
    let parts = [sources[index].note, damage].compactMap { $0 } + notes.map { "comment: \($0)" }
    sources[index].note = parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  /// What was strange since the last call.
  public mutating func takeAnomalies() -> [Anomaly] {
    for capture in active { anomalies += capture.reader.takeAnomalies() }
    defer { anomalies = [] }
    return anomalies
  }

  /// Bytes of captures read so far.
  public var bytesRead: UInt64 { active.reduce(finishedBytes) { $0 + $1.reader.input.bytesRead } }

  /// Bytes of all captures that are read.
  public var totalBytes: UInt64? {
    let captures = sources.filter { !$0.isSkipped && ($0.kind == "pcap" || $0.kind == "pcapng") }
    return captures.reduce(UInt64(0)) { $0 + $1.byteCount }
  }
}
