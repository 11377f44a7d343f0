import Bytes

/// Says whether texts that were seen are one expected effect; made once, in time linear in effect and text.
public struct EffectMatcher: Sendable {
  /// A pattern that knows less than this of a text would be everything's.
  private static let literalMinimum = 4

  private let effect: ExpectedEffect
  private let hasHoles: Bool
  private let normalised: [UInt8]
  private let pattern: TextPattern

  public init(_ effect: ExpectedEffect) {
    self.effect = effect
    hasHoles = effect.pieces.contains(.anything)
    var expected: [UInt8] = []
    if effect.text.utf8.count <= SeenText.limit {
      for piece in effect.pieces {
        switch piece {
        case .literal(let text): expected += Array(text.utf8)
        case .anything: expected.append(TextPattern.wildcard)
        }
      }
    }
    normalised = EffectNormalisation.of(expected, effect.kind)
    pattern = TextPattern(normalised)
  }

  /// What is known of the text, piece by piece, as texts that were seen are normalised.
  public var literals: [ArraySlice<UInt8>] { normalised.split(separator: TextPattern.wildcard) }

  /// How a text that was seen is the effect. A connection has no text to be matched.
  public func match(_ seen: SeenText) -> ExpectedEffect.Match {
    guard effect.kind == seen.kind, effect.kind != .connection else { return .none }
    if !hasHoles, seen.text == effect.text { return .exact }
    guard let text = seen.normalised, effect.text.utf8.count <= SeenText.limit else { return .none }
    if hasHoles { return pattern.literalByteCount >= Self.literalMinimum && pattern.matches(text) ? .pattern : .none }
    if text == normalised { return .normalised }
    // What was seen is shown without its secrets.
    guard seen.text.contains(Redaction.mark) else { return .none }
    return TextPattern(Self.opened(text)).matches(normalised) ? .pattern : .none
  }

  /// With a wildcard for each secret.
  private static func opened(_ text: [UInt8]) -> [UInt8] {
    let mark = Array(Redaction.mark.utf8)
    var out: [UInt8] = []
    var index = 0
    while index < text.count {
      if text[index] == mark[0], text[index...].starts(with: mark) {
        out.append(TextPattern.wildcard)
        index += mark.count
      } else {
        out.append(text[index])
        index += 1
      }
    }
    return out
  }
}

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

  /// No part of it is unknown.
  public var isLiteral: Bool { !pieces.contains(.anything) }

  /// How much of the text is known, in bytes: a pattern of little says little.
  public var literalByteCount: Int {
    pieces.reduce(0) { if case .literal(let text) = $1 { $0 + text.utf8.count } else { $0 } }
  }

  /// How one text is this effect; for many, make an `EffectMatcher`.
  public func matches(_ text: String) -> Match { EffectMatcher(self).match(SeenText(text, kind)) }
}
