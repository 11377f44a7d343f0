import Foundation
import Testing

@testable import SSHKeys

/// Our verdicts beside the exit codes of `ssh-keygen -Y verify`.
@Suite(.enabled(if: SSHPeer.isPresent, SSHPeer.absence)) struct DifferentialTests {
  private func time(_ text: String) throws -> Int64 { Int64(try #require(SignerTime(Array(text.utf8))).seconds) }

  /// Writes what the case needs; gives ssh-keygen's arguments.
  private func prepare(
    _ index: Int, _ one: DifferentialCase, _ keys: DifferentialKeys, _ peer: SSHPeer
  ) throws -> [String] {
    try peer.write(keys.filled(one.signers), to: "allowed-\(index)")
    try peer.write(try #require(keys.signatures[one.signature]), to: "signature-\(index)")
    var arguments = [
      "-Y", "verify", "-f", "allowed-\(index)", "-I", one.principal, "-n", one.namespace, "-s", "signature-\(index)",
      "-Overify-time=\(one.time)",
    ]
    switch one.revoked {
    case .none: return arguments
    case .text(let text): try peer.write(keys.filled(text), to: "revoked-\(index)")
    case .bytes(let bytes): try peer.write(bytes, to: "revoked-\(index)")
    case .list(let specification, let authority):
      try peer.write(keys.filled(specification), to: "specification")
      let file = authority.map { ["-s", $0 == "none" ? "none" : "\($0).pub"] } ?? []
      let run = (["-q", "-k", "-f", "revoked-\(index)"] + file + ["specification"], "message")
      let code = try peer.exits([run])
      let complaint = try peer.readText("err")
      #expect(code == [0], "\(one): \(complaint)")
    }
    arguments += ["-r", "revoked-\(index)"]
    return arguments
  }

  private func verdict(_ index: Int, _ one: DifferentialCase, _ peer: SSHPeer) throws -> DifferentialCase.Kind {
    let signers = try AllowedSigners(try peer.read("allowed-\(index)"))
    var revoked = RevokedKeys.none
    if case .none = one.revoked {
    } else {
      guard let read = try? RevokedKeys(try peer.read("revoked-\(index)")) else { return .unreadable }
      revoked = read
    }
    let verifier = SignatureVerifier(allowedSigners: signers, revoked: revoked, demands: .none)
    return DifferentialCase.Kind(
      verifier.verify(
        try peer.read(one.message), signature: try peer.read("signature-\(index)"), principal: one.principal,
        namespace: one.namespace, at: try time(one.time)))
  }

  @Test func `every case is accepted or refused as ssh-keygen does, for its reason`() throws {
    try SSHPeer.with { peer in
      let keys = try DifferentialKeys(peer)
      var runs: [(arguments: [String], input: String)] = []
      for (index, one) in DifferentialCatalog.all.enumerated() {
        runs.append((try prepare(index, one, keys, peer), one.message))
      }
      let codes = try peer.exits(runs)
      for (index, one) in DifferentialCatalog.all.enumerated() {
        let kind = try verdict(index, one, peer)
        #expect((kind == .valid) == (codes[index] == 0), "\(one): \(kind), ssh-keygen says \(codes[index])")
        #expect(kind == one.expected, "\(one)")
      }
      print("as ssh-keygen says: \(codes.count) cases, \(codes.filter { $0 == 0 }.count) of them accepted")
      #expect(codes.count >= 60)
    }
  }

  /// Names that `-Y find-principals` prints beside ours.
  @Test func `principals are found as ssh-keygen finds them`() throws {
    try SSHPeer.with { peer in
      let keys = try DifferentialKeys(peer)
      let cases: [(signers: String, signature: String, time: String)] = [
        ("alice KEY", "KEY", "20250601Z"), ("alice,bob* KEY", "KEY", "20250601Z"), ("alice OTHER", "KEY", "20250601Z"),
        ("alice OTHER\nbob KEY\ncarol KEY", "KEY", "20250601Z"), ("alice namespaces=\"git\" KEY", "KEY", "20250601Z"),
        ("alice valid-before=\"20200101Z\" KEY", "KEY", "20250601Z"),
        ("* cert-authority CA", "CERT", "20250601Z"), ("b* cert-authority CA", "CERT", "20250601Z"),
        ("carol cert-authority CA", "CERT", "20250601Z"), ("* cert-authority CA", "CERT", "20310101Z"),
        ("a*,b* cert-authority CA", "CERT", "20250601Z"), ("* cert-authority CA", "HOSTCERT", "20250601Z"),
        ("* cert-authority CA", "EVERYONECERT", "20250601Z"), ("alice CERT", "CERT", "20250601Z"),
        ("* cert-authority CA", "KEY", "20250601Z"),
        ("* cert-authority OTHER\n* cert-authority CA", "CERT", "20250601Z"),
      ]
      for one in cases {
        try peer.write(keys.filled(one.signers) + "\n", to: "allowed")
        let armored = try #require(keys.signatures[one.signature])
        try peer.write(armored, to: "signature")
        let run = (
          ["-Y", "find-principals", "-f", "allowed", "-s", "signature", "-Overify-time=\(one.time)"], "message"
        )
        let code = try peer.exits([run])[0]
        let printed = try peer.readText("out").split(separator: "\n").map(String.init)
        let verifier = SignatureVerifier(allowedSigners: try AllowedSigners(try peer.read("allowed")))
        let found = verifier.principals(for: try SSHSignature(armored: armored), at: try time(one.time))
        let first = found.first?.principals.flatMap { $0.split(separator: ",").map(String.init) } ?? []
        #expect(first == printed, "\(one)")
        #expect(found.isEmpty == (code != 0), "\(one)")
      }
    }
  }

  /// `-Y check-novalidate`, which asks no one whether the key is to be trusted.
  @Test func `signatures are checked without signers as ssh-keygen does`() throws {
    try SSHPeer.with { peer in
      let keys = try DifferentialKeys(peer)
      for word in keys.signatures.keys.sorted() {
        let armored = try #require(keys.signatures[word])
        try peer.write(armored, to: "signature")
        let signature = try SSHSignature(armored: armored)
        for (message, namespace) in [("message", "file"), ("message2", "file"), ("message", "git")] {
          let run = (["-Y", "check-novalidate", "-n", namespace, "-s", "signature"], message)
          let code = try peer.exits([run])[0]
          let bytes = try peer.read(message)
          let isValid = signature.namespace == namespace && signature.isValid(over: bytes)
          #expect(isValid == (code == 0), "\(word) \(message) \(namespace)")
        }
      }
    }
  }

  /// Accepted or not, as ssh-keygen says, whatever byte is another one.
  @Test(arguments: ["KEY", "ECDSA", "RSA", "CERT"])
  func `each byte of the armored signature changed`(_ word: String) throws {
    try SSHPeer.with { peer in
      let keys = try DifferentialKeys(peer)
      let armored = try #require(keys.signatures[word])
      try peer.write(keys.filled("alice \(word)\n"), to: "allowed")
      let verifier = SignatureVerifier(allowedSigners: try AllowedSigners(try peer.read("allowed")))
      let message = try peer.read("message")
      var runs: [(arguments: [String], input: String)] = []
      var verdicts: [SignatureVerdict] = []
      let masks: [UInt8] = word == "KEY" ? [0x01, 0x10, 0x20, 0x80] : [0x01]
      for mask in masks {
        for place in armored.indices {
          var changed = armored
          changed[place] ^= mask
          let name = "damaged-\(mask)-\(place)"
          try peer.write(changed, to: name)
          runs.append((["-Y", "verify", "-f", "allowed", "-I", "alice", "-n", "file", "-s", name], "message"))
          verdicts.append(
            verifier.verify(message, signature: changed, principal: "alice", namespace: "file", at: 1_748_779_200))
        }
      }
      let codes = try peer.exits(runs)
      for (index, code) in codes.enumerated() {
        #expect(verdicts[index].isValid == (code == 0), "\(runs[index].arguments): \(verdicts[index]), \(code)")
      }
      print("as ssh-keygen says: \(codes.count) damaged signatures, \(codes.filter { $0 == 0 }.count) accepted")
    }
  }

  /// What may stand around and within the armor.
  @Test func `forms of the armor`() throws {
    try SSHPeer.with { peer in
      let keys = try DifferentialKeys(peer)
      let text = String(decoding: try #require(keys.signatures["KEY"]), as: UTF8.self)
      let body = text.split(separator: "\n").dropFirst().dropLast().joined(separator: "\n")
      let (start, end) = ("-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----")
      let forms = [
        text, "\n" + text, " " + text, "x\n" + text, text + "x", text + text, String(text.dropLast()),
        text.replacing("\n", with: "\r\n"), text.replacing("\n", with: ""), "\(start)\n\(end)\n",
        "\(start)\n\n\(end)\n",
        "\(start)\n\(body.replacing("\n", with: ""))\n\(end)", "\(start)\n\(body)\(end)\n", "\(start)\(body)\n\(end)\n",
        "\(start)\n \t\(body) \n\n\(end)\n", "\(start)\n\(body)\r\n\(end)\r\n", "\(start)\n\(body)=\n\(end)\n",
        "\(start)\n\(body)\n\(end.dropLast())\n", "\(start) \n\(body)\n\(end)\n", "\(start)\n\(body)\n \(end)\n",
        "\(start)\n\(body)\n\(end)junk", "\(start)\n-\(body)\n\(end)\n",
        "\(start)\n\(body.replacing("A", with: "A\n"))\n\(end)",
        "", start, end, "\(start)\n", "\(start)\nU1NIU0lH\n\(end)\n", "\(start)\n\(body)\u{0}A\n\(end)\n",
        "\(start)\n\(body)\u{b}\u{c}\n\(end)\n", "\(start)\n\(body)\u{a0}\n\(end)\n", "\(start)\nA\(body)\n\(end)\n",
      ]
      try peer.write(keys.filled("alice KEY\n"), to: "allowed")
      let verifier = SignatureVerifier(allowedSigners: try AllowedSigners(try peer.read("allowed")))
      for (index, form) in forms.enumerated() { try peer.write(form, to: "form-\(index)") }
      let codes = try peer.exits(
        forms.indices.map {
          (["-Y", "verify", "-f", "allowed", "-I", "alice", "-n", "file", "-s", "form-\($0)"], "message")
        })
      for (index, form) in forms.enumerated() {
        let verdict = verifier.verify(
          try peer.read("message"), signature: Array(form.utf8), principal: "alice", namespace: "file", at: 0)
        #expect(verdict.isValid == (codes[index] == 0), "\(form.debugDescription): \(verdict), \(codes[index])")
      }
    }
  }
}
