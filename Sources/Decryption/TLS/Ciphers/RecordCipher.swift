import Bytes

/// Opens the records of one direction under one set of keys, in order.
struct RecordCipher {
  /// What the keys are for; TLS 1.0 to 1.2 know only `application`.
  enum Epoch: Hashable {
    case early, handshake, application
  }

  private enum Method {
    case aead(LibcryptoAEAD, fixed: [UInt8], tagCount: Int, hasExplicitNonce: Bool)
    /// `chained` is the IV of the next record in TLS 1.0, nil where each record brings its own.
    case block(LibcryptoBlockCipher, MAC, blockCount: Int, chained: [UInt8]?, isEncryptThenMAC: Bool)
    case rc4(RC4, MAC)
    case null(MAC)
  }

  private struct MAC {
    let hash: HashAlgorithm
    let key: [UInt8]
  }

  let suite: CipherSuite
  let epoch: Epoch
  private let isTLS13: Bool
  private var method: Method
  /// The record before was damaged, and with it perhaps the IV of the next (TLS 1.0), which encrypt-then-MAC does not cover.
  private var isChainBroken = false
  /// The number of the next record.
  var sequence: UInt64 = 0
  /// TLS 1.3: the secret the keys came from.
  private var secret: [UInt8] = []

  /// Keys of TLS 1.3 from a traffic secret (RFC 8446 §7.3).
  init?(suite: CipherSuite, secret: [UInt8], epoch: Epoch) {
    guard suite.isTLS13, secret.count == suite.hash.digestCount,
      case .aead(let name, let keyCount, let tagCount, _) = suite.bulk
    else { return nil }
    let key = KeySchedule.expandLabel(suite.hash, secret, "key", count: keyCount)
    let iv = KeySchedule.expandLabel(suite.hash, secret, "iv", count: 12)
    guard let aead = LibcryptoAEAD(name: name, key: key, tagCount: tagCount) else { return nil }
    self.suite = suite
    self.epoch = epoch
    self.secret = secret
    isTLS13 = true
    method = .aead(aead, fixed: iv, tagCount: tagCount, hasExplicitNonce: false)
  }

  /// Keys of TLS 1.0 to 1.2 from the key block (RFC 5246 §6.3).
  init?(
    suite: CipherSuite, master: [UInt8], clientRandom: [UInt8], serverRandom: [UInt8], version: UInt16,
    isEncryptThenMAC: Bool, direction isFromClient: Bool
  ) {
    guard !suite.isTLS13 else { return nil }
    self.suite = suite
    epoch = .application
    isTLS13 = false
    let block = KeySchedule.prf(
      version >= 0x0303 ? suite.hash : nil, master, label: "key expansion", seed: serverRandom + clientRandom,
      count: 2 * (48 + 32 + 16))
    var used = 0
    func take(_ count: Int) -> [UInt8] {
      let both = block.dropFirst(used).prefix(2 * count)
      used += 2 * count
      return Array(isFromClient ? both.prefix(count) : both.suffix(count))
    }
    switch suite.bulk {
    case .aead(let name, let keyCount, let tagCount, let hasExplicitNonce):
      let key = take(keyCount)
      let fixed = take(hasExplicitNonce ? 4 : 12)
      guard let aead = LibcryptoAEAD(name: name, key: key, tagCount: tagCount) else { return nil }
      method = .aead(aead, fixed: fixed, tagCount: tagCount, hasExplicitNonce: hasExplicitNonce)
    case .block(let name, let keyCount, let blockCount, let hash):
      let mac = MAC(hash: hash, key: take(hash.digestCount))
      let key = take(keyCount)
      let iv = take(blockCount)
      guard let cipher = LibcryptoBlockCipher(name: name, key: key) else { return nil }
      method = .block(
        cipher, mac, blockCount: blockCount, chained: version <= 0x0301 ? iv : nil, isEncryptThenMAC: isEncryptThenMAC)
    case .rc4(let hash):
      let mac = MAC(hash: hash, key: take(hash.digestCount))
      guard let cipher = RC4(key: take(16)) else { return nil }
      method = .rc4(cipher, mac)
    case .null(let hash): method = .null(MAC(hash: hash, key: take(hash.digestCount)))
    }
  }

  /// A record opens without those before it, so that one can go on behind a gap.
  var isSelfContained: Bool {
    switch method {
    case .aead, .null: true
    case .block(_, _, _, let chained, _): chained == nil
    case .rc4: false
    }
  }

  /// The keys after a KeyUpdate.
  var updated: RecordCipher? {
    guard isTLS13 else { return nil }
    return RecordCipher(suite: suite, secret: KeySchedule.next(suite.hash, secret), epoch: epoch)
  }

  /// How many plain bytes a record of this length holds: exact for AEAD without padding, else the most it can be.
  func plainCount(_ sealedCount: Int) -> Int {
    let overhead =
      switch method {
      case .aead(_, _, let tagCount, let hasExplicitNonce): tagCount + (hasExplicitNonce ? 8 : 0) + (isTLS13 ? 1 : 0)
      case .block(_, let mac, let blockCount, let chained, _):
        mac.hash.digestCount + 1 + (chained == nil ? blockCount : 0)
      case .rc4(_, let mac), .null(let mac): mac.hash.digestCount
      }
    return max(0, sealedCount - overhead)
  }

  /// The plain bytes and their content type; nil when tag or MAC says no. The sequence number moves on either way.
  mutating func open(_ header: RecordHeader, _ body: Span<UInt8>) -> (content: UInt8, bytes: [UInt8])? {
    defer { sequence &+= 1 }
    switch method {
    case .aead(let aead, let fixed, let tagCount, let hasExplicitNonce):
      var explicit = 0
      var nonce = fixed
      if hasExplicitNonce {
        guard body.count >= 8 + tagCount else { return nil }
        explicit = 8
        nonce.append(contentsOf: body.extracting(0..<8))
      } else {
        for index in 0..<8 where nonce.count == 12 {
          nonce[4 + index] ^= UInt8(truncatingIfNeeded: sequence >> UInt64(56 - 8 * index))
        }
      }
      guard body.count >= explicit + tagCount else { return nil }
      let sealed = body.extracting(explicit..<body.count)
      let associated = isTLS13 ? header.bytes : prefix(header, sealed.count - tagCount)
      guard var plain = aead.open(sealed, nonce: nonce, associated: associated) else { return nil }
      guard isTLS13 else { return (header.content, plain) }
      // RFC 8446 §5.2: the content type is the last byte that is not zero; what follows is padding.
      while let last = plain.popLast() {
        if last != 0 { return (last, plain) }
      }
      return (0, [])
    case .block(let cipher, let mac, let blockCount, let chained, let isEncryptThenMAC):
      // The chain goes on over a record that does not open.
      if chained != nil {
        let end = isEncryptThenMAC ? body.count - mac.hash.digestCount : body.count
        let next = end >= blockCount ? body.extracting((end - blockCount)..<end).array : chained
        method = .block(cipher, mac, blockCount: blockCount, chained: next, isEncryptThenMAC: isEncryptThenMAC)
      }
      let opened = openBlocks(
        header, body, cipher, mac, blockCount: blockCount, chained: chained, isEncryptThenMAC: isEncryptThenMAC)
      guard chained != nil, isEncryptThenMAC else { return opened }
      defer { isChainBroken = opened == nil }
      return isChainBroken ? nil : opened
    case .rc4(var cipher, let mac):
      let plain = cipher.apply(body)
      method = .rc4(cipher, mac)
      return check(header, plain, mac)
    case .null(let mac): return check(header, body.array, mac)
    }
  }

  private func openBlocks(
    _ header: RecordHeader, _ body: Span<UInt8>, _ cipher: LibcryptoBlockCipher, _ mac: MAC, blockCount: Int,
    chained: [UInt8]?, isEncryptThenMAC: Bool
  ) -> (content: UInt8, bytes: [UInt8])? {
    var end = body.count
    if isEncryptThenMAC {
      // RFC 7366 §3: the MAC is over IV and ciphertext.
      end -= mac.hash.digestCount
      guard end >= 0 else { return nil }
      let text = prefix(header, end) + body.extracting(0..<end).array
      guard mac.hash.hmac(key: mac.key, text).elementsEqual(body.extracting(end..<body.count).array) else { return nil }
    }
    let start = chained == nil ? blockCount : 0
    guard end > start, (end - start).isMultiple(of: blockCount) else { return nil }
    let iv = chained ?? body.extracting(0..<blockCount).array
    guard var plain = cipher.decrypt(body.extracting(start..<end), iv: iv) else { return nil }
    guard let padding = plain.last, plain.count > Int(padding),
      plain.suffix(Int(padding) + 1).allSatisfy({ $0 == padding })
    else { return nil }
    plain.removeLast(Int(padding) + 1)
    return isEncryptThenMAC ? (header.content, plain) : check(header, plain, mac)
  }

  private func check(_ header: RecordHeader, _ plain: [UInt8], _ mac: MAC) -> (content: UInt8, bytes: [UInt8])? {
    let count = plain.count - mac.hash.digestCount
    guard count >= 0 else { return nil }
    let expected = mac.hash.hmac(key: mac.key, prefix(header, count) + plain.prefix(count))
    guard !expected.isEmpty, expected.elementsEqual(plain.suffix(mac.hash.digestCount)) else { return nil }
    return (header.content, Array(plain.prefix(count)))
  }

  /// Sequence number, type, version and length: what MAC or tag covers before the text (RFC 5246 §6.2.3).
  private func prefix(_ header: RecordHeader, _ count: Int) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(13)
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      out.append(UInt8(truncatingIfNeeded: sequence >> shift))
    }
    out += [header.content, UInt8(truncatingIfNeeded: header.version >> 8), UInt8(truncatingIfNeeded: header.version)]
    out += [UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
    return out
  }
}
