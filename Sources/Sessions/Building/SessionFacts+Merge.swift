import Model

extension SessionFacts {
  /// Parameters kept of a session; a server that reports more is hostile.
  static let parameterLimit = 500

  /// Takes over everything that `new` knows.
  mutating func merge(_ new: SessionFacts) {
    user = new.user ?? user
    target = new.target ?? target
    application = new.application ?? application
    serverVersion = new.serverVersion ?? serverVersion
    protocolVersion = new.protocolVersion ?? protocolVersion
    processID = new.processID ?? processID
    cancelSecretHash = new.cancelSecretHash ?? cancelSecretHash
    credentialHash = new.credentialHash ?? credentialHash
    encryption = new.encryption ?? encryption
    isDecrypted = new.isDecrypted ?? isDecrypted
    replication = new.replication ?? replication
    agent = new.agent ?? agent
    human = new.human ?? human
    upstream = new.upstream ?? upstream
    gateway = new.gateway ?? gateway
    for (name, value) in new.parameters {
      guard parameters.count < SessionFacts.parameterLimit || parameters[name] != nil else { continue }
      parameters[name] = value
    }
  }
}
