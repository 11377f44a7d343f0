import Foundation
import Model
import TestKit
import Testing

@testable import Decryption

/// What OpenSSH's client is to ask of its server.
struct SSHLiveCase: Encodable, Sendable, CustomStringConvertible {
  var name: String
  /// Of ssh's `-o`.
  var options: [String]
  var command = "cat"
  /// Random bytes for the command's input.
  var inputCount = 40_000
  /// Another than the one that runs the tests.
  var user: String?
  var mayFail = false
  /// Facts the connection must tell.
  var facts: [String: String] = [:]

  private enum CodingKeys: String, CodingKey {
    case name, options, command, inputCount, user, mayFail
  }

  var description: String { name }
}

/// What crossed the wire, the keys, and what the ends saw.
struct SSHLiveRun: Decodable, Sendable {
  var name: String
  var connections: [[LiveRun.Piece]]
  var error: String?
  var keys: String
  var input: Data
  var output: Data
  var exit: Int
}

/// All live SSH connections, played once.
enum SSHLivePeers {
  static let shim = Checkout.root.appending(path: "scripts/lab/ssh/keylog-openssh.c").path

  private static func find(_ names: [String]) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
    for name in names {
      for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)") {
        return "\(folder)/\(name)"
      }
    }
    return nil
  }

  static let compiler = find(["cc", "gcc", "clang"])

  static var isPresent: Bool {
    compiler != nil && find(["ssh"]) != nil && find(["python3"]) != nil
      && FileManager.default.isExecutableFile(atPath: "/usr/sbin/sshd")
  }

  static let absence: Comment = "ssh, sshd, a C compiler or python3 is not here"

  struct Answer: Decodable, Sendable {
    var cases: [SSHLiveRun]
    var fingerprints: [String: String]
  }

  private struct Plan: Encodable {
    var folder: String
    var compiler: [String]
    var shim: String
    var ciphers: String
    var macs: String
    var kexes: String
    var cases: [SSHLiveCase]
  }

  /// The answer, or why there is none.
  static let played = Result {
    try TemporaryFolder.with { folder in
      let plan = folder.appending(path: "plan.json")
      let out = folder.appending(path: "out.json")
      let script = folder.appending(path: "peers.py")
      try Data(SSHPeerScript.source.utf8).write(to: script)
      let all = Plan(
        folder: folder.path, compiler: [compiler ?? "cc"], shim: shim, ciphers: names(SSHLiveCatalog.ciphers),
        macs: names(SSHLiveCatalog.macs), kexes: names(SSHLiveCatalog.keyExchanges), cases: SSHLiveCatalog.all)
      try JSONEncoder().encode(all).write(to: plan)
      let process = Process()
      process.setUnblocked("/usr/bin/python3", [script.path, plan.path, out.path])
      try process.run()
      process.waitUntilExit()
      return try JSONDecoder().decode(Answer.self, from: Data(contentsOf: out))
    }
  }

  private static func names(_ list: [String]) -> String { list.joined(separator: ",") }

  static func run(_ live: SSHLiveCase) throws -> (wire: Wire, keys: KeyRing, run: SSHLiveRun) {
    let run = try #require(try played.get().cases.first { $0.name == live.name })
    #expect(run.error == nil)
    return (Wire(try #require(run.connections.first)), KeyRing(text: run.keys), run)
  }
}

/// The matrix.
enum SSHLiveCatalog {
  static let ciphers =
    [
      "chacha20-poly1305@openssh.com", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com",
    ] + separate
  static let separate = [
    "aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc",
  ]
  static let macs = [
    "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha1-etm@openssh.com",
    "hmac-md5-etm@openssh.com", "umac-64-etm@openssh.com", "umac-128-etm@openssh.com", "hmac-sha2-256",
    "hmac-sha2-512", "hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96", "umac-64@openssh.com",
    "umac-128@openssh.com",
  ]
  static let keyExchanges = [
    "sntrup761x25519-sha512@openssh.com", "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384", "ecdh-sha2-nistp521", "diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1",
    "diffie-hellman-group14-sha256", "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512",
    "diffie-hellman-group-exchange-sha1", "diffie-hellman-group-exchange-sha256",
  ]

  /// One case for each cipher and MAC, compressed every other time.
  static let suites: [SSHLiveCase] = {
    var pairs = ciphers.prefix(3).map { ($0, macs[0]) }
    for (index, cipher) in separate.enumerated() {
      for mac in cipher == "aes256-ctr" || cipher == "aes128-cbc" ? macs : [macs[index], macs[index + 7]] {
        pairs.append((cipher, mac))
      }
    }
    return pairs.enumerated().map { index, pair in
      let isCompressed = index % 2 == 1
      return SSHLiveCase(
        name: "\(pair.0) \(pair.1)\(isCompressed ? " zlib" : "")",
        options: [
          "Ciphers=\(pair.0)", "MACs=\(pair.1)", "KexAlgorithms=curve25519-sha256",
          "Compression=\(isCompressed ? "yes" : "no")",
        ],
        facts: [
          "ssh.cipher": pair.0, "ssh.mac": pair.0.contains("@") ? "implicit" : pair.1,
          "ssh.compression": isCompressed ? "zlib@openssh.com" : "none",
        ])
    }
  }()

  static let exchanges: [SSHLiveCase] = keyExchanges.map {
    SSHLiveCase(name: $0, options: ["KexAlgorithms=\($0)"], facts: ["ssh.kex": $0])
  }

  static let hostKeys: [SSHLiveCase] = [
    "ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com", "ecdsa-sha2-nistp256", "rsa-sha2-256", "rsa-sha2-512", "ssh-rsa",
  ].map {
    SSHLiveCase(
      name: "host key \($0)", options: ["HostKeyAlgorithms=\($0)"], inputCount: 10,
      facts: ["ssh.host-key-algorithm": $0])
  }

  /// Rekeyed by the client again and again while data is on its way both ways.
  static let rekeys: [SSHLiveCase] = [
    (ciphers[0], macs[0]), (ciphers[1], macs[0]), ("aes256-ctr", macs[0]), ("aes128-ctr", "hmac-sha1"),
    ("aes256-cbc", "umac-64@openssh.com"),
  ].flatMap { cipher, mac in
    ["no", "yes"].map { compression in
      SSHLiveCase(
        name: "rekey \(cipher) \(mac) \(compression)",
        options: ["Ciphers=\(cipher)", "MACs=\(mac)", "RekeyLimit=400K", "Compression=\(compression)"],
        inputCount: 1_500_000)
    }
  }

  /// Short, for damage of every kind.
  static let short: [SSHLiveCase] = [
    (ciphers[0], macs[0]), (ciphers[2], macs[0]), ("aes256-ctr", macs[0]), ("aes128-ctr", "hmac-sha2-256"),
    ("aes128-cbc", "hmac-sha1"), ("aes256-cbc", "hmac-sha2-512-etm@openssh.com"),
    ("aes192-ctr", "umac-64-etm@openssh.com"),
  ].map { cipher, mac in
    SSHLiveCase(
      name: "short \(cipher) \(mac)", options: ["Ciphers=\(cipher)", "MACs=\(mac)", "KexAlgorithms=curve25519-sha256"],
      command: "cat; echo done; exit 3", inputCount: 700)
  }

  static let denied = SSHLiveCase(
    name: "denied", options: ["PubkeyAuthentication=no"], inputCount: 0, user: "nobody@127.0.0.1", mayFail: true)

  static let all = suites + exchanges + hostKeys + rekeys + short + [denied]
}
