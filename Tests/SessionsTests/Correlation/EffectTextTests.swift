import Model
import TestKit
import Testing

@testable import Sessions

@Suite struct EffectTextTests {
  @Test(arguments: [
    ("SELECT 1;", "SELECT 1"), ("  SELECT\n\t1 ; ", "SELECT 1"), ("SELECT 'a  b'", "SELECT 'a  b'"),
    ("SELECT 1 -- one\n", "SELECT 1"), ("/* a /* b */ c */ SELECT 1", "SELECT 1"),
    ("SELECT \"a  -- b\" FROM t", "SELECT \"a  -- b\" FROM t"),
    ("SELECT 'it''s -- no comment'", "SELECT 'it''s -- no comment'"),
    ("", ""), (";", ""), ("SELECT 'open", "SELECT 'open"), ("SELECT 1 /* open", "SELECT 1"),
  ])
  func `statements are compared without comments and blanks`(text: String, expected: String) {
    #expect(EffectText.sql(text) == expected)
  }

  @Test(arguments: [
    ("GET http://a:80/x", "GET http://a/x"), ("GET https://a:443/x#part", "GET https://a/x"),
    ("GET http://a:8080/x", "GET http://a:8080/x"),
  ])
  func `requests are compared without what their scheme says already`(text: String, expected: String) {
    #expect(EffectText.url(text) == expected)
  }

  @Test func `pieces match as a pattern with stars does`() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<20_000 {
      let text = String(
        (0..<Int.random(in: 0...8, using: &generator)).map { _ in "ab".randomElement(using: &generator) ?? "a" })
      let pieces = (0..<Int.random(in: 1...4, using: &generator)).map { _ -> ExpectedEffect.Piece in
        Bool.random(using: &generator)
          ? .anything
          : .literal(
            String(
              (0..<Int.random(in: 0...3, using: &generator)).map { _ in "ab".randomElement(using: &generator) ?? "a" }))
      }
      let found = EffectText.matches(pieces, text)
      #expect(found == Self.plainly(pieces[...], text[...]), "\(pieces) \(text)")
    }
  }

  private static func plainly(_ pieces: ArraySlice<ExpectedEffect.Piece>, _ text: Substring) -> Bool {
    guard let first = pieces.first else { return text.isEmpty }
    switch first {
    case .literal(let literal):
      return text.hasPrefix(literal) && plainly(pieces.dropFirst(), text.dropFirst(literal.count))
    case .anything: return (0...text.count).contains { plainly(pieces.dropFirst(), text.dropFirst($0)) }
    }
  }
}
