import Testing

@testable import Policy

@Suite struct KeyCatalogTests {
  /// Put together here, so that no scanner of sources takes them for keys.
  private static func key(_ shape: KeyShape) -> String {
    var dice = Dice(seed: 7)
    let letters: [Character] =
      switch shape.alphabet {
      case .hex: Array("0123456789abcdef")
      case .upper: Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
      default: Array("0123456789ABCDEFGHIJabcdefghijklmnopqrstuvwxyz")
      }
    var rest = String((0..<shape.rest.lowerBound).map { _ in letters[dice.next(letters.count)] })
    if case .contains(let text) = shape.check {
      rest = String(rest.prefix(22)) + "\(text)" + String(rest.dropFirst(22 + text.utf8CodeUnitCount))
    }
    return String(decoding: shape.beginning, as: UTF8.self) + rest
  }

  @Test(arguments: KeyCatalog.shapes.indices)
  func `a key of each shape is found`(_ index: Int) {
    let shape = KeyCatalog.shapes[index]
    if case .checksum = shape.check { return }
    let key = Self.key(shape)
    for (before, after) in [("", ""), ("key: ", "\n"), ("\"", "\""), ("X=", " y"), ("\\n", "\\n")] {
      #expect(detected(before + key + after) == ["\(shape.kind.rawValue) \(key)"], "\(before)…\(after)")
    }
    #expect(!detected("x" + key).contains("\(shape.kind.rawValue) \(key)"))
  }

  @Test func `the checksum of a token is asked for`() {
    // The random part and its checksum that the author of base62-token gives as an example; long revoked.
    let rest = "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17"
    for beginning in ["gh" + "p_", "gh" + "o_", "np" + "m_"] {
      let kind = beginning.hasPrefix("n") ? "npm-token" : "github-token"
      #expect(detected("token \(beginning)\(rest)") == ["\(kind) \(beginning)\(rest)"])
      #expect(detected("token \(beginning)\(rest.dropLast())8").isEmpty)
    }
  }

  @Test func `keys that have no beginning are told by what is within, or by their name`() {
    let secret = "abC" + "8Q" + "~" + "0123456789abcdefABCDEFghijklmnop-_"
    #expect(detected("secret: \(secret)") == ["azure-client-secret \(secret)"])
    let hook = "hooks.slack.com/services/T0" + "1234567/B01234567/" + "0123456789abcdefGHIJKLMN"
    #expect(detected("https://\(hook)") == ["slack-webhook \(hook)"])
    let aws = "wJalrXUtn9EMI/K7MDENG/bPxRfiCYzz7zz0Qw" + "Vb"
    #expect(detected("aws_secret_access_key = \(aws)") == ["aws-secret-access-key \(aws)"])
  }

  @Test func `what shows a key only is left`() {
    #expect(detected("gh" + "p_" + String(repeating: "x", count: 36)).isEmpty)
    #expect(detected("AKIA, sk-learn, key-value, SKU 12, hf_hub, glpat-x").isEmpty)
  }
}
