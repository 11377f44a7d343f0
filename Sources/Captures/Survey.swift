import Bytes
import Model

/// Looks once at everything that was given: what it is, whether it is known, when its packets begin.
///
/// Of a file only the head is read; an archive is walked through, and of its members only the heads are read.
final class Survey {
  /// A source that holds packets.
  struct Candidate {
    enum Place {
      case file(any RandomAccessBytes)
      case stream(any ByteSource)
      case leaf(root: Int, index: Int)
    }

    var ordinal: Int
    var place: Place
    var byteCount: UInt64?
    var headDigest: Digest
    /// Known from the head alone, or because someone asked.
    var digest: Digest?
    /// Time of its first packet, where its head tells.
    var firstAt: Timestamp?
  }

  /// A regular file, or bytes in memory, that was given or found in a folder.
  private struct WholeFile {
    var ordinal: Int
    var bytes: any RandomAccessBytes
    var identity: FileIdentity?
  }

  let options: CaptureOptions
  let spool: SpoolFile
  let isKnown: (SourceProbe) throws -> Bool
  var sources: [CaptureSource] = []
  var anomalies: [Anomaly] = []
  var candidates: [Candidate] = []
  var roots: [ArchiveRoot] = []
  /// Files that are read for their digest alone: archives, and what is no capture.
  private(set) var digestOnly: [(ordinal: Int, bytes: any RandomAccessBytes)] = []
  /// What the caller reads itself.
  var documents: [CaptureDocument] = []
  /// What could not be used, in order.
  var problems: [InputError] = []
  /// Whole files by their first bytes, to recognise one that is given twice.
  private var filesByHead: [Digest: [WholeFile]] = [:]
  private var digests: [Int: Digest] = [:]
  /// Key logs and keys that were found: all of them are at hand before the first packet.
  let secrets = SecretStore()

  init(options: CaptureOptions, isKnown: @escaping (SourceProbe) throws -> Bool) {
    self.options = options
    self.isKnown = isKnown
    spool = SpoolFile(folder: options.temporaryDirectory, limit: options.spoolByteCount)
  }

  /// Something is there to be read, or was read before.
  var isUsable: Bool { !candidates.isEmpty || !documents.isEmpty || sources.contains { $0.isSkipped } }

  func take(_ input: CaptureInput) throws {
    switch input {
    case .path("-"): try attempt("-") { try takeStream("-", DescriptorSource()) }
    case .path(let text): try takePath(InputPath(text))
    case .stream(let name, let source): try attempt(name) { try takeStream(name, source) }
    case .memory(let name, let bytes): try takeBytes(MemoryBytes(bytes), path: name, identity: nil)
    }
  }

  /// Runs `body`; an input that cannot be used is noted, and the others go on.
  private func attempt(_ path: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as InputError where error.code != .spoolFailed {
      refuse(error, path: path)
    }
  }

  private func takePath(_ path: InputPath) throws {
    try attempt(path.text) {
      let status = try FileStatus(path, followsLinks: true)
      switch status.kind {
      case .folder: try takeFolder(path)
      case .regular: try takeFile(path)
      case .stream: try takeStream(path.text, DescriptorSource(path))
      case .link, .special:
        throw InputError(.specialFile, path: path.text, reason: "neither file, folder nor pipe")
      }
    }
  }

  private func takeFolder(_ path: InputPath) throws {
    var walk = FolderWalk(depthLimit: options.folderDepth, countLimit: options.inputLimit)
    walk.walk(path)
    guard !walk.found.isEmpty else {
      throw InputError(.noCapture, path: path.text, reason: "the folder holds no file", advice: InputError.giveCapture)
    }
    for found in walk.found {
      switch found {
      case .file(let file): try attempt(file.text) { try takeFile(file) }
      case .problem(let error): refuse(error, path: error.path)
      }
    }
    if walk.found.count >= options.inputLimit {
      refuse(InputError(.inputLimit, path: path.text, reason: "over \(options.inputLimit) files"), path: path.text)
    }
  }

  private func takeFile(_ path: InputPath) throws {
    let file = try FileBytes(path)
    defer { file.release() }
    try takeBytes(file, path: path.text, identity: file.identity)
  }

  // MARK: Whole files

  private func takeBytes(_ bytes: any RandomAccessBytes, path: String, identity: FileIdentity?) throws {
    let (head, failure) = readHead(of: ExtentReader(bytes), limit: Content.headByteCount)
    if head.isEmpty, let failure { throw failure }
    let isWhole = failure == nil && head.count < Content.headByteCount
    let content = content(of: head, isWhole: isWhole, path: path)
    let headDigest = SHA256.digest(of: head.span)
    let ordinal = add(path, content, byteCount: bytes.byteCount, headDigest: headDigest)
    if isWhole { digests[ordinal] = headDigest }
    let file = WholeFile(ordinal: ordinal, bytes: bytes, identity: identity)
    if let twin = try filesByHead[headDigest]?.first(where: { try isSame($0, file) }) {
      return skip(ordinal, "the same content as \(sources[twin.ordinal].path)")
    }
    filesByHead[headDigest, default: []].append(file)
    if content == .keys { digests[ordinal] = takeKeys(ExtentReader(bytes), ordinal: ordinal) }
    let probe = SourceProbe(path: path, byteCount: bytes.byteCount, headDigest: headDigest) { [self] in
      try digest(of: file)
    }
    if try isKnown(probe) { return skip(ordinal, "known already") }
    let form: ArchiveHandle.Form
    switch content {
    case .pcap, .pcapng, .recording:
      candidates.append(
        Candidate(
          ordinal: ordinal, place: .file(bytes), byteCount: bytes.byteCount, headDigest: headDigest,
          digest: digests[ordinal], firstAt: firstTime(head)))
      return
    case .compressed(let compression): form = .compressed(compression)
    case .container(let container): form = .container(container)
    case .keys:
      digestOnly.append((ordinal, bytes))
      return
    case .document(let kind):
      documents.append(
        CaptureDocument(
          ordinal: ordinal, path: path, kind: kind, modifiedAt: (bytes as? FileBytes)?.modifiedAt, bytes: bytes))
      return
    case .unknown, .empty:
      refuse(content, ordinal: ordinal)
      digestOnly.append((ordinal, bytes))
      return
    }
    digestOnly.append((ordinal, bytes))
    try takeArchive(bytes, form, ordinal: ordinal)
  }

  private func isSame(_ one: WholeFile, _ other: WholeFile) throws -> Bool {
    if let identity = one.identity, identity == other.identity { return true }
    guard one.bytes.byteCount == other.bytes.byteCount else { return false }
    return try digest(of: one) == digest(of: other)
  }

  private func digest(of file: WholeFile) throws -> Digest {
    if let digest = digests[file.ordinal] { return digest }
    defer { file.bytes.release() }
    let digest = try Survey.digest(of: ExtentReader(file.bytes))
    digests[file.ordinal] = digest
    return digest
  }

  /// SHA-256 of all that `source` still gives.
  static func digest(of source: any ByteSource) throws -> Digest {
    try measure(source).digest
  }

  /// SHA-256 and length of all that `source` still gives.
  static func measure(_ source: any ByteSource) throws(InputError) -> (digest: Digest, byteCount: UInt64) {
    let hash = SHA256()
    var block = [UInt8](repeating: 0, count: 1 << 20)
    var total: UInt64 = 0
    while true {
      var space = block.mutableSpan
      let count = try source.read(into: &space)
      guard count > 0 else { return (hash.finish(), total) }
      hash.update(block.span.extracting(0..<count))
      total += UInt64(count)
    }
  }

  // MARK: Streams

  private func takeStream(_ path: String, _ source: any ByteSource) throws {
    let (head, failure) = readHead(of: source, limit: Content.headByteCount)
    if head.isEmpty, let failure { throw failure }
    let isWhole = failure == nil && head.count < Content.headByteCount
    let content = content(of: head, isWhole: isWhole, path: path)
    let whole = PrefixedSource(head, then: failure.map { FailedSource($0) } ?? source)
    switch content {
    case .pcap, .pcapng, .recording: break
    case .compressed, .container, .keys, .document:
      // An archive is read twice, and some from their end.
      return try takeBytes(try spool.append(whole, path: path), path: path, identity: nil)
    case .unknown, .empty:
      let ordinal = add(path, content, byteCount: UInt64(head.count), headDigest: SHA256.digest(of: head.span))
      sources[ordinal].isComplete = false
      return refuse(content, ordinal: ordinal)
    }
    let headDigest = SHA256.digest(of: head.span)
    let ordinal = add(path, content, byteCount: 0, headDigest: headDigest)
    var place = Candidate.Place.stream(whole)
    var asked: Digest?
    let probe = SourceProbe(path: path, byteCount: nil, headDigest: headDigest) { [self] in
      if let asked { return asked }
      let extent = try spool.append(whole, path: path)
      place = .file(extent)
      let digest = try Survey.digest(of: ExtentReader(extent))
      asked = digest
      return digest
    }
    if try isKnown(probe) { return skip(ordinal, "known already") }
    candidates.append(
      Candidate(ordinal: ordinal, place: place, headDigest: headDigest, digest: asked, firstAt: firstTime(head)))
  }
}
