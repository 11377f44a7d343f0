import Bytes
import Model

extension SSHDecryptor {
  /// A message of a key exchange.
  mutating func take(
    _ message: [UInt8], _ side: inout SSHSide, _ from: Direction, _ position: StreamPosition,
    _ events: inout [DecryptionEvent]
  ) {
    switch message.first {
    case SSHMessageNumber.keyExchangeInit: begin(message, from, position, &events)
    case SSHMessageNumber.newKeys:
      side.state = .waiting
      _ = changeKeys(&side, from, &events)
    default:
      exchange.add(message, from: from)
      resolve(position, &events)
    }
  }

  private mutating func begin(
    _ message: [UInt8], _ from: Direction, _ position: StreamPosition, _ events: inout [DecryptionEvent]
  ) {
    if exchange.offers[from] != nil { exchange = SSHExchange(number: exchange.number + 1) }
    do throws(DecodeError) {
      exchange.offers[from] = try KeyExchangeInit(parsing: message)
    } catch {
      exchange.outcome = .failed("an offer of the key exchange is malformed")
      events.append(.anomaly(anomaly("ssh-kexinit-malformed", "a KEXINIT message ends early: \(error)", position)))
      return
    }
    if exchange.number == 1, let offer = exchange.offers[from] {
      tell([from == .fromClient ? "ssh.hassh" : "ssh.hassh-server": offer.hassh(from)], &events)
    }
    if exchange.number == 1, let algorithms = exchange.algorithms {
      isStrict = algorithms.isStrict
      tell(algorithms, &events)
    }
    resolve(position, &events)
  }

  /// Makes keys of the exchange as soon as all of it is there.
  private mutating func resolve(_ position: StreamPosition, _ events: inout [DecryptionEvent]) {
    guard case .pending = exchange.outcome, let algorithms = exchange.algorithms,
      let clientOffer = exchange.offers.fromClient, let serverOffer = exchange.offers.fromServer
    else { return }
    guard let name = algorithms.keyExchange, let method = KeyExchangeMethod(name) else {
      // So a gateway writes down what it had deciphered: nothing was exchanged, and nothing is encrypted.
      if algorithms.keyExchange == "none" { return passThrough(algorithms) }
      if exchange.messages.fromClient.isEmpty, exchange.messages.fromServer.isEmpty { return }
      exchange.outcome = .failed(
        algorithms.keyExchange.map { "key exchange \($0) is not supported" } ?? "the ends share no key exchange")
      return
    }
    let transcript: ExchangeTranscript
    do throws(DecodeError) {
      guard
        let whole = try ExchangeTranscript(
          method, client: exchange.messages(.fromClient, isGuessWrong: algorithms.isGuessWrong),
          server: exchange.messages(.fromServer, isGuessWrong: algorithms.isGuessWrong))
      else { return }
      transcript = whole
    } catch {
      exchange.outcome = .failed("a message of the key exchange is malformed")
      events.append(.anomaly(anomaly("ssh-kex-malformed", "a key exchange message ends early: \(error)", position)))
      return
    }
    let hostKey = try? HostKey(parsing: transcript.hostKey)
    if let hostKey {
      tell(hostKey.parameters, &events)
    } else {
      events.append(.anomaly(anomaly("ssh-host-key-malformed", "the host key cannot be read", position)))
      // Its digest holds, whatever is in it.
      var parameters = ["ssh.host-key": HostKey.fingerprint(transcript.hostKey)]
      var reader = ByteReader(transcript.hostKey.span)
      parameters["ssh.host-key-type"] = try? reader.readSSHString("key type").string
      tell(parameters, &events)
    }
    guard let client = identifications.fromClient, let server = identifications.fromServer else {
      exchange.outcome = .failed("an identification line was not captured")
      return
    }
    let secret: [UInt8]
    switch keys.exchangeSecrets[clientOffer.cookie] ?? keys.exchangeSecrets[serverOffer.cookie] {
    case .shared(let bytes): secret = bytes
    case .ephemeral(let bytes):
      guard let shared = EphemeralKey(bytes: bytes).sharedSecret(transcript) else {
        let why =
          method.family == .hybrid
          ? "the private key in the key log does not suffice for key exchange \(name)"
          : "the private key in the key log is none of this key exchange"
        exchange.outcome = .failed(why)
        return
      }
      secret = shared
    case nil:
      passThrough(algorithms)
      return
    }
    let hash = transcript.exchangeHash(
      identifications: PerDirection(client.line, server.line),
      offers: PerDirection(clientOffer.payload, serverOffer.payload), secret: secret)
    verify(transcript, hostKey, hash, position, &events)
    let session = sessionID ?? hash
    sessionID = session
    let cipher = { (from: Direction) -> PacketCipher? in
      guard let cipherName = algorithms.ciphers[from],
        let suite = PacketSuite(cipher: cipherName, mac: algorithms.macs[from])
      else { return nil }
      func key(_ letters: PerDirection<Character>, _ count: Int) -> [UInt8] {
        transcript.key(letters[from], secret: secret, hash: hash, session: session, count: count)
      }
      return PacketCipher(
        suite, iv: key(PerDirection("A", "B"), suite.ivCount), key: key(PerDirection("C", "D"), suite.keyCount),
        macKey: key(PerDirection("E", "F"), suite.macKeyCount))
    }
    guard let clientCipher = cipher(.fromClient), let serverCipher = cipher(.fromServer) else {
      let names = Direction.allCases.map { "\(algorithms.ciphers[$0] ?? "-") with \(algorithms.macs[$0] ?? "-")" }
      exchange.outcome = .failed("cipher \(Set(names).sorted().joined(separator: ", ")) is not supported")
      return
    }
    makeReady(PerDirection(clientCipher, serverCipher), algorithms)
    if rekeyCount > 0 { tell(["ssh.rekeys": String(rekeyCount)], &events) }
  }

  /// Without keys what is not encrypted can still be read; its MACs are taken off.
  private mutating func passThrough(_ algorithms: NegotiatedAlgorithms) {
    let suites = Direction.allCases.compactMap { from in
      algorithms.ciphers[from] == "none" ? PacketSuite(cipher: "none", mac: algorithms.macs[from]) : nil
    }
    let ciphers = suites.compactMap { PacketCipher($0, iv: [], key: [], macKey: nil) }
    guard ciphers.count == 2 else {
      exchange.outcome = .failed(
        exchange.number == 1
          ? "no keys in the key log for this session" : "no keys in the key log for key exchange \(exchange.number)")
      return
    }
    makeReady(PerDirection(ciphers[0], ciphers[1]), algorithms)
  }

  private mutating func makeReady(_ ciphers: PerDirection<PacketCipher>, _ algorithms: NegotiatedAlgorithms) {
    for from in Direction.allCases {
      let compression: SSHSide.Compression
      switch algorithms.compressions[from] {
      case "zlib": compression = .active
      case "zlib@openssh.com": compression = .delayed
      default: compression = .none
      }
      ready[from] = ReadyKeys(cipher: ciphers[from], compression: compression, isStrict: isStrict)
    }
    exchange.outcome = .resolved
    if exchange.number > 1 { rekeyCount += 1 }
    exchange.messages = PerDirection([], [])
  }

  /// The server signs H: who holds K can check that nobody stands between, and that the key log is right.
  private func verify(
    _ transcript: ExchangeTranscript, _ hostKey: HostKey?, _ hash: [UInt8], _ position: StreamPosition,
    _ events: inout [DecryptionEvent]
  ) {
    guard let isRight = hostKey?.key?.verify(transcript.signature, over: hash) else { return }
    tell(["ssh.host-key-verified": isRight ? "true" : "false"], &events)
    guard !isRight else { return }
    events.append(
      .anomaly(
        anomaly(
          "ssh-host-key-signature", "the host key's signature is not over this key exchange with the secret given",
          position)))
  }

  /// NEWKEYS was read: goes on under the new keys, or waits for them, or does without.
  mutating func changeKeys(
    _ side: inout SSHSide, _ from: Direction, _ events: inout [DecryptionEvent]
  ) -> Bool {
    if let keys = ready[from] {
      install(keys, &side, from)
      side.state = .packets
      return true
    }
    switch exchange.outcome {
    case .pending, .resolved:
      guard side.input.count > Self.waitingLimit else { return false }
      seal(from, &side, "the other direction's half of the key exchange was not captured", &events)
    case .failed(let reason): seal(from, &side, reason, &events)
    }
    return true
  }

  mutating func install(_ keys: ReadyKeys, _ side: inout SSHSide, _ from: Direction) {
    ready[from] = nil
    side.cipher = keys.cipher
    side.compression = keys.compression
    side.inflater = keys.compression == .active ? PacketInflater() : nil
    side.place = PacketPlace(sequence: keys.isStrict ? 0 : side.place.sequence)
    side.need = 0
    side.usualCount = 0
  }

  mutating func seal(_ from: Direction, _ reason: String, _ events: inout [DecryptionEvent]) {
    var side = SSHSide.placeholder
    swap(&side, &sides[from])
    seal(from, &side, reason, &events)
    swap(&side, &sides[from])
  }

  /// No keys: from here on a direction is encrypted.
  private mutating func seal(
    _ from: Direction, _ side: inout SSHSide, _ reason: String, _ events: inout [DecryptionEvent]
  ) {
    sealedReason = sealedReason ?? reason
    side.state = hasDecrypted || exchange.number > 1 ? .closed : .observing
    guard side.state == .observing else { return }
    var facts = SessionFacts()
    facts.encryption = "ssh"
    facts.isDecrypted = false
    events.append(.facts(facts))
  }
}
