import Foundation
import TestKit
import Testing

@testable import Sessions

@Suite struct EchoSearchTests {
  @Test(arguments: [
    ("UPDATE 1", "BEGIN\nUPDATE 12\nCOMMIT", true), ("UPDATE 1", "UPDATE 2", false), ("UPDATE 1", "UPDATE", false),
    ("(1 row)", " n \n---\n 7\n(1 row)\r\n", true), ("aaab", "aaaaab", true),
    // A letter with an accent is another letter.
    ("cafe", "the cafe\u{301} is closed", false), ("cafe", "the cafe\u{301}, the cafe", true),
    ("cafe", "cafe…", true), ("relation “x”", "ERROR: relation “x” does not exist", true),
  ])
  func `an echo is found where it stands`(echo: String, result: String, isHeld: Bool) {
    var search = EchoSearch()
    #expect(search.holds(echo, in: result, of: 1) == isHeld)
    #expect(search.holds(echo, in: result, of: 1) == isHeld, "what is remembered is the same")
  }

  @Test(arguments: 1...10)
  func `it is found where the library finds it`(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    func text(_ count: Int) -> String {
      String((0..<count).map { _ in "ab \n…".randomElement(using: &generator) ?? "a" })
    }
    var search = EchoSearch()
    for call in 0..<200 {
      let (echo, result) = (text(1 + call % 5), text(call))
      #expect(search.holds(echo, in: result, of: Int32(call)) == result.contains(echo), "seed \(seed): \(echo)")
    }
  }
}
