import Bytes
import Model

extension TLSDecryptor {
  var isTLS13: Bool { (serverHello?.version ?? 0) >= 0x0304 }

  mutating func handle(
    _ type: UInt8, _ message: [UInt8], from: Direction, at: StreamPosition, into events: inout [DecryptionEvent]
  ) {
    if keys.holdsPreMasters, !isTLS13, type != 0, master == nil, transcript.count < HandshakeBuffer.messageLimit {
      if type == 1 { transcript = [] }
      transcript += message
    }
    var reader = ByteReader(message.span)
    do throws(DecodeError) {
      try reader.skip(4)
      switch (type, from) {
      case (1, .fromClient): take(try ClientHello(parsing: &reader), into: &events)
      case (2, .fromServer): take(try ServerHello(parsing: &reader), into: &events)
      // EndOfEarlyData is sent only when the server took it (RFC 8446 §4.5).
      case (5, .fromClient) where isEarlyPending: releaseEarly(isAccepted: true, into: &events)
      case (8, .fromServer) where isTLS13:
        let extensions = try HelloExtensions(parsing: &reader)
        var parameters: [String: String] = [:]
        if let alpn = extensions.protocols.first { parameters["tls.alpn"] = String(decoding: alpn, as: UTF8.self) }
        if clientHello?.extensions.has(42) == true {
          parameters["tls.early-data"] = extensions.has(42) ? "accepted" : "rejected"
        }
        tell(parameters, into: &events)
        releaseEarly(isAccepted: extensions.has(42), into: &events)
      case (11, _): try certificates(&reader, from, into: &events)
      case (14, .fromServer): isFullHandshake = true
      case (16, .fromClient) where !isTLS13:
        isFullHandshake = true
        exchange(&reader)
      case (20, _) where isTLS13:
        if let next = trafficCipher(from) {
          self[from].protection = .sealed(next)
        } else {
          self[from].protection = .closed
        }
        self[from].handshake.restart()
        closeIfDone(into: &events)
      case (24, _) where isTLS13:
        if case .sealed(let cipher) = self[from].protection, let next = cipher.updated {
          self[from].protection = .sealed(next)
        }
      default: break
      }
    } catch {
      events.append(.anomaly(anomaly("tls-handshake-malformed", "a handshake message ends early: \(error)", at)))
    }
  }

  private func tell(_ parameters: [String: String], into events: inout [DecryptionEvent]) {
    guard !parameters.isEmpty else { return }
    var facts = SessionFacts()
    facts.encryption = "tls"
    facts.parameters = parameters
    events.append(.facts(facts))
  }

  private mutating func take(_ hello: ClientHello, into events: inout [DecryptionEvent]) {
    let isRepeated = serverHello?.isRetry == true
    clientHello = hello
    serverHello = nil
    master = nil
    (isFullHandshake, toldResumption) = (false, false)
    guard !isRepeated else { return }
    var parameters = ["tls.ja3": hello.ja3, "tls.ja4": hello.ja4]
    if let name = hello.extensions.serverName { parameters["tls.sni"] = name }
    let offered = hello.extensions.protocols
    if !offered.isEmpty {
      parameters["tls.alpn-offered"] = offered.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ",")
    }
    if hello.extensions.has(42) {
      parameters["tls.early-data"] = "offered"
      if let secret = keys.secret(.clientEarly, hello.random), case .clear = client.protection {
        // Of TLS 1.3 there are five (RFC 8446 §B.4), all of which begin with 0x13.
        let ciphers = Set(hello.suites.filter { $0 >> 8 == 0x13 }).sorted().compactMap { CipherSuite(code: $0) }
          .compactMap { RecordCipher(suite: $0, secret: secret, epoch: .early) }
        if !ciphers.isEmpty {
          isEarlyPending = true
          client.protection = .seeking(ciphers, window: 0)
        }
      }
    }
    tell(parameters, into: &events)
  }

  private mutating func take(_ hello: ServerHello, into events: inout [DecryptionEvent]) {
    serverHello = hello
    suite = CipherSuite(code: hello.suite)
    if hello.isRetry {
      // RFC 8446 §4.2.10: early data is refused by it.
      if clientHello?.extensions.has(42) == true { tell(["tls.early-data": "rejected"], into: &events) }
      releaseEarly(isAccepted: false, into: &events)
      return client.protection = .clear
    }
    let names: [UInt16: String] = [0x0300: "SSL 3.0", 0x0301: "1.0", 0x0302: "1.1", 0x0303: "1.2", 0x0304: "1.3"]
    var parameters = [
      "tls.version": names[hello.version] ?? String(hello.version, radix: 16),
      "tls.cipher": CipherSuite.name(hello.suite), "tls.ja3s": hello.ja3s,
    ]
    if let alpn = hello.extensions.protocols.first { parameters["tls.alpn"] = String(decoding: alpn, as: UTF8.self) }
    if isTLS13 { parameters["tls.resumed"] = hello.extensions.has(41) ? "true" : "false" }
    tell(parameters, into: &events)
    guard isTLS13 else { return }
    guard let suite, let random = clientHello?.random else {
      return close(
        clientHello == nil ? "the hello was not captured" : "the cipher suite is not supported", into: &events)
    }
    for direction in Direction.allCases {
      let label: SecretLabel = direction == .fromClient ? .clientHandshake : .serverHandshake
      let sealed = keys.secret(label, random).flatMap { RecordCipher(suite: suite, secret: $0, epoch: .handshake) }
      let fallback = sealed ?? trafficCipher(direction)
      guard let fallback else {
        self[direction].protection = .closed
        continue
      }
      var candidates = [fallback]
      if case .seeking(let early, _) = self[direction].protection { candidates += early }
      let isPlain = sealed != nil && !(direction == .fromClient && clientHello?.extensions.has(42) == true)
      self[direction].protection = isPlain ? .sealed(fallback) : .seeking(candidates, window: 0)
    }
    if case .closed = client.protection, case .closed = server.protection {
      close(keys.isEmpty ? "no keys were given" : "no keys for this connection", into: &events)
    }
  }

  func trafficCipher(_ direction: Direction) -> RecordCipher? {
    guard let suite, isTLS13, let random = clientHello?.random else { return nil }
    let label: SecretLabel = direction == .fromClient ? .clientTraffic : .serverTraffic
    return keys.secret(label, random).flatMap { RecordCipher(suite: suite, secret: $0, epoch: .application) }
  }

  /// ClientKeyExchange of static RSA (RFC 5246 §7.4.7.1).
  private mutating func exchange(_ reader: inout ByteReader) {
    guard let suite, let random = clientHello?.random, let hello = serverHello, master == nil else { return }
    var secret = keys.secret(.preMaster, random)
    if secret == nil, suite.isStaticRSA {
      if let count = try? reader.readUInt16(), let sealed = try? reader.read(Int(count)).array {
        secret = keys.preMaster(ciphertext: sealed)
        if secret == nil { secret = keys.privateKeys.lazy.compactMap { $0.preMaster(sealed) }.first }
      }
    }
    guard let secret else { return }
    let hash = hello.version >= 0x0303 ? suite.hash : nil
    // RFC 7627 §4: the session hash takes the place of the randoms.
    let isExtended = hello.extensions.has(23)
    let digest =
      hash.map { $0.digest(transcript) } ?? HashAlgorithm.md5.digest(transcript) + HashAlgorithm.sha1.digest(transcript)
    master = KeySchedule.prf(
      hash, secret, label: isExtended ? "extended master secret" : "master secret",
      seed: isExtended ? digest : random + hello.random, count: 48)
  }

  /// From here on `from` seals its records (RFC 5246 §7.1).
  mutating func changeCipher(_ from: Direction, _ at: StreamPosition, into events: inout [DecryptionEvent]) {
    guard !isTLS13 else { return }
    guard let hello = serverHello, let random = clientHello?.random else {
      return close("the hello was not captured", into: &events)
    }
    if !toldResumption {
      toldResumption = true
      tell(["tls.resumed": isFullHandshake ? "false" : "true"], into: &events)
    }
    guard let suite, hello.version >= 0x0301 else {
      return close("the cipher suite is not supported", into: &events)
    }
    master = keys.secret(.master, random) ?? master ?? keys.master(session: hello.session)
    guard let master else {
      return close(keys.isEmpty ? "no keys were given" : "no keys for this connection", into: &events)
    }
    guard
      let cipher = RecordCipher(
        suite: suite, master: master, clientRandom: random, serverRandom: hello.random, version: hello.version,
        isEncryptThenMAC: hello.extensions.has(22), direction: from == .fromClient)
    else { return close("the cipher suite is not supported", into: &events) }
    self[from].protection = .sealed(cipher)
    self[from].handshake.restart()
  }

  private mutating func certificates(
    _ reader: inout ByteReader, _ from: Direction, into events: inout [DecryptionEvent]
  ) throws(DecodeError) {
    if isTLS13 { try reader.skip(Int(reader.readUInt8())) }
    try reader.skip(3)
    var count = 0
    var leaf: [UInt8] = []
    while !reader.isAtEnd {
      let length = try Int(reader.readUInt8()) << 16 | Int(reader.readUInt16())
      let der = try reader.read(length, "certificate").array
      if isTLS13 { try reader.skip(Int(reader.readUInt16())) }
      if count == 0 { leaf = der }
      count += 1
    }
    guard count > 0, let facts = CertificateFacts(der: leaf) else { return }
    if from == .fromClient {
      return tell(
        ["tls.client-certificate.subject": facts.subject, "tls.client-certificate.sha256": facts.sha256], into: &events)
    }
    var parameters = [
      "tls.certificate.subject": facts.subject, "tls.certificate.issuer": facts.issuer,
      "tls.certificate.sha256": facts.sha256, "tls.certificate.chain": String(count),
    ]
    if !facts.names.isEmpty { parameters["tls.certificate.names"] = facts.names.joined(separator: ",") }
    parameters["tls.certificate.not-before"] = facts.notBefore
    parameters["tls.certificate.not-after"] = facts.notAfter
    tell(parameters, into: &events)
  }
}
