import SSHKeys

/// What a listener for SSH does.
struct SSHRules: Sendable {
  /// How clients may prove who they are; one of them suffices.
  enum Means: String, Sendable, Hashable, CaseIterable {
    case publicKey = "public-key"
    /// A certificate of a key, by one of the authorities.
    case certificate
    /// The token, as a password.
    case password
  }

  /// What goes by as it is where the policy masks what the target sends.
  enum Unmasked: String, Sendable, Hashable, CaseIterable {
    /// Files and folders that are read over SFTP.
    case sftp
    case git
    case scp
    case rsync
    /// Connections that the target opens.
    case forward
    /// Output that is no text; values in it that detectors find are masked all the same.
    case binary
  }

  /// What becomes of lines that are typed into a shell.
  enum Lines: String, Sendable, Hashable, CaseIterable {
    /// They are recorded.
    case recorded
    /// They are judged where the shell marks its prompt.
    case judged
    /// Besides, nothing is entered elsewhere: not into a shell without marks, not while a command runs.
    case strict
  }

  var means: Set<Means>
  /// Files of the gateway's own private keys, of OpenSSH's form, without passphrase.
  var hostKeyFiles: [String]
  /// Who certifies users.
  var authorities: [SSHPublicKey] = []
  var revoked = RevokedKeys.none
  var target: SSHTarget
  var unmasked: Set<Unmasked> = []
  var lines = Lines.judged
}

/// A server of SSH behind the gateway, with the credentials that only the gateway has.
struct SSHTarget: Sendable {
  enum Credential: Sendable {
    /// A file with a private key, without passphrase.
    case key(String)
    case password(Secret)
  }

  var name: String
  var place: SocketPlace
  /// One of these it must have.
  var hostKeys: [SSHPublicKey]
  /// Who the gateway is there.
  var user: String
  var credential: Credential
  /// By which it is reached, and in no other way.
  var relay: String?

  /// `host:port`, as sessions have it.
  var server: String { place.description }

  /// Where programs run, as actions name it: without the port that everyone uses.
  var host: String { server.hasSuffix(":22") ? String(server.dropLast(3)) : server }

  /// By what it may prove itself: of another type of key nobody could tell whose it is.
  var hostKeyAlgorithms: String {
    var names: [String] = []
    for key in hostKeys {
      for name in key.type == .rsa ? ["rsa-sha2-512", "rsa-sha2-256"] : [key.typeName] where !names.contains(name) {
        names.append(name)
      }
    }
    return names.joined(separator: ",")
  }
}
