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
  private let isKnown: (SourceProbe) throws -> Bool
  private(set) var sources: [CaptureSource] = []
  private(set) var anomalies: [Anomaly] = []
  var candidates: [Candidate] = []
  private(set) var roots: [ArchiveRoot] = []
  /// Files that are read for their digest alone: archives, and what is no capture.
  private(set) var digestOnly: [(ordinal: Int, bytes: any RandomAccessBytes)] = []
  /// What could not be used, in order.
  private(set) var problems: [InputError] = []
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
  var isUsable: Bool { !candidates.isEmpty || sources.contains { $0.isSkipped } }

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
    let content = Content(head.span)
    let headDigest = SHA256.digest(of: head.span)
    let ordinal = add(path, content, byteCount: bytes.byteCount, headDigest: headDigest)
    if failure == nil, head.count < Content.headByteCount { digests[ordinal] = headDigest }
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
    case .pcap, .pcapng:
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
    let content = Content(head.span)
    let whole = PrefixedSource(head, then: failure.map { FailedSource($0) } ?? source)
    switch content {
    case .pcap, .pcapng: break
    case .compressed, .container, .keys:
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

  // MARK: Archives

  private func takeArchive(_ bytes: any RandomAccessBytes, _ form: ArchiveHandle.Form, ordinal: Int) throws {
    let group = ArchiveGroup(options.archives, byteCount: bytes.byteCount, ordinal: ordinal)
    let before = candidates.count
    let known = sources.count
    let root = ArchiveRoot(bytes, form, path: sources[ordinal].path, depth: 1, weight: 1, group: group)
    try survey(root)
    let skipped = sources[known...].count { $0.isSkipped }
    if candidates.count == before, skipped == 0 {
      let count = group.surveyBudget.memberCount
      // What is wrong with the archive, or else with the first bad member of it, says more than a number.
      let trouble = sources[ordinal].note ?? sources[(ordinal + 1)...].first { !$0.isComplete }?.note
      let reason = "holds no capture (\(trouble ?? (count == 1 ? "1 member" : "\(count) members")))"
      let isEncrypted = trouble?.contains("encrypted") == true
      sources[ordinal].remark("no capture in it")
      problems.append(
        InputError(
          .noCapture, path: sources[ordinal].path, reason: reason,
          advice: isEncrypted ? InputError.unpackFirst : InputError.giveCapture))
    }
  }

  private func survey(_ root: ArchiveRoot) throws {
    let number = roots.count
    roots.append(root)
    let walker = root.walk(root.group.surveyBudget)
    while let leaf = walker.next() {
      root.roles.append(.ignored)
      root.roles[leaf.index] = try role(of: leaf, root: number)
    }
    for problem in walker.problems { noteArchiveProblem(problem, ordinal: root.group.ordinal) }
    root.bytes.release()
  }

  private func role(of leaf: ArchiveWalker.Leaf, root number: Int) throws -> ArchiveRoot.Role {
    let root = roots[number]
    if let source = leaf.source, case .container(let container) = leaf.content {
      try takeNested(leaf, source, container, in: root)
      return .ignored
    }
    let headDigest = SHA256.digest(of: leaf.head.span)
    let size = leaf.isWhole ? UInt64(leaf.head.count) : leaf.byteCount
    let ordinal = add(leaf.path, leaf.content, byteCount: size ?? 0, headDigest: leaf.source == nil ? nil : headDigest)
    guard let source = leaf.source else {
      if let problem = leaf.problem { note(problem, ordinal: ordinal) }
      return .ignored
    }
    var asked = leaf.isWhole ? headDigest : nil
    if leaf.content == .keys { asked = takeKeys(source, ordinal: ordinal) }
    let probe = SourceProbe(path: leaf.path, byteCount: size, headDigest: headDigest) {
      if let asked { return asked }
      let digest = try Survey.digest(of: source)
      asked = digest
      return digest
    }
    if try isKnown(probe) {
      skip(ordinal, "known already")
      return .ignored
    }
    if leaf.content == .keys { return .other(ordinal: ordinal) }
    guard leaf.content.isCapture else {
      refuse(leaf.content, ordinal: ordinal, isMember: true)
      return .other(ordinal: ordinal)
    }
    candidates.append(
      Candidate(
        ordinal: ordinal, place: .leaf(root: number, index: leaf.index), byteCount: size, headDigest: headDigest,
        digest: asked, firstAt: firstTime(leaf.head)))
    return .packets(ordinal: ordinal)
  }

  /// A zip or 7-Zip file within an archive: these are read from their end, so it is put aside and surveyed by itself.
  private func takeNested(
    _ leaf: ArchiveWalker.Leaf, _ source: MemberSource, _ container: Content.Container, in root: ArchiveRoot
  ) throws {
    guard leaf.depth <= root.group.limits.depth else {
      let problem = InputError(
        .archiveDepth, path: leaf.path, reason: "archives nested deeper than \(root.group.limits.depth); not opened",
        advice: "unpack the outer ones first")
      return noteArchiveProblem(problem, ordinal: root.group.ordinal)
    }
    let extent = try spool.append(source, path: leaf.path)
    if let trouble = extent.trouble { noteArchiveProblem(trouble, ordinal: root.group.ordinal) }
    try survey(
      ArchiveRoot(
        extent, .container(container), path: leaf.path, depth: leaf.depth, weight: source.costShare,
        group: root.group))
  }

  // MARK: Keys

  /// Reads a file of keys. One that was read in an earlier ingest may be needed for captures that are new.
  ///
  /// - Returns: the digest of what was read.
  private func takeKeys(_ source: any ByteSource, ordinal: Int) -> Digest {
    var bytes: [UInt8] = []
    while bytes.count < KeyFile.byteLimit {
      let (block, failure) = readHead(of: source, limit: Content.headByteCount)
      bytes += block
      if let failure { note(failure, ordinal: ordinal) }
      guard failure == nil, block.count == Content.headByteCount else { break }
    }
    let digest = SHA256.digest(of: bytes.span)
    let secret = DecryptionSecrets(source: UInt32(clamping: ordinal), type: DecryptionSecrets.file, bytes: bytes)
    if !secrets.keep(secret) {
      note(
        InputError(.inputLimit, path: sources[ordinal].path, reason: "more keys than are kept; not used"),
        ordinal: ordinal)
    }
    problems.append(
      InputError(
        .noCapture, path: sources[ordinal].path, reason: "keys, and no capture that they could open",
        advice: "give the capture too"))
    return digest
  }

  // MARK: What was found

  private func add(_ path: String, _ content: Content, byteCount: UInt64, headDigest: Digest?) -> Int {
    var source = CaptureSource(path: path, kind: content.kind, byteCount: byteCount)
    source.headDigest = headDigest
    sources.append(source)
    return sources.count - 1
  }

  private func skip(_ ordinal: Int, _ reason: String) {
    sources[ordinal].isSkipped = true
    sources[ordinal].remark(reason)
  }

  /// Leaves out a source whose content is that of `first`.
  func skipTwin(_ candidate: Candidate, of first: Int) {
    skip(candidate.ordinal, "the same content as \(sources[first].path)")
    if case .leaf(let root, let index) = candidate.place { roots[root].roles[index] = .ignored }
  }

  /// Notes an input of which nothing can be read.
  private func refuse(_ error: InputError, path: String) {
    let ordinal = add(path, .unknown(""), byteCount: 0, headDigest: nil)
    note(error, ordinal: ordinal)
    problems.append(error)
  }

  /// Notes a file that can be read and is no capture.
  private func refuse(_ content: Content, ordinal: Int, isMember: Bool = false) {
    let path = sources[ordinal].path
    let error: InputError =
      switch content {
      case .empty: InputError(.empty, path: path, reason: "empty file", advice: InputError.giveCapture)
      case .unknown(let name):
        InputError(
          .notACapture, path: path, reason: "not a capture (\(name) at byte 0)",
          advice: name.hasSuffix(" capture") ? "convert it with editcap -F pcapng" : InputError.giveCapture)
      default: InputError(.notACapture, path: path, reason: "not a capture", advice: InputError.giveCapture)
      }
    sources[ordinal].remark(error.reason)
    report("not-a-capture", error.reason, ordinal: ordinal)
    if !isMember { problems.append(error) }
  }

  private func note(_ error: InputError, ordinal: Int) {
    sources[ordinal].isComplete = false
    sources[ordinal].remark(error.reason)
    report(Anomaly.Code(error.code.name), error.reason, ordinal: ordinal)
  }

  private func noteArchiveProblem(_ error: InputError, ordinal: Int) {
    sources[ordinal].isComplete = false
    let isOwn = error.path == sources[ordinal].path
    let detail = isOwn ? error.reason : "\(error.path): \(error.reason)"
    sources[ordinal].remark(detail)
    report(Anomaly.Code(error.code.name), detail, ordinal: ordinal)
  }

  private func report(_ code: Anomaly.Code, _ detail: String, ordinal: Int) {
    anomalies.append(Anomaly(code, detail, origin: Origin(source: UInt32(clamping: ordinal), packet: 0)))
  }

  /// Time of the first packet in the first bytes of a capture.
  private func firstTime(_ head: [UInt8]) -> Timestamp? {
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
    case .keys: "keys"
    case .compressed, .container: "archive"
    case .unknown, .empty: "unknown"
    }
  }
}
