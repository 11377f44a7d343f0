import Foundation
import Pipeline
import SSHKeys

/// Signatures by keys that people have.
extension SSHSignature {
  /// By a private key of OpenSSH's without a passphrase.
  init(of message: [UInt8], namespace: String, keyFile: String) throws {
    let key = try SSHPrivateKey(keyFile: keyFile)
    do throws(SigningError) {
      self = try key.sign(message, namespace: namespace)
    } catch {
      throw CommandError("\(keyFile): \(error)")
    }
  }

  /// By a key of ssh-agent: the only one, or the one with the fingerprint.
  init(byAgentOf message: [UInt8], namespace: String, fingerprint: String?) throws {
    let (socket, key) = try AgentSocket.chosen(fingerprint: fingerprint)
    self = try socket.sign(SigningRequest(message, namespace: namespace, key: key))
  }
}

extension SSHPrivateKey {
  /// - Throws: `CommandError` that names the file.
  init(keyFile: String) throws {
    guard let data = FileManager.default.contents(atPath: keyFile) else {
      throw CommandError("\(keyFile): cannot be read; check the path and its permissions")
    }
    do throws(SigningError) {
      self = try SSHPrivateKey(file: Array(data))
    } catch {
      throw CommandError("\(keyFile): \(error)")
    }
  }
}

extension AgentSocket {
  /// The agent's only key, or the one with the fingerprint.
  static func chosen(fingerprint: String?) throws -> (socket: AgentSocket, key: SSHPublicKey) {
    guard let path = ProcessInfo.processInfo.environment["SSH_AUTH_SOCK"], !path.isEmpty else {
      throw CommandError("SSH_AUTH_SOCK is not set: no ssh-agent; start one, or give a key file")
    }
    let socket = try AgentSocket(path: path)
    let keys = try socket.identities().map(\.key)
    let found = keys.filter { fingerprint == nil || $0.plain.fingerprint == fingerprint }
    guard let key = found.first, found.count == 1 || fingerprint != nil else {
      throw CommandError(
        found.isEmpty
          ? "ssh-agent has no such key; see: ssh-add -l"
          : "ssh-agent has \(found.count) keys; choose one with --fingerprint, see: ssh-add -l")
    }
    return (socket, key)
  }
}
