import Bytes
import Foundation
import Glibc
import Policy

/// Where clients of SSH connect, and the target that they reach there. Each connection has a thread of its own.
final class SSHListener: Sendable {
  /// Bytes of a thread's stack: command lines may be deep.
  private static let stackLength = 8 << 20

  let name: String
  let rules: SSHRules
  /// Makes the hashes of secrets that nobody keeps.
  let secrets: SecretHasher
  private let place: SocketPlace

  /// - Throws: `GatewayError` when a key cannot be used.
  init(_ listener: GatewayConfiguration.Listener, _ rules: SSHRules) throws {
    (name, self.rules, place) = (listener.name, rules, listener.address)
    guard let random = PasswordHashing.random(32) else { throw GatewayError("no random numbers") }
    secrets = SecretHasher(key: random)
    for file in rules.hostKeyFiles {
      do { _ = try LibsshKey(file: file) } catch { throw GatewayError("listener \(listener.name): \(error)") }
    }
  }

  func start(_ core: GatewayCore) throws -> SSHDoor {
    try SSHDoor(place, of: name) { [self] descriptor in
      if let reason = core.mayNotConnect() {
        core.log.write(.warning, "connection refused", ["reason": reason])
        Glibc.close(descriptor)
        return
      }
      let thread = Thread { [self] in
        SSHConnection.serve(descriptor, self, core)
        core.dropped()
      }
      thread.stackSize = Self.stackLength
      thread.name = "exhibit-ssh"
      thread.start()
    }
  }
}
