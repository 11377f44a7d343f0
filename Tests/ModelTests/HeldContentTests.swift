import Bytes
import Model
import Testing

@Suite struct HeldContentTests {
  private static func bytes(_ count: Int, from first: Int = 0) -> [UInt8] {
    (first..<(first + count)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
  }

  @Test func `contents that are open together hold what all may hold, and the least of each`() {
    let held = HeldContent(byteCount: 1 << 20)
    var builders = (0..<1_000).map { _ in PayloadBuilder(layout: .bytes, held: held) }
    // In turns, as connections that are open at once.
    for turn in 0..<20 {
      let piece = Self.bytes(1_000, from: turn * 1_000)
      for index in builders.indices { builders[index].append(piece.span) }
    }
    let payloads = builders.indices.map { builders[$0].finish() }
    let kept = payloads.map(\.bytes.count)
    #expect(kept.reduce(0, +) <= (1 << 20) + 1_000 * HeldContent.least)
    #expect(kept.allSatisfy { $0 >= HeldContent.least })
    #expect(kept.reduce(0, +) > 1_000 * HeldContent.least + (1 << 19))
    #expect(held.shortenedCount == 1_000)
    let whole = Self.bytes(20_000)
    let digest = SHA256.digest(of: whole.span)
    for payload in payloads {
      #expect(payload.byteCount == 20_000 && payload.isCut && payload.digest == digest)
      #expect(payload.bytes == Array(whole.prefix(payload.bytes.count)))
    }
  }

  @Test func `what is over is given back`() {
    let held = HeldContent(byteCount: 1 << 20)
    for _ in 0..<100 {
      var builder = PayloadBuilder(layout: .bytes, held: held)
      builder.append(Self.bytes(100_000).span)
      #expect(!builder.finish().isCut)
      // One that nobody finishes.
      var dropped = PayloadBuilder(layout: .bytes, held: held)
      dropped.append(Self.bytes(100_000).span)
    }
    #expect(held.shortenedCount == 0)
  }

  @Test(arguments: [1, 7, 1_000, 4_096, 100_000])
  func `what is kept does not depend on the pieces`(_ stride: Int) {
    let whole = Self.bytes(100_000)
    func kept(_ stride: Int) -> Int {
      let held = HeldContent(byteCount: 256 << 10)
      var builder = PayloadBuilder(layout: .bytes, held: held)
      var index = 0
      while index < whole.count {
        let end = min(whole.count, index + stride)
        builder.append(whole.span.extracting(index..<end))
        index = end
      }
      return builder.finish().bytes.count
    }
    #expect(kept(stride) == kept(.max / 2))
    #expect(kept(stride) < 50_000)
  }

  @Test func `a row that is too long takes nothing from the others, and rows stay whole`() {
    let held = HeldContent(byteCount: 64 << 10)
    var rows = PayloadBuilder(layout: .rows, limit: 10_000, held: held)
    rows.append(Self.bytes(3_000).span)
    rows.append(Self.bytes(20_000).span)
    var other = PayloadBuilder(layout: .rows, limit: 1 << 20, held: held)
    for _ in 0..<50 { other.append(Self.bytes(3_000).span) }
    #expect(rows.finish().bytes.count == 3_000)
    let payload = other.finish()
    #expect(payload.bytes.count % 3_000 == 0 && payload.isCut && payload.bytes.count > HeldContent.least)
  }
}
