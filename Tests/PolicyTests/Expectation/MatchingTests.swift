import Model
import Testing

@testable import Policy

@Suite struct MatchingTests {
  private func effect(_ kind: ExpectedEffect.Kind, _ text: String) -> ExpectedEffect {
    ExpectedEffect(kind, EffectText.pieces(of: text.replacing("…", with: EffectText.hole)), evidence: .argument)
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
