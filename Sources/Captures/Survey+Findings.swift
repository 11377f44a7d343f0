import Bytes
import Model

/// What is noted of each source.
extension Survey {
  /// What a file is, by its first bytes: what is no evidence of packets may be a document.
  func content(of head: [UInt8], isWhole: Bool, path: String) -> Content {
    let content = Content(head.span)
    guard case .unknown = content, let recognize = options.recognizeDocument else { return content }
    return recognize(DocumentHead(bytes: head, isWhole: isWhole, path: path)).map { .document($0) } ?? content
  }

  func add(_ path: String, _ content: Content, byteCount: UInt64, headDigest: Digest?) -> Int {
    var source = CaptureSource(path: path, kind: content.kind, byteCount: byteCount)
    source.headDigest = headDigest
    sources.append(source)
    return sources.count - 1
  }

  func skip(_ ordinal: Int, _ reason: String) {
    sources[ordinal].isSkipped = true
    sources[ordinal].remark(reason)
  }

  /// Leaves out a source whose content is that of `first`.
  func skipTwin(_ candidate: Candidate, of first: Int) {
    skip(candidate.ordinal, "the same content as \(sources[first].path)")
    if case .leaf(let root, let index) = candidate.place { roots[root].roles[index] = .ignored }
  }

  /// Notes an input of which nothing can be read.
  func refuse(_ error: InputError, path: String) {
    let ordinal = add(path, .unknown(""), byteCount: 0, headDigest: nil)
    note(error, ordinal: ordinal)
    problems.append(error)
  }

  /// Notes a file that can be read and is no capture.
  func refuse(_ content: Content, ordinal: Int, isMember: Bool = false) {
    let path = sources[ordinal].path
    let error: InputError =
      switch content {
      case .empty: InputError(.empty, path: path, reason: "empty file", advice: InputError.giveCapture)
      case .unknown(let name):
        if name.hasSuffix(" capture") {
          InputError(
            .notACapture, path: path, reason: "\(name), which is not read (at byte 0)",
            advice: "convert it with editcap -F pcapng")
        } else {
          InputError(
            .notACapture, path: path, reason: "no capture, transcript or server log (\(name) at byte 0)",
            advice: InputError.giveCapture)
        }
      default:
        InputError(
          .notACapture, path: path, reason: "no capture, transcript or server log", advice: InputError.giveCapture)
      }
    sources[ordinal].remark(error.reason)
    report("not-a-capture", error.reason, ordinal: ordinal)
    if !isMember { problems.append(error) }
  }

  func note(_ error: InputError, ordinal: Int) {
    sources[ordinal].isComplete = false
    sources[ordinal].remark(error.reason)
    report(Anomaly.Code(error.code.name), error.reason, ordinal: ordinal)
  }

  func noteArchiveProblem(_ error: InputError, ordinal: Int) {
    sources[ordinal].isComplete = false
    let isOwn = error.path == sources[ordinal].path
    let detail = isOwn ? error.reason : "\(error.path): \(error.reason)"
    sources[ordinal].remark(detail)
    report(Anomaly.Code(error.code.name), detail, ordinal: ordinal)
  }

  func report(_ code: Anomaly.Code, _ detail: String, ordinal: Int) {
    anomalies.append(Anomaly(code, detail, origin: Origin(source: UInt32(clamping: ordinal), packet: 0)))
  }

  /// Time of the first packet in the first bytes of a capture.
  func firstTime(_ head: [UInt8]) -> Timestamp? {
    let input = ChunkInput(ExtentReader(MemoryBytes(head)), hash: nil, chunkByteCount: Content.headByteCount)
    var reader = PacketReader(input, log: SourceLog(ordinal: 0, anomalyLimit: 0))
    while reader.next() {
      if let times = reader.times { return times.first }
    }
    return nil
  }
}

extension Content {
  /// As `CaptureSource.kind` says it.
  var kind: String {
    switch self {
    case .pcap: "pcap"
    case .pcapng: "pcapng"
    case .recording: "recording"
    case .keys: "keys"
    case .document(let kind): kind
    case .compressed, .container: "archive"
    case .unknown, .empty: "unknown"
    }
  }
}
