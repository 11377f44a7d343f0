import Model

/// Reads an authentication off the sizes of its packets.
///
/// The packets are sized from the negotiated cipher and MAC, not from constants, and what does not fit them is not
/// guessed at: a flight of an unexpected size makes the outcome unknown.
struct SSHLoginInference {
  enum Outcome: String {
    case succeeded
    case failed
    case unknown = "cannot tell"
  }

  private(set) var outcome = Outcome.unknown
  /// Answers that fit USERAUTH_FAILURE, that to `none` left out, which asks for the methods.
  private(set) var failedCount = 0
  /// Flights of the client until the outcome.
  private(set) var clientFlightCount = 0

  /// Nil where the sizes of packets are not known.
  init?(_ flights: [SSHObservation.Flight], _ algorithms: NegotiatedAlgorithms, hasLoss: Bool) {
    guard let client = PacketSizes(algorithms, .fromClient), let server = PacketSizes(algorithms, .fromServer),
      !hasLoss
    else { return nil }
    let dialogue = Self.turns(flights)
    // "ssh-userauth" in SERVICE_REQUEST and SERVICE_ACCEPT: 17 bytes of payload. The client's own EXT_INFO may stand
    // before the request, the server's before the accept (RFC 8308 §2.4).
    guard
      let accept = dialogue.firstIndex(where: {
        $0.from == .fromServer && $0.counts.last == server.byteCount(17)
      }), dialogue[..<accept].contains(where: { $0.from == .fromClient && $0.counts.last == client.byteCount(17) }),
      accept <= 4
    else { return }
    var failure: UInt64?
    var answers = 0
    var answersSinceFailure = 0
    for turn in dialogue[(accept + 1)...] {
      guard turn.from == .fromServer else {
        clientFlightCount += turn.counts.count
        continue
      }
      answers += 1
      guard answers <= SSHObservation.attemptLimit else { return }
      // A banner may stand before the answer, and host keys behind it.
      if turn.counts.prefix(2).contains(server.byteCount(1)) {
        outcome = .succeeded
        return
      }
      guard let answer = turn.counts.last else { return }
      // The first answer is to `none` and fits a list of methods, from "password" to a hundred characters; later ones of
      // other sizes are questions: USERAUTH_PK_OK, USERAUTH_INFO_REQUEST.
      if failure == nil, (server.byteCount(14)...server.byteCount(110)).contains(answer) {
        failure = answer
      } else if answer == failure {
        failedCount += 1
        answersSinceFailure = 0
      } else {
        answersSinceFailure += 1
      }
    }
    // The flow ended within the dialogue: refused, unless the client never tried. Behind the last refusal may stand a
    // SSH_MSG_DISCONNECT; where more is said, the success was among it, in one segment with what followed it.
    if failedCount > 0, answersSinceFailure <= 1 { outcome = .failed }
  }

  private struct Turn {
    var from: Direction
    var counts: [UInt64]
  }

  /// Flights in a row of one end.
  private static func turns(_ flights: [SSHObservation.Flight]) -> [Turn] {
    var out: [Turn] = []
    for flight in flights {
      if out.last?.from == flight.from {
        out[out.count - 1].counts.append(flight.count)
      } else {
        out.append(Turn(from: flight.from, counts: [flight.count]))
      }
    }
    return out
  }
}

/// How long a packet is on the wire by its payload.
struct PacketSizes {
  let suite: PacketSuite

  init?(_ algorithms: NegotiatedAlgorithms, _ from: Direction) {
    guard let name = algorithms.ciphers[from], let suite = PacketSuite(cipher: name, mac: algorithms.macs[from]),
      algorithms.compressions[from] != "zlib"
    else { return nil }
    self.suite = suite
  }

  /// With the least padding of at least 4 bytes (RFC 4253 §6), which is what all known implementations use.
  func byteCount(_ payload: Int) -> UInt64 {
    let isOutside = suite.cipher == .chacha || suite.hasClearLength && suite.cipher != .none
    let block = suite.blockCount
    let least = 1 + payload + 4 + (isOutside ? 0 : 4)
    let encrypted = max((least + block - 1) / block * block, block)
    return UInt64(encrypted + (isOutside ? 4 : 0) + suite.macCount)
  }
}
