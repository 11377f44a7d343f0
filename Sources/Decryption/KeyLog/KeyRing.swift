import Bytes

/// All key material of an ingest. A value, built before packets are read.
public struct KeyRing: Sendable {
  /// No traffic secret or premaster secret of a registered suite is longer; no line can be.
  static let secretLimit = 512
  /// A longer line of a key log is damaged.
  static let lineLimit = 4096
  /// Private keys are tried one after the other.
  static let privateKeyLimit = 256

  struct SecretName: Hashable, Sendable {
    var label: SecretLabel
    var clientRandom: [UInt8]
  }

  private var secrets: [SecretName: [UInt8]] = [:]
  /// `RSA Session-ID:… Master-Key:…`
  private var masterBySession: [[UInt8]: [UInt8]] = [:]
  /// `RSA <first 8 bytes of the encrypted premaster secret> <premaster secret>`
  private var preMasterByCiphertext: [[UInt8]: [UInt8]] = [:]
  private(set) var privateKeys: [RSAPrivateKey] = []
  /// Of SSH key exchanges, by the cookie of either end.
  var exchangeSecrets: [[UInt8]: ExchangeSecret] = [:]

  public init() {}

  /// Nothing was added that could open a record.
  public var isEmpty: Bool {
    secrets.isEmpty && masterBySession.isEmpty && preMasterByCiphertext.isEmpty && privateKeys.isEmpty
      && exchangeSecrets.isEmpty
  }

  /// Whether the head of a file looks like an NSS key log, an SSH key log or a PEM private key.
  public static func recognizes(_ head: Span<UInt8>) -> Bool {
    var start = 0
    while start < head.count {
      let newline = head.firstIndex(of: 0x0a, from: start)
      let end = newline ?? head.count
      guard end - start <= lineLimit else { return false }
      let line = text(head.extracting(start..<end))
      guard let line else { return false }
      start = end + 1
      if line.isEmpty || line.hasPrefix("#") { continue }
      if line.hasPrefix("-----BEGIN ") { return line.contains("PRIVATE KEY") }
      let label = line.split(separator: " ", maxSplits: 1).first.map(String.init) ?? ""
      if ExchangeSecret.isLine(line) { return true }
      return label == "RSA" && line.count > 4
        || line.contains(" ") && (SecretLabel(rawValue: label) != nil || SecretLabel.isIgnored(label))
    }
    return false
  }

  /// Adds the lines of an NSS key log or of an SSH key log, or PEM RSA private keys; all may stand in one file.
  public mutating func add(_ bytes: Span<UInt8>) -> KeyLogReading {
    var reading = KeyLogReading()
    var start = 0
    var number = 0
    var pem: (text: String, line: Int)?
    while start < bytes.count {
      let end = bytes.firstIndex(of: 0x0a, from: start) ?? bytes.count
      number += 1
      let line = end - start <= Self.lineLimit ? Self.text(bytes.extracting(start..<end)) : nil
      start = end + 1
      guard let line else {
        reading.addDamaged(number)
        continue
      }
      if line.hasPrefix("-----BEGIN ") { pem = ("", number) }
      if var block = pem {
        block.text += line + "\n"
        pem = block.text.utf8.count <= RSAPrivateKey.pemLimit ? block : nil
        if pem == nil { reading.addDamaged(block.line) }
        guard line.hasPrefix("-----END ") else { continue }
        pem = nil
        guard line.contains("PRIVATE KEY") else { continue }
        if privateKeys.count < Self.privateKeyLimit, let key = RSAPrivateKey(pem: block.text) {
          privateKeys.append(key)
          holdsPreMasters = true
          reading.privateKeyCount += 1
        } else {
          reading.addDamaged(block.line)
        }
        continue
      }
      if line.isEmpty || line.hasPrefix("#") { continue }
      add(line: line, number: number, to: &reading)
    }
    if let pem { reading.addDamaged(pem.line) }
    return reading
  }

  private mutating func add(line: String, number: Int, to reading: inout KeyLogReading) {
    let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
    if let name = fields.first, ExchangeSecret.isCookie(name) {
      guard let (cookie, secret) = ExchangeSecret.parse(fields) else { return reading.addDamaged(number) }
      exchangeSecrets[cookie] = secret
      reading.secretCount += 1
      return
    }
    guard let label = fields.first, fields.count == 3 else { return reading.addDamaged(number) }
    if label == "RSA" {
      if fields[1].hasPrefix("Session-ID:"), fields[2].hasPrefix("Master-Key:"),
        let session = [UInt8](hex: fields[1].dropFirst(11)), (1...32).contains(session.count),
        let master = [UInt8](hex: fields[2].dropFirst(11)), master.count == 48
      {
        masterBySession[session] = master
        reading.secretCount += 1
      } else if let head = [UInt8](hex: fields[1][...]), head.count == 8,
        let secret = [UInt8](hex: fields[2][...]), secret.count == 48
      {
        preMasterByCiphertext[head] = secret
        holdsPreMasters = true
        reading.secretCount += 1
      } else {
        reading.addDamaged(number)
      }
      return
    }
    let known = SecretLabel(rawValue: label)
    guard known != nil || SecretLabel.isIgnored(label), let random = [UInt8](hex: fields[1][...]), random.count == 32,
      let secret = [UInt8](hex: fields[2][...]), !secret.isEmpty, secret.count <= Self.secretLimit
    else { return reading.addDamaged(number) }
    guard let known else {
      reading.ignoredCount += 1
      return
    }
    if known == .master, secret.count != 48 { return reading.addDamaged(number) }
    if known == .preMaster { holdsPreMasters = true }
    secrets[SecretName(label: known, clientRandom: random)] = secret
    reading.secretCount += 1
  }

  func secret(_ label: SecretLabel, _ clientRandom: [UInt8]) -> [UInt8]? {
    secrets[SecretName(label: label, clientRandom: clientRandom)]
  }

  func master(session: [UInt8]) -> [UInt8]? { session.isEmpty ? nil : masterBySession[session] }

  func preMaster(ciphertext: [UInt8]) -> [UInt8]? { preMasterByCiphertext[Array(ciphertext.prefix(8))] }

  /// The handshake's messages must be kept for the extended master secret (RFC 7627).
  private(set) var holdsPreMasters = false

  private static func text(_ line: Span<UInt8>) -> String? {
    guard let text = line.validString else { return nil }
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f || $0 == 0x09 || $0 == 0x0d }) else { return nil }
    return String(text.drop(while: { $0 == " " }).reversed().drop(while: { $0 == "\r" || $0 == " " }).reversed())
  }
}

extension Array where Element == UInt8 {
  /// The bytes of hexadecimal text; nil when it is not.
  init?(hex text: Substring) {
    let digits = text.utf8
    guard digits.count.isMultiple(of: 2) else { return nil }
    self = []
    reserveCapacity(digits.count / 2)
    var high: UInt8?
    for digit in digits {
      let value: UInt8
      switch digit {
      case 0x30...0x39: value = digit - 0x30
      case 0x41...0x46: value = digit - 0x37
      case 0x61...0x66: value = digit - 0x57
      default: return nil
      }
      if let first = high {
        append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
  }
}
