import Testing

@Suite struct PrivateKeyTests {
  private static let dashes = String(repeating: "-", count: 5)
  private static let body = String(repeating: "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", count: 4)

  private static func armour(_ label: String, end: String = "\n") -> String {
    "\(dashes)BEGIN \(label)\(dashes)\(end)\(body)\(end)\(dashes)END \(label)\(dashes)"
  }

  @Test(arguments: [
    ("pem-private-key", "PRIVATE KEY"), ("pem-private-key", "RSA PRIVATE KEY"), ("pem-private-key", "EC PRIVATE KEY"),
    ("openssh-private-key", "OPENSSH PRIVATE KEY"), ("encrypted-private-key", "ENCRYPTED PRIVATE KEY"),
    ("pgp-private-key", "PGP PRIVATE KEY BLOCK"),
  ])
  func `a key is found to its last line`(_ kind: String, _ label: String) {
    let key = Self.armour(label)
    #expect(detected("file:\n\(key)\nend") == ["\(kind) \(key)"])
    let escaped = Self.armour(label, end: "\\n")
    #expect(detected(#"{"private_key":"\#(escaped)\n"}"#) == ["\(kind) \(escaped)"])
    // One that is cut is one still.
    let cut = String(key.dropLast(40))
    #expect(detected(cut).first?.hasPrefix(kind) == true)
  }

  @Test func `the beginning of a key hides nothing behind it`() {
    for label in ["PRIVATE KEY\(Self.dashes)", "PRIVATE KEY\(Self.dashes)\n", "of it "] {
      #expect(detected("\(Self.dashes)BEGIN \(label) ada@shop.example") == ["email ada@shop.example"])
    }
  }

  @Test func `the line alone, public keys and certificates are none`() {
    #expect(detected("startsWith('\(Self.dashes)BEGIN RSA PRIVATE KEY\(Self.dashes)')").isEmpty)
    #expect(detected(Self.armour("PUBLIC KEY")).isEmpty)
    #expect(detected(Self.armour("CERTIFICATE")).isEmpty)
  }
}
