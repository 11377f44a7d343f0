import Bytes
import Captures
import Foundation
import Model
import Testing

/// A folder that is gone when the test is.
final class TemporaryFolder {
  let url = FileManager.default.temporaryDirectory.appending(path: "exhibit-captures-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: url) }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }

  var path: String { url.path }
}

/// Gives bytes in pieces, then fails or ends.
final class PiecewiseSource: ByteSource {
  private let bytes: [UInt8]
  private let piece: Int
  private let failure: InputError?
  private var position = 0

  init(_ bytes: [UInt8], piece: Int, then failure: InputError? = nil) {
    self.bytes = bytes
    self.piece = piece
    self.failure = failure
  }

  func read(into buffer: inout MutableSpan<UInt8>) throws(InputError) -> Int {
    let count = min(piece, buffer.count, bytes.count - position)
    if count == 0, let failure { throw failure }
    for index in 0..<count { buffer[index] = bytes[position + index] }
    position += count
    return count
  }
}

@Suite struct InputTests {
  static let capture = PcapBuilder.capture(at: [0, 1000, 2000], mark: 1)
  static let later = PcapBuilder.capture(at: [5000, 6000], mark: 2)

  @Test func `what cannot be used is said in a line`() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("notes.txt", Array("to do: nothing\n".utf8))
    let empty = try folder.write("empty.pcap", [])
    let snoop = try folder.write("s", Array("snoop\0\0\0\0\0\0\u{2}".utf8))
    try FileManager.default.createDirectory(at: folder.url.appending(path: "hollow"), withIntermediateDirectories: true)
    let give = "give a pcap, a pcapng, a transcript, a server's log or an archive of them"
    let cases: [(String, InputError.Code, String)] = [
      (text, .notACapture, "no capture, transcript or server log (text at byte 0); \(give)"),
      (empty, .empty, "empty file; \(give)"),
      (snoop, .notACapture, "a snoop capture, which is not read (at byte 0); convert it with editcap -F pcapng"),
      (folder.path + "/gone", .notFound, "no such file; check the path"),
      (folder.path + "/hollow", .noCapture, "the folder holds no file; \(give)"),
    ]
    for (path, code, line) in cases {
      let error = refusal([.path(path)])
      #expect(error?.code == code)
      #expect(error?.description == "\(path): \(line)")
    }
    let several = refusal([.path(text), .path(empty)])
    #expect(several?.description.contains("nor can 1 others be used") == true)
    #expect(refusal([])?.code == .noCapture)
  }

  @Test func `an error is one line whatever the path`() {
    let error = InputError(.notFound, path: "a\nb\u{1b}[2J\u{2028}c", reason: "no such file")
    #expect(error.description == "a\\u{a}b\\u{1b}[2J\\u{2028}c: no such file")
  }

  @Test func `one unusable input does not stop the others`() throws {
    let folder = try TemporaryFolder()
    let good = try folder.write("good", InputTests.capture)
    let text = try folder.write("text", Array("text".utf8))
    let reading = try Reading([.path(text), .path(folder.path + "/gone"), .path(good)])
    #expect(reading.packets.count == 3)
    #expect(reading.sources.map(\.kind) == ["unknown", "unknown", "pcap"])
    #expect(reading.codes == ["not-a-capture", "not-found"])
    #expect(reading.anomalies.map(\.origin.source) == [0, 1])
    #expect(reading.sources[0].digest == SHA256.digest(of: "text"))
    #expect(reading.sources[1].digest == nil)
  }

  @Test func `a folder is walked in order, links back are not followed`() throws {
    let folder = try TemporaryFolder()
    try folder.write("b/2.cap", InputTests.later)
    try folder.write("a.txt", InputTests.capture)
    try folder.write("b/deep/er/x", PcapngBuilder.capture(at: [9_000_000]))
    let manager = FileManager.default
    let up = folder.url.appending(path: "b/up").path
    try manager.createSymbolicLink(atPath: up, withDestinationPath: folder.path)
    let broken = folder.url.appending(path: "c").path
    try manager.createSymbolicLink(atPath: broken, withDestinationPath: "/nowhere/at/all")
    unsafe mkfifo(folder.url.appending(path: "d").path, 0o600)
    let reading = try Reading([.path(folder.path)])
    let names = reading.paths.map { $0.dropFirst(folder.path.count + 1) }
    #expect(names == ["a.txt", "b/2.cap", "b/deep/er/x", "c", "d"])
    #expect(reading.packets.count == 6)
    #expect(reading.codes == ["not-found", "special-file"])
  }

  @Test func `names that are no text are read`() throws {
    let folder = try TemporaryFolder()
    let name = Array(folder.path.utf8) + [0x2f, 0xff, 0xfe, 0]
    let descriptor = unsafe name.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return CInt(-1) }
      return unsafe open(start, O_CREAT | O_WRONLY, 0o600)
    }
    let written = unsafe InputTests.capture.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    #expect(written == InputTests.capture.count)
    #expect(try Reading([.path(folder.path)]).packets.count == 3)
  }

  @Test func `what must not be read is said`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("locked", InputTests.capture)
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
    // The superuser may read everything.
    guard getuid() != 0 else { return }
    let error = refusal([.path(path)])
    #expect(error?.code == .permissionDenied)
    #expect(error?.description == "\(path): permission denied; make it readable for this user")
  }

  @Test func `a source that fails keeps its good head`() throws {
    let denied = InputError(.readFailed, path: "disk", reason: "cannot be read (Input/output error)")
    let source = PiecewiseSource(InputTests.capture, piece: 50, then: denied)
    let reading = try Reading([.stream("disk", source)])
    #expect(reading.packets.count == 3)
    #expect(reading.codes == ["read-failed"])
    #expect(!reading.sources[0].isComplete)
    #expect(refusal([.stream("disk", PiecewiseSource([], piece: 1, then: denied))]) == denied)
  }

  @Test(arguments: [1, 13, 1 << 20]) func `a stream is read as it comes`(_ piece: Int) throws {
    let reading = try Reading([.stream("-", PiecewiseSource(InputTests.capture, piece: piece))])
    #expect(reading.packets.count == 3)
    #expect(reading.totalBytes == nil)
    #expect(reading.sources[0].digest == sha256(InputTests.capture))
    for (format, filter) in [
      (ArchiveBuilder.Format.tar, ArchiveBuilder.Filter.gzip), (.sevenZip, .none), (.raw, .zstd),
    ] {
      let archive = ArchiveBuilder.make(format, filter, [("a.pcap", .bytes(InputTests.capture))])
      let reading = try Reading([.stream("-", PiecewiseSource(archive, piece: piece))])
      #expect(reading.packets.count == 3)
      #expect(reading.sources[0].digest == sha256(archive))
    }
  }

  @Test func `a pipe is read`() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "pipe").path
    unsafe mkfifo(path, 0o600)
    let bytes = InputTests.capture
    let writer = Thread { try? Data(bytes).write(to: URL(filePath: path)) }
    writer.start()
    #expect(try Reading([.path(path)]).packets.count == 3)
  }

  @Test func `the same content is read once`() throws {
    let folder = try TemporaryFolder()
    let large = PcapBuilder.capture(at: Array(0..<3000), count: 100)
    var changed = large
    changed[changed.count - 1] ^= 1
    let first = try folder.write("1", large)
    let second = try folder.write("2", large)
    let third = try folder.write("3", changed)
    let tar = ArchiveBuilder.make(
      .tar, .gzip, [("x", .bytes(large)), ("y", .bytes(changed)), ("z", .bytes(InputTests.later))])
    let gzip = ArchiveBuilder.make(.raw, .gzip, [("data", .bytes(changed))])
    let reading = try Reading([
      .path(first), .path(second), .path(third), .path(first), .memory("tar", tar), .memory("gz", gzip),
    ])
    #expect(reading.packets.count == 6002)
    let skipped = reading.sources.filter(\.isSkipped)
    #expect(skipped.map(\.path) == [second, first, "tar!x", "tar!y", "gz!gz"].map { $0 == "gz!gz" ? "gz!data" : $0 })
    #expect(skipped[0].note == "the same content as \(first)")
    #expect(skipped.allSatisfy { $0.packetCount == 0 && $0.isComplete })
  }

  @Test func `known sources are skipped`() throws {
    let folder = try TemporaryFolder()
    let large = PcapBuilder.capture(at: Array(0..<3000), count: 100)
    let path = try folder.write("1", large)
    let tar = ArchiveBuilder.make(.tar, .gzip, [("x", .bytes(large)), ("z", .bytes(InputTests.later))])
    let gzip = ArchiveBuilder.make(.raw, .gzip, [("data", .bytes(large))])
    let head = sha256(Array(large.prefix(65_536)))
    let whole = sha256(large)
    let inputs: [CaptureInput] = [
      .path(path), .memory("tar", tar), .memory("gz", gzip), .stream("-", PiecewiseSource(large, piece: 5000)),
    ]
    let reading = try Reading(inputs, options: .init()) { probe in
      guard probe.headDigest == head else { return false }
      guard probe.byteCount == nil || probe.byteCount == UInt64(large.count) else { return false }
      return try probe.digest() == whole
    }
    #expect(reading.packets.count == 2)
    #expect(reading.sources.filter(\.isSkipped).map(\.path) == [path, "tar!x", "gz!data", "-"])
    #expect(reading.sources.filter(\.isSkipped).allSatisfy { $0.note == "known already" })
    // Nothing new is no error.
    let again = try Reading([.path(path)], options: .init()) { _ in true }
    #expect(again.packets.isEmpty && again.sources[0].isSkipped)
    // Known when asked, and not the same after all.
    let stream = try Reading([.stream("-", PiecewiseSource(large, piece: 5000))], options: .init()) { probe in
      try probe.digest() != whole
    }
    #expect(stream.packets.count == 3000)
  }

  @Test func `an injected hash gets every byte in order`() throws {
    final class Recorder: ContentHash {
      private let hash = SHA256()
      // Kept as a thread would keep it: what was given must not change.
      private var kept: [([UInt8], Range<Int>)] = []
      func update(_ chunk: [UInt8], _ range: Range<Int>) { kept.append((chunk, range)) }
      func finish() -> Digest {
        for (chunk, range) in kept { hash.update(chunk.span.extracting(range)) }
        return hash.finish()
      }
    }
    let large = PcapBuilder.capture(at: Array(0..<3000), count: 100)
    var options = CaptureOptions()
    options.chunkByteCount = 4096
    options.makeHash = { Recorder() }
    #expect(try Reading(large, options: options).sources[0].digest == sha256(large))
  }

  @Test func `progress ends at the total`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("1", InputTests.capture)
    let reading = try Reading([.path(path), .memory("2", InputTests.later)])
    #expect(reading.totalBytes == UInt64(InputTests.capture.count + InputTests.later.count))
    #expect(reading.bytesRead == reading.totalBytes)
  }
}
