import Bytes
import Foundation
import Model

/// Looks at everything that was given before any packet is read: what it is, when it begins, whether it is new.
///
/// Archives are expanded here, in one pass, into a spool; plain files are only opened and closed.
struct Survey {
  /// Bytes of a source that `headDigest` covers.
  static let headLength = 64 << 10

  /// A capture that waits to be read.
  struct Candidate {
    var ordinal: UInt32
    var kind: CaptureKind
    var firstAt: Timestamp?
    var open: () throws(InputError) -> any ByteSource
    /// Known already when the bytes went through the spool.
    var digest: Digest?
  }

  private let options: CaptureOptions
  private let isKnown: (SourceProbe) throws -> Bool
  private(set) var sources: [CaptureSource] = []
  private(set) var candidates: [Candidate] = []
  private(set) var anomalies: [Anomaly] = []
  /// Problems of single inputs; thrown when nothing at all can be used.
  private(set) var problems: [InputError] = []
  private var spool: Spool?
  private var seen: [Digest: [(byteCount: UInt64, digest: () throws(InputError) -> Digest)]] = [:]

  init(options: CaptureOptions, isKnown: @escaping (SourceProbe) throws -> Bool) {
    self.options = options
    self.isKnown = isKnown
  }

  mutating func look(at inputs: [String]) throws {
    for input in inputs {
      if input == "-" {
        try lookAtStandardInput()
      } else {
        try look(atPath: input)
      }
    }
    if !sources.contains(where: { $0.isSkipped || $0.kind != CaptureKind.unknown.rawValue }) {
      throw problems.first
        ?? InputError(
          .notEvidence, path: inputs.first ?? "?",
          "holds no capture; give a pcap, a pcapng or an archive of them")
    }
  }

  private mutating func lookAtStandardInput() throws {
    let spool = try theSpool()
    let start = spool.count
    var buffer = [UInt8](repeating: 0, count: options.chunkSize)
    let input = FileByteSource.standardInput
    while true {
      let got = try input.read(into: &buffer, at: 0, count: buffer.count)
      if got == 0 { break }
      guard try spool.append(buffer, 0..<got) else {
        throw InputError(.noSpace, path: "-", "standard input is longer than \(options.spoolLimit) bytes")
      }
    }
    let range = start..<spool.count
    try look(at: "-", depth: 0, byteCount: UInt64(range.count)) { spool.source(range, name: "-") }
  }

  private mutating func look(atPath path: String) throws {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return problem(InputError(opening: path, errno)) }
    if status.st_mode & S_IFMT == S_IFDIR { return try walk(path) }
    let byteCount = UInt64(clamping: status.st_size)
    do throws(InputError) {
      _ = try FileByteSource(path: path)
    } catch {
      return problem(error)
    }
    try look(at: path, depth: 0, byteCount: byteCount) { () throws(InputError) in try FileByteSource(path: path) }
  }

  /// Looks at all files of a folder and its folders, sorted by name; links are not followed.
  private mutating func walk(_ root: String) throws {
    var folders = [root]
    var count = 0
    while let folder = folders.popLast() {
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
        problem(InputError(.unreadable, path: folder, "permission denied; read it as a user who may"))
        continue
      }
      var inner: [String] = []
      for name in names.sorted() {
        let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { continue }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: inner.append(path)
        case S_IFREG:
          count += 1
          guard count <= options.fileLimit else {
            return problem(
              InputError(.notEvidence, path: root, "holds more than \(options.fileLimit) files; give parts"))
          }
          try look(atPath: path)
        default: continue
        }
      }
      folders += inner.reversed()
    }
  }

  private mutating func problem(_ error: InputError) {
    problems.append(error)
    var source = CaptureSource(path: error.path, kind: .unknown)
    source.isComplete = false
    source.note = error.detail
    sources.append(source)
    report("input-unreadable", error.description)
  }

  private mutating func report(_ code: Anomaly.Code, _ detail: String) {
    let ordinal = UInt32(clamping: max(0, sources.count - 1))
    anomalies.append(Anomaly(code, detail, origin: Origin(source: ordinal, packet: 0)))
  }

  private mutating func theSpool() throws(InputError) -> Spool {
    if let spool { return spool }
    let made = try Spool(limit: options.spoolLimit)
    spool = made
    return made
  }

  /// Looks at one file or member that can be opened more than once.
  private mutating func look(
    at path: String, depth: Int, byteCount: UInt64, digest: Digest? = nil,
    open: @escaping () throws(InputError) -> any ByteSource
  ) throws {
    var head = [UInt8](repeating: 0, count: Survey.headLength)
    let headCount = try Survey.fill(&head, from: try open())
    head.removeSubrange(headCount...)
    let kind = CaptureKind(head.span)
    let isArchive = kind == .unknown && ArchiveMagic.matches(head.span)
    var source = CaptureSource(path: path, kind: isArchive ? .archive : kind)
    source.byteCount = byteCount
    let headDigest = SHA256.digest(of: head.span)
    source.headDigest = headDigest
    let makeHash = options.makeHash
    let chunkSize = options.chunkSize
    let full: () throws(InputError) -> Digest = { () throws(InputError) in
      if let digest { return digest }
      var input = ChunkedInput(try open(), chunkSize: chunkSize, hash: makeHash())
      try input.drain()
      return input.hash?.finish() ?? SHA256().finish()
    }
    let probe = SourceProbe(path: path, byteCount: byteCount, headDigest: headDigest, full: full)
    if try isKnown(probe) || isRepeated(probe) {
      source.isSkipped = true
      sources.append(source)
      return
    }
    let ordinal = UInt32(clamping: sources.count)
    sources.append(source)
    if isArchive { return try expand(path, ordinal, depth: depth, open: open) }
    guard kind != .unknown else {
      sources[Int(ordinal)].digest = try full()
      return reject(ordinal, head: head)
    }
    candidates.append(
      Candidate(
        ordinal: ordinal, kind: kind, firstAt: try Survey.firstTime(kind, open: open), open: open, digest: digest))
  }

  /// The same content was given before in this call.
  private mutating func isRepeated(_ probe: SourceProbe) throws -> Bool {
    let earlier = seen[probe.headDigest] ?? []
    seen[probe.headDigest, default: []].append((probe.byteCount, probe.full))
    for other in earlier where other.byteCount == probe.byteCount {
      if try other.digest() == probe.digest() { return true }
    }
    return false
  }

  private mutating func reject(_ ordinal: UInt32, head: [UInt8]) {
    let index = Int(ordinal)
    let what = head.isEmpty ? "empty" : head.prefix(512).allSatisfy(Survey.isText) ? "text" : "no known format"
    sources[index].note = "not a capture (\(what))"
    let path = sources[index].path
    problems.append(
      InputError(
        head.isEmpty ? .empty : .notEvidence, path: path,
        "not a capture (\(what)); give a pcap, a pcapng or an archive of them"))
    anomalies.append(
      Anomaly("not-a-capture", "\(path): \(what)", origin: Origin(source: ordinal, packet: 0)))
  }

  private static func isText(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte < 0x7f || byte == 9 || byte == 10 || byte == 13
  }

  private static func fill(_ buffer: inout [UInt8], from source: any ByteSource) throws(InputError) -> Int {
    var count = 0
    while count < buffer.count {
      let got = try source.read(into: &buffer, at: count, count: buffer.count - count)
      if got == 0 { break }
      count += got
    }
    return count
  }

  /// Time of a capture's first packet; nil when it has none.
  private static func firstTime(
    _ kind: CaptureKind, open: () throws(InputError) -> any ByteSource
  ) throws(InputError) -> Timestamp? {
    let input = ChunkedInput(try open(), chunkSize: 64 << 10, hash: nil)
    guard var reader = try CaptureSet.reader(kind, input, source: 0) else { return nil }
    return try reader.advance() ? reader.header.time : nil
  }
}

extension Survey {
  /// Expands an archive: captures and inner archives go into the spool, everything else is only hashed.
  private mutating func expand(
    _ path: String, _ ordinal: UInt32, depth: Int, open: () throws(InputError) -> any ByteSource
  ) throws {
    let index = Int(ordinal)
    guard depth < options.archiveDepth else {
      sources[index].note = "archives nested more than \(options.archiveDepth) deep are not opened"
      sources[index].isComplete = false
      return report("archive-too-deep", "\(path): nested more than \(options.archiveDepth) deep")
    }
    let hashing = HashingByteSource(try open(), options.makeHash())
    guard let archive = ArchiveReader(hashing) else {
      sources[index].digest = try hashing.drain()
      sources[index].note = "an archive that cannot be opened"
      sources[index].isComplete = false
      return report("archive-damaged", "\(path): cannot be opened as an archive")
    }
    var expanded: UInt64 = 0
    var members = 0
    while let member = archive.next() {
      guard member.isFile || archive.isBareCompression else { continue }
      members += 1
      if members > options.memberLimit {
        stop(index, "archive-members", "\(path): more than \(options.memberLimit) members; the rest is not read")
        break
      }
      let name = archive.isBareCompression ? Survey.bareName(path) : member.path
      guard !member.isEncrypted else {
        stop(index, "archive-encrypted", "\(path)!\(name): encrypted; decrypt it and give the plain file")
        continue
      }
      guard try expand(archive, "\(path)!\(name)", index, depth: depth, expanded: &expanded) else { break }
    }
    if let error = archive.inputError { throw error }
    if let damage = archive.damage { stop(index, "archive-damaged", "\(path): \(damage)") }
    sources[index].digest = try hashing.drain()
  }

  private mutating func stop(_ index: Int, _ code: Anomaly.Code, _ detail: String) {
    sources[index].isComplete = false
    if sources[index].note == nil { sources[index].note = detail }
    anomalies.append(Anomaly(code, detail, origin: Origin(source: UInt32(clamping: index), packet: 0)))
  }

  /// Expands one member.
  ///
  /// - Returns: false when the archive must not be read further.
  private mutating func expand(
    _ archive: ArchiveReader, _ path: String, _ index: Int, depth: Int, expanded: inout UInt64
  ) throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: max(options.chunkSize, ArchiveMagic.probeLength))
    var count = 0
    while count < buffer.count, let got = archive.read(into: &buffer, at: count, count: buffer.count - count), got > 0 {
      count += got
    }
    let isWanted = Survey.isEvidence(buffer, count)
    let spool = try theSpool()
    let start = spool.count
    let hash = SHA256()
    var total: UInt64 = 0
    while count > 0 {
      total += UInt64(count)
      expanded += UInt64(count)
      hash.update(buffer.span.extracting(first: count))
      if isBomb(archive, expanded) {
        stop(index, "archive-bomb", "\(path): expands beyond \(options.expansionRatio) times its packed size")
        return false
      }
      if isWanted, try !spool.append(buffer, 0..<count) {
        stop(index, "archive-too-large", "\(path): expands beyond \(options.spoolLimit) bytes")
        return false
      }
      guard let got = archive.read(into: &buffer, at: 0, count: buffer.count) else { break }
      count = got
    }
    let digest = hash.finish()
    let range = start..<spool.count
    guard isWanted else {
      var source = CaptureSource(path: path, kind: .unknown)
      source.byteCount = total
      source.digest = digest
      source.note = "not a capture"
      sources.append(source)
      return true
    }
    let cut = archive.damage
    let before = sources.count
    try look(at: path, depth: depth + 1, byteCount: total, digest: digest) { spool.source(range, name: path) }
    if let cut, before < sources.count {
      sources[before].isComplete = false
      sources[before].note = "its archive is damaged: \(cut)"
    }
    return true
  }

  private static func isEvidence(_ buffer: [UInt8], _ count: Int) -> Bool {
    let head = buffer.span.extracting(first: count)
    return CaptureKind(head) != .unknown || ArchiveMagic.matches(head)
  }

  private func isBomb(_ archive: ArchiveReader, _ expanded: UInt64) -> Bool {
    guard expanded > options.expansionFloor else { return false }
    return expanded / max(1, archive.packedBytes) > options.expansionRatio
  }

  /// `db.pcap` for `/evidence/db.pcap.gz`.
  private static func bareName(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = file.lastIndex(of: "."), dot > file.startIndex else { return file }
    return String(file[..<dot])
  }
}
