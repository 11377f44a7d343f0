import Model

/// One key exchange, while its messages come in.
struct SSHExchange {
  /// Messages kept of a direction; a method has three.
  static let messageLimit = 8

  enum Outcome {
    case pending
    case resolved
    /// No keys come of it, and why.
    case failed(String)
  }

  var offers = PerDirection<KeyExchangeInit?>(nil, nil)
  var messages = PerDirection<[[UInt8]]>([], [])
  var outcome = Outcome.pending
  /// Which exchange of the connection it is, from 1.
  var number = 1
  /// Nothing of it is kept any more once both have sent NEWKEYS.
  var toldAlgorithms = false

  init(number: Int) { self.number = number }

  var algorithms: NegotiatedAlgorithms? {
    guard let client = offers.fromClient, let server = offers.fromServer else { return nil }
    return NegotiatedAlgorithms(client: client, server: server)
  }

  mutating func add(_ message: [UInt8], from: Direction) {
    if messages[from].count < Self.messageLimit { messages[from].append(message) }
  }

  /// A direction's messages without the one that was sent on a wrong guess (RFC 4253 §7.1).
  func messages(_ from: Direction, isGuessWrong: Bool) -> [[UInt8]] {
    guard isGuessWrong, offers[from]?.isGuessing == true else { return messages[from] }
    return Array(messages[from].dropFirst())
  }
}

/// Keys that wait for a direction's NEWKEYS.
struct ReadyKeys {
  var cipher: PacketCipher
  var compression: SSHSide.Compression
  var isStrict: Bool
}
