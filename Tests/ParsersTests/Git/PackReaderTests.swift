import Bytes
import Model
import Testing

@testable import Parsers

@Suite struct PackReaderTests {
  private func read(
    _ bytes: [UInt8], stride: Int = .max, source: (any ObjectSource)? = nil
  ) -> PackReader {
    var reader = PackReader(format: .sha1, source: source)
    var index = 0
    while index < bytes.count {
      let end = min(bytes.count, index + min(stride, bytes.count - index))
      reader.receive(bytes.span.extracting(index..<end))
      index = end
    }
    reader.finish()
    return reader
  }

  private let text = Array("hello\n".utf8)
  // `printf 'hello\n' | git hash-object --stdin`
  private let textID = "ce013625030ba8dba906f756967f9e9ca394464a"

  @Test func `a blob has the id that git gives it`() {
    var pack = PackBuilder(count: 1)
    pack.add(.blob, text)
    for stride in [1, 7, .max] {
      let reader = read(pack.finish(), stride: stride)
      #expect(reader.problem == nil)
      #expect(reader.facts.isIntact == true)
      #expect(reader.facts.blobCount == 1)
      #expect(ObjectID(hex: textID).flatMap { reader.objects.content($0)?.bytes } == text)
    }
  }

  @Test func `deltas are rebuilt by place, by name, and before their base`() throws {
    let base = try #require(ObjectID(hex: textID))
    var pack = PackBuilder(count: 4)
    pack.add(delta: PackBuilder.append(Array("early\n".utf8), kept: 6, baseCount: 6), on: base)
    pack.add(.blob, text)
    pack.add(delta: PackBuilder.append(Array("place\n".utf8), kept: 6, baseCount: 6), onEntry: 1)
    pack.add(delta: PackBuilder.insert(Array("name\n".utf8), baseCount: 12), onEntry: 2)
    let reader = read(pack.finish())
    #expect(reader.problem == nil)
    #expect(reader.facts.blobCount == 4)
    #expect(reader.facts.missingBaseCount == 0)
    #expect(reader.facts.unresolvedCount == 0)
    let hasher = ObjectHasher(.sha1)
    for expected in ["hello\nearly\n", "hello\nplace\n", "name\n"] {
      let bytes = Array(expected.utf8)
      let found = hasher.id(.blob, bytes.span)
      let id = try #require(found)
      #expect(reader.objects.content(id)?.bytes == bytes)
    }
  }

  private struct OneObject: ObjectSource {
    var id: String
    var bytes: [UInt8]
    func object(_ id: String) -> RepositoryObject? { id == self.id ? RepositoryObject(.blob, bytes) : nil }
  }

  @Test func `a base that is elsewhere is counted, and taken from a local clone`() throws {
    let base = try #require(ObjectID(hex: textID))
    var pack = PackBuilder(count: 1)
    pack.add(delta: PackBuilder.append(Array("thin\n".utf8), kept: 6, baseCount: 6), on: base)
    let alone = read(pack.finish())
    #expect(alone.facts.missingBaseCount == 1)
    #expect(alone.facts.unresolvedCount == 1)
    #expect(alone.facts.isIntact == true)
    let helped = read(pack.finish(), source: OneObject(id: textID, bytes: text))
    #expect(helped.facts.missingBaseCount == 1)
    #expect(helped.facts.unresolvedCount == 0)
    #expect(helped.facts.blobCount == 1)
    // An object that is not what it is called is none.
    let misled = read(pack.finish(), source: OneObject(id: textID, bytes: Array("other\n".utf8)))
    #expect(misled.facts.unresolvedCount == 1)
  }

  @Test func `a chain of ten thousand deltas waits for its base and is rebuilt without recursion`() throws {
    let base = try #require(ObjectID(hex: textID))
    let count = 10_000
    var pack = PackBuilder(count: count + 1)
    pack.add(delta: PackBuilder.append([0x2e], kept: 6, baseCount: 6), on: base)
    for index in 1..<count {
      pack.add(delta: PackBuilder.append([0x2e], kept: 6 + index, baseCount: 6 + index), onEntry: index - 1)
    }
    pack.add(.blob, text)
    let reader = read(pack.finish())
    #expect(reader.facts.unresolvedCount == 0)
    #expect(reader.facts.blobCount == count + 1)
  }

  @Test func `damage is told, and stops the reading`() {
    var pack = PackBuilder(count: 1)
    pack.add(.blob, text)
    let whole = pack.finish()
    var changed = whole
    changed[changed.count - 1] ^= 1
    #expect(read(changed).facts.isIntact == false)
    #expect(read(changed).problem?.hasPrefix("its checksum") == true)
    #expect(read(whole + [0]).problem == "bytes follow its checksum")
    #expect(read(Array(whole.dropLast(3))).problem == "its end is missing")
    #expect(read(Array(whole.dropLast(3))).facts.isIntact == nil)
    #expect(read(Array("PACX".utf8) + whole.dropFirst(4)).problem?.hasPrefix("it does not begin") == true)
    var longer = PackBuilder(count: 1)
    longer.add(.blob, text, declared: 5)
    #expect(read(longer.finish()).problem?.contains("inflated to the size") == true)
    var shorter = PackBuilder(count: 1)
    shorter.add(.blob, text, declared: 7)
    #expect(read(shorter.finish()).problem?.contains("shorter") == true)
  }

  @Test func `deltas that reach outside are counted and cost nothing else`() {
    var pack = PackBuilder(count: 3)
    pack.add(.blob, text)
    pack.add(delta: PackBuilder.append([], kept: 7, baseCount: 6), onEntry: 0)
    pack.add(.blob, Array("after\n".utf8))
    let reader = read(pack.finish())
    #expect(reader.facts.isIntact == true)
    #expect(reader.facts.blobCount == 3)
    #expect(reader.facts.unresolvedCount == 1)
    #expect(reader.problem == "1 deltas contradict themselves")
  }

  @Test func `a large blob is named and not kept`() {
    let large = [UInt8](repeating: 0x61, count: GitLimits.blobLength + 1)
    var pack = PackBuilder(count: 2)
    pack.add(.blob, large)
    pack.add(delta: PackBuilder.append([0x62], kept: 5, baseCount: large.count), onEntry: 0)
    let reader = read(pack.finish())
    #expect(reader.facts.isIntact == true)
    #expect(reader.facts.blobCount == 2)
    #expect(reader.facts.unkeptCount == 1)
    #expect(reader.facts.unresolvedCount == 1)
  }

  @Test func `blobs that were not used for long give way`() throws {
    var cache = BlobCache()
    let ids = try (0..<40).map { try #require(ObjectID(hex: String(repeating: "0", count: 38) + "\(10 + $0)")) }
    for (index, id) in ids.enumerated() {
      let isKept = cache.insert(id, [UInt8](repeating: UInt8(index), count: 2 << 20))
      #expect(isKept)
      _ = cache.use(ids[min(index, 16)])
    }
    // The first 32 MiB stay; of the others those that were used last.
    #expect(cache.evictedCount == 8)
    #expect(ids[...16].allSatisfy { cache.contains($0) })
    #expect(ids[17..<25].allSatisfy { !cache.contains($0) })
    #expect(ids[25...].allSatisfy { cache.content($0)?.count == 2 << 20 })
    let isKept = cache.insert(ids[20], [UInt8](repeating: 0, count: GitLimits.blobLength + 1))
    #expect(!isKept)
  }

  @Test func `a gap leaves the rest unread`() {
    var pack = PackBuilder(count: 1)
    pack.add(.blob, text)
    let bytes = pack.finish()
    var reader = PackReader(format: .sha1)
    reader.receive(bytes.span.extracting(first: 13))
    reader.skip(3)
    reader.receive(bytes.span.extracting(16..<bytes.count))
    reader.finish()
    #expect(reader.facts.isIntact == nil)
    #expect(reader.facts.byteCount == UInt64(bytes.count))
    #expect(reader.problem == "3 bytes of it were not captured")
  }
}
