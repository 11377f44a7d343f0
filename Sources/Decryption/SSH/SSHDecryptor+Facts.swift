import Model

extension SSHDecryptor {
  func tell(_ parameters: [String: String], _ events: inout [DecryptionEvent]) {
    var facts = SessionFacts()
    facts.parameters = parameters
    events.append(.facts(facts))
  }

  func tell(_ identification: Identification, _ from: Direction, _ events: inout [DecryptionEvent]) {
    var facts = SessionFacts()
    if from == .fromClient {
      facts.application = identification.software
      facts.parameters["ssh.client"] = identification.text
    } else {
      facts.serverVersion = identification.software
      facts.protocolVersion = identification.protocolVersion
      facts.parameters["ssh.server"] = identification.text
    }
    events.append(.facts(facts))
  }

  func tell(_ algorithms: NegotiatedAlgorithms, _ events: inout [DecryptionEvent]) {
    var parameters = ["ssh.strict-kex": algorithms.isStrict ? "true" : "false"]
    parameters["ssh.kex"] = algorithms.keyExchange
    parameters["ssh.host-key-algorithm"] = algorithms.hostKey
    func both(_ names: PerDirection<String?>) -> String? {
      guard let client = names.fromClient, let server = names.fromServer else { return nil }
      return PerDirection(client, server).text
    }
    parameters["ssh.cipher"] = both(algorithms.ciphers)
    parameters["ssh.compression"] = both(algorithms.compressions)
    // A cipher with a tag of its own takes no MAC, whatever the lists say.
    let macs = Direction.allCases.map { from -> String? in
      guard let cipher = algorithms.ciphers[from] else { return nil }
      return PacketSuite.isAuthenticated(cipher) ? "implicit" : algorithms.macs[from]
    }
    parameters["ssh.mac"] = both(PerDirection(macs[0], macs[1]))
    tell(parameters, &events)
  }

  mutating func tellDecrypted(_ events: inout [DecryptionEvent]) {
    hasDecrypted = true
    var facts = SessionFacts()
    facts.encryption = "ssh"
    facts.isDecrypted = true
    events.append(.facts(facts))
  }
}
