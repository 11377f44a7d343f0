import Foundation

@testable import SSHKeys

/// A key that ssh-keygen made, and certificates of it.
struct PeerKey: Sendable, CustomStringConvertible {
  let name: String
  let file: [UInt8]
  /// A line without line break.
  let publicLine: String
  /// By `PeerKeys.authority`, for alice and bob, 2020 to 2030, number 7, id `NAME of alice`.
  let certificateLine: String

  var description: String { name }

  var key: SSHPublicKey { get throws { try SSHPublicKey(line: publicLine) } }
  var certificate: SSHPublicKey { get throws { try SSHPublicKey(line: certificateLine) } }
  var privateKey: SSHPrivateKey { get throws { try SSHPrivateKey(file: file) } }
}

/// Keys of every kind that ssh-keygen makes without a token, made once.
struct PeerKeys: Sendable {
  let all: [PeerKey]
  let authority: PeerKey
  /// `alice`'s, `ed25519`.
  let encrypted: [UInt8]

  static let names = ["ed25519", "ecdsa256", "ecdsa384", "ecdsa521", "rsa1024", "rsa2048", "rsa3072", "other"]

  private static let made = Result {
    try SSHPeer.with { peer in
      func make(_ name: String) throws {
        let bits = name.drop { !$0.isNumber }
        let size = name.hasPrefix("ec") || name.hasPrefix("rsa") ? ["-b", String(bits)] : []
        let type = name.hasPrefix("ec") ? "ecdsa" : name.hasPrefix("rsa") ? "rsa" : "ed25519"
        try peer.write("", to: "nothing")
        let arguments = ["-q", "-t", type] + size + ["-N", "", "-C", "\(name) of alice", "-f", name]
        guard try peer.exits([(arguments, "nothing")]) == [0] else {
          throw SSHPeer.Failure(description: "no key \(name): \(try peer.readText("err"))")
        }
      }
      func line(_ file: String) throws -> String { String(try peer.readText(file).dropLast()) }
      try make("authority")
      let all = try names.map { name in
        try make(name)
        try peer.keygen(
          "-q", "-s", "authority", "-I", "\(name) of alice", "-n", "alice,bob", "-z", "7", "-V",
          "20200101Z:20300101Z", "\(name).pub")
        return PeerKey(
          name: name, file: try peer.read(name), publicLine: try line("\(name).pub"),
          certificateLine: try line("\(name)-cert.pub"))
      }
      let authority = PeerKey(
        name: "authority", file: try peer.read("authority"), publicLine: try line("authority.pub"), certificateLine: "")
      try peer.keygen("-q", "-t", "ed25519", "-N", "secret words", "-f", "encrypted")
      return PeerKeys(all: all, authority: authority, encrypted: try peer.read("encrypted"))
    }
  }

  static func shared() throws -> PeerKeys { try made.get() }

  static func key(_ name: String) throws -> PeerKey {
    let keys = try shared()
    guard let key = name == "authority" ? keys.authority : keys.all.first(where: { $0.name == name }) else {
      throw SSHPeer.Failure(description: "no key \(name)")
    }
    return key
  }
}
