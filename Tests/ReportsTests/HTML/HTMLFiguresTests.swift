import Model
import Testing

@testable import Reports

struct HTMLFiguresTests {
  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (-12_345, "−12,345"), (Int.max, "9,223,372,036,854,775,807"),
  ])
  func `counts have their thousands apart`(_ number: Int, _ text: String) {
    #expect(Figures.count(number) == text)
  }

  @Test(arguments: [
    (UInt64(1), "1 byte"), (1448, "1,448 bytes"), (9999, "9,999 bytes"), (10_000, "10 kB"), (1_247_104, "1.2 MB"),
    (512_000_000, "512 MB"), (4_100_000_000, "4.1 GB"), (.max, "18,446 PB"),
  ])
  func `sizes are short`(_ bytes: UInt64, _ text: String) {
    #expect(Figures.bytes(bytes) == text)
  }

  @Test(arguments: [
    (Int64(0), "0 s"), (900, "900 ns"), (35_000, "35 µs"), (1_250_000, "1.2 ms"), (412_000_000, "412 ms"),
    (34_000_000_000, "34 s"), (72_000_000_000, "1 min 12 s"), (7_500_000_000_000, "2 h 5 min"),
    (360_000_000_000_000, "4 d 4 h"), (.min, "106751 d 23 h"),
  ])
  func `spans are human`(_ nanoseconds: Int64, _ text: String) {
    #expect(Figures.span(nanoseconds: nanoseconds) == text)
  }

  @Test
  func `an excerpt is never cut inside a character`() {
    let text = "aé日🙂z"
    for limit in 0...(text.utf8.count + 1) {
      let excerpt = Excerpt(text, limit: limit)
      #expect(text.hasPrefix(excerpt.text) && excerpt.text.utf8.count <= limit)
      #expect(excerpt.isCut == (limit < text.utf8.count))
    }
  }
}
