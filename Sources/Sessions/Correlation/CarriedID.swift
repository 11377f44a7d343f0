import Model

/// An id of an agent's that may be carried on the wire.
public struct CarriedID: Sendable, Hashable {
  /// What the id names.
  public enum Scope: Int, Sendable, Hashable, Comparable {
    case conversation, turn, call

    public static func < (left: Scope, right: Scope) -> Bool { left.rawValue < right.rawValue }
  }

  public var scope: Scope
  public var text: String

  public init(_ scope: Scope, _ text: String) {
    self.scope = scope
    self.text = text
  }

  /// Shorter ones, such as `1`, name nothing on the wire.
  public static let shortest = 12
  private static let longest = 128

  /// What may be ids in a text: words of some length, and the two parts of a trace context (W3C Trace Context, 3.2).
  static func all(in text: String) -> [String] {
    var found: [String] = []
    for word in PromptContext.words(in: text) where word.count >= shortest && word.count <= longest {
      found.append(String(decoding: word, as: UTF8.self))
      let parts = word.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
      if parts.map(\.count) == [2, 32, 16, 2] {
        found += [String(decoding: parts[1], as: UTF8.self), String(decoding: parts[2], as: UTF8.self)]
      }
    }
    return found
  }
}
