/// A cipher and a MAC by the names under which they are negotiated.
struct PacketSuite: Sendable, Hashable {
  enum Cipher: Sendable, Hashable {
    case none
    /// chacha20-poly1305@openssh.com
    case chacha
    case gcm(name: String, keyCount: Int)
    case counter(name: String, keyCount: Int)
    case chained(name: String, keyCount: Int, blockCount: Int)
  }

  enum MAC: Sendable, Hashable {
    case none
    /// The cipher's own tag.
    case tag
    case hmac(hash: String, keyCount: Int, count: Int, isOverCiphertext: Bool)
    case umac(count: Int, isOverCiphertext: Bool)
  }

  let cipher: Cipher
  let mac: MAC

  /// Nil where packets of these algorithms cannot be opened here.
  init?(cipher cipherName: String, mac macName: String?) {
    switch cipherName {
    case "none": cipher = .none
    case "chacha20-poly1305@openssh.com", "chacha20-poly1305": cipher = .chacha
    case "aes128-gcm@openssh.com", "aes128-gcm", "AEAD_AES_128_GCM": cipher = .gcm(name: "AES-128-GCM", keyCount: 16)
    case "aes256-gcm@openssh.com", "aes256-gcm", "AEAD_AES_256_GCM": cipher = .gcm(name: "AES-256-GCM", keyCount: 32)
    case "aes128-ctr": cipher = .counter(name: "AES-128-CTR", keyCount: 16)
    case "aes192-ctr": cipher = .counter(name: "AES-192-CTR", keyCount: 24)
    case "aes256-ctr": cipher = .counter(name: "AES-256-CTR", keyCount: 32)
    case "aes128-cbc": cipher = .chained(name: "AES-128-CBC", keyCount: 16, blockCount: 16)
    case "aes192-cbc": cipher = .chained(name: "AES-192-CBC", keyCount: 24, blockCount: 16)
    case "aes256-cbc", "rijndael-cbc@lysator.liu.se":
      cipher = .chained(name: "AES-256-CBC", keyCount: 32, blockCount: 16)
    case "3des-cbc": cipher = .chained(name: "DES-EDE3-CBC", keyCount: 24, blockCount: 8)
    default: return nil
    }
    switch cipher {
    case .chacha, .gcm: mac = .tag
    default:
      guard let macName, let mac = Self.mac(macName) else { return nil }
      self.mac = mac
    }
  }

  private static func mac(_ name: String) -> MAC? {
    let isEtm = name.hasSuffix("-etm@openssh.com")
    switch isEtm ? String(name.dropLast(16)) : name {
    case "none": return MAC.none
    case "hmac-md5": return .hmac(hash: "MD5", keyCount: 16, count: 16, isOverCiphertext: isEtm)
    case "hmac-md5-96": return .hmac(hash: "MD5", keyCount: 16, count: 12, isOverCiphertext: isEtm)
    case "hmac-sha1": return .hmac(hash: "SHA1", keyCount: 20, count: 20, isOverCiphertext: isEtm)
    case "hmac-sha1-96": return .hmac(hash: "SHA1", keyCount: 20, count: 12, isOverCiphertext: isEtm)
    case "hmac-sha2-256": return .hmac(hash: "SHA256", keyCount: 32, count: 32, isOverCiphertext: isEtm)
    case "hmac-sha2-512": return .hmac(hash: "SHA512", keyCount: 64, count: 64, isOverCiphertext: isEtm)
    case "umac-64", "umac-64@openssh.com": return .umac(count: 8, isOverCiphertext: isEtm)
    case "umac-128", "umac-128@openssh.com": return .umac(count: 16, isOverCiphertext: isEtm)
    default: return nil
    }
  }

  /// Bytes of the key that the exchange gives.
  var keyCount: Int {
    switch cipher {
    case .none: 0
    case .chacha: 64
    case .gcm(_, let count), .counter(_, let count), .chained(_, let count, _): count
    }
  }

  var ivCount: Int {
    switch cipher {
    case .none, .chacha: 0
    case .gcm: 12
    case .counter: 16
    case .chained(_, _, let count): count
    }
  }

  var macKeyCount: Int {
    switch mac {
    case .none, .tag: 0
    case .hmac(_, let count, _, _): count
    case .umac: 16
    }
  }

  /// Bytes of the MAC behind each packet.
  var macCount: Int {
    switch mac {
    case .none: 0
    case .tag: 16
    case .hmac(_, _, let count, _), .umac(let count, _): count
    }
  }

  /// The length before each packet is not encrypted.
  var hasClearLength: Bool {
    switch (cipher, mac) {
    case (.none, _), (.gcm, _): true
    case (_, .hmac(_, _, _, let isEtm)), (_, .umac(_, let isEtm)): isEtm
    default: false
    }
  }

  /// A multiple of it is encrypted (RFC 4253 §6).
  var blockCount: Int {
    switch cipher {
    case .none, .chacha: 8
    case .gcm, .counter: 16
    case .chained(_, _, let count): count
    }
  }
}

extension PacketSuite {
  /// The cipher of this name authenticates by itself, so that no MAC is negotiated with it.
  static func isAuthenticated(_ cipher: String) -> Bool {
    switch PacketSuite(cipher: cipher, mac: "none")?.cipher {
    case .chacha, .gcm: true
    default: false
    }
  }
}
