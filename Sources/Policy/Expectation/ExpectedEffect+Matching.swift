public import Model

extension ExpectedEffect {
  /// How a text that was seen is what was expected; the first is the strongest.
  public enum Match: String, Sendable, Hashable, CaseIterable {
    /// The same bytes.
    case exact
    /// The same but for what does not matter: blanks and comments of SQL, the spelling of a URL.
    case normalised
    /// What is known of it is the same: wildcards stand for the rest, or secrets are redacted.
    case pattern
    case none
  }

  /// Longer texts are compared byte by byte only.
  public static let matchLimit = 1 << 20

  /// How much of the text is known, in bytes: a pattern of little says little.
  public var literalByteCount: Int {
    pieces.reduce(0) { if case .literal(let text) = $1 { $0 + text.utf8.count } else { $0 } }
  }

  /// Whether a text that was seen, such as an action's, is this effect; in time linear in both.
  ///
  /// A connection has no text to be matched.
  public func matches(_ text: String) -> Match {
    guard kind != .connection else { return .none }
    let hasHoles = pieces.contains(.anything)
    if !hasHoles, text == self.text { return .exact }
    guard text.utf8.count <= Self.matchLimit, self.text.utf8.count <= Self.matchLimit else { return .none }
    var expected: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .literal(let text): expected += Array(text.utf8)
      case .anything: expected.append(EffectPattern.wildcard)
      }
    }
    let seen = Self.normalise(Array(text.utf8), kind)
    expected = Self.normalise(expected, kind)
    if !hasHoles, seen == expected { return .normalised }
    let pattern = EffectPattern(expected)
    if hasHoles, pattern.literalByteCount >= Self.literalMinimum, pattern.matches(seen) { return .pattern }
    if kind == .repository, let short = Self.withoutReferences(seen),
      hasHoles ? pattern.matches(short) : short == expected
    {
      return hasHoles ? .pattern : .normalised
    }
    // What was seen is shown without its secrets.
    guard !hasHoles, text.contains(SecretMask.replacement) else { return .none }
    return Self.redacted(seen).matches(expected) ? .pattern : .none
  }

  /// A pattern that knows less than this of a text would be everything's.
  private static let literalMinimum = 4

  private static func redacted(_ text: [UInt8]) -> EffectPattern {
    let mark = Array(SecretMask.replacement.utf8)
    var out: [UInt8] = []
    var index = 0
    while index < text.count {
      if text[index] == mark[0], text[index...].starts(with: mark) {
        out.append(EffectPattern.wildcard)
        index += mark.count
      } else {
        out.append(text[index])
        index += 1
      }
    }
    return EffectPattern(out)
  }

  private static func normalise(_ text: [UInt8], _ kind: Kind) -> [UInt8] {
    switch kind {
    case .sql: EffectNormalisation.sql(text)
    case .http: EffectNormalisation.request(text)
    case .command, .connection: EffectNormalisation.blanks(text)
    case .file: EffectNormalisation.blanks(text)
    case .repository: EffectNormalisation.repository(text)
    }
  }

  /// `push host/path`, of `push host/path main`.
  private static func withoutReferences(_ text: [UInt8]) -> [UInt8]? {
    guard let first = text.firstIndex(of: 0x20), let second = text[(first + 1)...].firstIndex(of: 0x20) else {
      return nil
    }
    return EffectNormalisation.repository(Array(text[..<second]))
  }
}
