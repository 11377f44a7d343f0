import Foundation

@testable import SSHKeys

/// Keys and signatures that the cases name, made by ssh-keygen.
struct DifferentialKeys {
  /// What the words of a case stand for, without comments.
  private(set) var words: [String: String] = [:]
  /// Armored, by the word of their key.
  private(set) var signatures: [String: [UInt8]] = [:]

  static let certificates: [(word: String, arguments: [String])] = [
    ("CERT", ["-n", "alice,bob", "-z", "7", "-I", "first", "-V", "20200101Z:20300101Z"]),
    ("PASTCERT", ["-n", "alice", "-z", "8", "-I", "past", "-V", "20200101Z:20240101Z"]),
    ("FUTURECERT", ["-n", "alice", "-z", "9", "-I", "future", "-V", "20280101Z:20300101Z"]),
    ("EDGECERT", ["-n", "alice", "-z", "10", "-I", "edge", "-V", "20250601120000Z:20250601120001Z"]),
    ("EVERCERT", ["-n", "alice", "-z", "0", "-I", "ever"]),
    ("EVERYONECERT", ["-z", "11", "-I", "everyone"]),
    ("HOSTCERT", ["-h", "-n", "alice", "-z", "12", "-I", "host"]),
    ("LIMITEDCERT", ["-n", "alice", "-z", "13", "-I", "limited", "-O", "force-command=true"]),
    ("STARCERT", ["-n", "*", "-z", "14", "-I", "star"]),
  ]

  init(_ peer: SSHPeer) throws {
    for (word, name) in [
      ("KEY", "ed25519"), ("OTHER", "other"), ("CA", "authority"), ("RSA", "rsa2048"), ("ECDSA", "ecdsa256"),
      ("ECDSA521", "ecdsa521"),
    ] {
      let key = try PeerKeys.key(name)
      try peer.write(key.file, to: word)
      try peer.write(key.publicLine + "\n", to: "\(word).pub")
      words[word] = Self.withoutComment(key.publicLine)
    }
    try peer.write("approved\n", to: "message")
    try peer.write("approved", to: "message2")
    for (word, arguments) in Self.certificates {
      try peer.write(try peer.read("KEY.pub"), to: "signed.pub")
      let run = (["-q", "-s", "CA"] + arguments + ["signed.pub"], "message")
      guard try peer.exits([run]) == [0] else { throw SSHPeer.Failure(description: try peer.readText("err")) }
      try peer.write(try peer.read("signed-cert.pub"), to: "\(word).pub")
      try peer.write(try peer.read("KEY"), to: word)
      words[word] = Self.withoutComment(try peer.readText("\(word).pub"))
    }
    for word in words.keys.sorted() where word != "CA" {
      let carried = try SSHPublicKey(line: words[word] ?? "")
      let made = try SSHPrivateKey(file: try peer.read(word)).sign(
        try peer.read("message"), namespace: "file", certificate: carried.isCertificate ? carried : nil)
      signatures[word] = Array(made.armored.utf8)
    }
    signatures["GIT"] = Array(
      try PeerKeys.key("ed25519").privateKey.sign(try peer.read("message"), namespace: "git").armored.utf8)
    try addHashes()
  }

  /// As a list of hashes has them.
  private mutating func addHashes() throws {
    words["HASH"] = try PeerKeys.key("ed25519").key.fingerprint
    words["OTHERHASH"] = try PeerKeys.key("other").key.fingerprint
  }

  private static func withoutComment(_ line: String) -> String {
    line.split(whereSeparator: \.isWhitespace).prefix(2).joined(separator: " ")
  }

  /// The text with keys for words; `KEY.base64` is a key without its type.
  func filled(_ text: String) -> String {
    var out = ""
    var rest = text[...]
    while let character = rest.first {
      let word = rest.prefix { $0.isASCII && ($0.isUppercase || $0.isNumber) }
      if let key = words[String(word)] {
        rest = rest.dropFirst(word.count)
        if rest.hasPrefix(".base64") {
          rest = rest.dropFirst(7)
          out += key.split(separator: " ").last ?? ""
        } else {
          out += key
        }
      } else if word.isEmpty {
        out.append(character)
        rest = rest.dropFirst()
      } else {
        out += word
        rest = rest.dropFirst(word.count)
      }
    }
    return out
  }
}
