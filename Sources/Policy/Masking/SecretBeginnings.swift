/// How a scan for secrets passes over text: with what bytes that begins which has to be looked at.
struct SecretBeginnings: Sendable {
  /// What a byte may be the first of.
  enum Role: UInt8, Sendable {
    case none
    /// A mark before or behind which secrets stand.
    case mark
    /// The first letter of tokens and schemes.
    case initial
  }

  /// Of each byte.
  private(set) var roles = [Role](repeating: .none, count: 256)
  /// The first and second bytes of tokens and schemes, marks with whatever follows, and the beginning of a line of dashes.
  private(set) var firsts = BytePairs()
  /// The second and third bytes of tokens and schemes.
  private(set) var seconds = BytePairs()

  /// `tokens` are the beginnings of tokens, each of three bytes at least.
  init(tokens: [[UInt8]]) {
    for token in tokens { add(token) }
    // Schemes of authentication, in capitals or not.
    for scheme in ["bea", "bas"] {
      for capitals in 0..<8 {
        add(scheme.utf8.enumerated().map { place, byte in capitals >> place & 1 == 1 ? byte & 0xDF : byte })
      }
    }
    for mark in "=:>'".utf8 {
      roles[Int(mark)] = .mark
      for next in UInt8.min...UInt8.max { firsts.insert(mark, next) }
    }
    let dash = UInt8(ascii: "-")
    roles[Int(dash)] = .mark
    firsts.insert(dash, dash)
  }

  private mutating func add(_ token: [UInt8]) {
    precondition(token.count > 2, "a token is told by its first three bytes")
    roles[Int(token[0])] = .initial
    firsts.insert(token[0], token[1])
    seconds.insert(token[1], token[2])
  }
}
