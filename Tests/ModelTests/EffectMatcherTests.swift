import Model
import TestKit
import Testing

@Suite struct EffectMatcherTests {
  /// `…` stands for what is not known.
  private func effect(_ kind: ExpectedEffect.Kind, _ text: String) -> ExpectedEffect {
    var pieces: [ExpectedEffect.Piece] = []
    for (index, part) in text.split(separator: "…", omittingEmptySubsequences: false).enumerated() {
      if index > 0 { pieces.append(.anything) }
      if !part.isEmpty { pieces.append(.literal(String(part))) }
    }
    return ExpectedEffect(kind, pieces, evidence: .argument)
  }

  @Test func `texts of any length are told apart to their ends`() {
    let long = "SELECT '" + String(repeating: "x", count: 200_000)
    #expect(effect(.sql, long + "1'").matches(long + "1' ;") == .normalised)
    #expect(effect(.sql, long + "1'").matches(long + "2'") == .none)
    #expect(SeenText(long + "1'", .sql).key == SeenText(long + "1';", .sql).key)
    #expect(SeenText(long + "1'", .sql).key != SeenText(long + "2'", .sql).key)
    let longer = String(repeating: "y", count: SeenText.limit + 1)
    #expect(SeenText(longer + "1", .sql).key != SeenText(longer + "2", .sql).key)
    #expect(effect(.sql, longer).matches(longer) == .exact)
    #expect(effect(.sql, longer).matches(longer + " ") == .none)
  }

  @Test func `keys are equal just for texts that match`() {
    let texts = [
      "SELECT 1", "select 1", " SELECT  1;", "SELECT 1 -- x", "SELECT '1'", "SELECT ' 1'", "SELECT 1;;", "SELECT/**/1",
    ]
    for one in texts {
      for other in texts {
        let isSame = effect(.sql, one).matches(other) != .none
        #expect((SeenText(one, .sql).key == SeenText(other, .sql).key) == isSame, "\(one) \(other)")
      }
    }
    #expect(SeenText("x", .sql).key != SeenText("x", .command).key)
  }

  @Test func `pieces match as a pattern with stars does`() {
    var generator = SeededGenerator(seed: 3)
    func word(_ count: Int) -> String { String((0..<count).map { _ in "ab".randomElement(using: &generator) ?? "a" }) }
    for _ in 0..<20_000 {
      let pieces = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        Bool.random(using: &generator) ? "…" : word(Int.random(in: 0...3, using: &generator))
      }
      // Enough of it is known, so that the pattern counts.
      let pattern = "xxxx" + pieces.joined()
      let text = "xxxx" + word(Int.random(in: 0...8, using: &generator))
      let isMatch = effect(.command, pattern).matches(text) != .none
      #expect(isMatch == Self.plainly(Array(pattern)[...], Array(text)[...]), "\(pattern) \(text)")
    }
  }

  private static func plainly(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "…" {
      return (0...text.count).contains { plainly(pattern.dropFirst(), text.dropFirst($0)) }
    }
    return text.first == first && plainly(pattern.dropFirst(), text.dropFirst())
  }

  @Test func `statements match but for blanks, comments and the semicolon`() {
    let select = effect(.sql, "select  a\n  from t -- why\n where b = 'x  y';")
    #expect(select.matches("select  a\n  from t -- why\n where b = 'x  y';") == .exact)
    #expect(select.matches("select a from t where b = 'x  y'") == .normalised)
    #expect(select.matches("select a from t /* a /* b */ */ where b = 'x  y' ; ") == .normalised)
    #expect(select.matches("select a from t where b = 'x y'") == .none)
    #expect(select.matches("delete from t") == .none)
    let dollars = effect(.sql, "do $x$ begin  -- kept\n end $x$")
    #expect(dollars.matches("do  $x$ begin  -- kept\n end $x$;") == .normalised)
    #expect(dollars.matches("do $x$ begin end $x$") == .none)
  }

  @Test func `wildcards stand for anything, none for all`() {
    let pattern = effect(.sql, "select * from … where id = …")
    #expect(pattern.matches("select * from users where id = 5") == .pattern)
    #expect(pattern.matches("select *  from a, b where id = 1 or 2") == .pattern)
    #expect(pattern.matches("select * from users") == .none)
    #expect(effect(.sql, "…").matches("select 1") == .none)
    #expect(effect(.sql, "… ;").matches("select 1") == .none)
    #expect(effect(.sql, "ab…ba").matches("aba") == .none)
    #expect(effect(.command, "tail …log…gz").matches("tail x.log y.log.gz") == .pattern)
  }

  @Test func `secrets that are redacted match what stood there`() {
    let role = effect(.sql, "alter role app password 'hunter2' valid until 'x'")
    #expect(role.matches("alter role app password [redacted] valid until 'x'") == .pattern)
    #expect(role.matches("alter role dba password [redacted] valid until 'x'") == .none)
    #expect(effect(.http, "GET http://h/x?token=abc").matches("GET http://h/x?token=[redacted]") == .pattern)
  }

  @Test func `addresses match however they are written`() {
    let get = effect(.http, "get HTTP://User@Example.COM:80?a=%2f#top")
    #expect(get.matches("GET http://example.com/?a=%2F") == .normalised)
    #expect(effect(.http, "GET https://h:443/").matches("GET https://h") == .normalised)
    #expect(effect(.http, "GET http://h/a").matches("POST http://h/a") == .none)
    #expect(effect(.http, "GET http://h/A").matches("GET http://h/a") == .none)
    #expect(effect(.http, "GET …/users/…").matches("GET http://h:8000/users/5") == .pattern)
  }

  @Test func `repositories match with and without their references`() {
    let push = effect(.repository, "push git.internal/shop.git")
    #expect(push.matches("git push git.internal/shop.git main") == .normalised)
    #expect(push.matches("git push git.internal/shop") == .normalised)
    #expect(push.matches("git push git.internal/other.git main") == .none)
    #expect(push.matches("git push 10.0.0.7:2222/shop.git refs/heads/main") == .normalised)
    #expect(effect(.repository, "fetch …").matches("git ls-refs git.internal/shop.git") == .pattern)
    #expect(effect(.repository, "fetch …").matches("git push git.internal/shop.git") == .none)
  }

  @Test func `hostile patterns and texts take time linear in both`() {
    let piece = String(repeating: "a", count: 500)
    let pattern = effect(.sql, Array(repeating: piece + "b", count: 200).joined(separator: "…"))
    #expect(pattern.matches(String(repeating: "a", count: 400_000)) == .none)
    let quotes = effect(.sql, String(repeating: "'$a$", count: 20_000) + "…")
    #expect(quotes.matches(String(repeating: "$a$b$", count: 20_000)) == .none)
  }

  @Test func `a match says the same of what it is made of, for random texts`() {
    var random = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0...UInt64.max, using: &random)
    var state = seed
    func next(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(count))
    }
    let strange = ["a", "b", " ", "  ", "'", "\n", "--", "$", ";", "/", "?", "ab", "é", "/*", "\"", "E'"]
    let plain = ["a", "b", " ", "  ", "\n", "ab", "é", "bab"]
    for _ in 0..<3_000 {
      var literal = "select "
      for _ in 0..<next(12) { literal += strange[next(strange.count)] }
      #expect(effect(.sql, literal).matches(literal) == .exact, "seed \(seed)")
      literal = "select "
      var open = "select "
      for _ in 0..<next(12) {
        let word = plain[next(plain.count)]
        literal += word
        open += next(3) == 0 && !word.contains(where: \.isWhitespace) ? "…" : word
      }
      // Blanks at the end are no part of a statement.
      #expect(effect(.sql, open + "z").matches(literal + "z") != .none, "seed \(seed): \(open) \(literal)")
    }
  }
}
