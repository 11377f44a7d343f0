import Bytes

extension ClientHello {
  private var plainSuites: [UInt16] { suites.filter { !Self.isGrease($0) } }
  private var plainTypes: [UInt16] { extensions.types.filter { !Self.isGrease($0) } }

  /// JA3: MD5 over version, suites, extensions, groups and point formats.
  var ja3: String {
    func list(_ values: [UInt16]) -> String { values.map { String($0) }.joined(separator: "-") }
    let groups = extensions.numbers(10, lengthBytes: 2).filter { !Self.isGrease($0) }
    let formats = (extensions[11] ?? []).dropFirst().map { UInt16($0) }
    let text = [String(version), list(plainSuites), list(plainTypes), list(groups), list(formats)].joined(
      separator: ",")
    return HashAlgorithm.md5.digest(Array(text.utf8)).hex
  }

  /// JA4 of FoxIO, for TLS over TCP: `t13d1516h2_8daaf6152771_e5627efa2ab1`.
  var ja4: String {
    let offered = extensions.numbers(43, lengthBytes: 1).filter { !Self.isGrease($0) }.max() ?? version
    let name =
      switch offered {
      case 0x0304: "13"
      case 0x0303: "12"
      case 0x0302: "11"
      case 0x0301: "10"
      case 0x0300: "s3"
      case 0x0002: "s2"
      default: "00"
      }
    func two(_ count: Int) -> String { (count < 10 ? "0" : "") + String(min(count, 99)) }
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
    var alpn = "00"
    if let value = extensions.protocols.first, let first = value.first, let last = value.last {
      alpn =
        isAlphanumeric(first) && isAlphanumeric(last)
        ? String(decoding: [first, last], as: UTF8.self) : String([first].hex.prefix(1)) + String([last].hex.suffix(1))
    }
    func hex(_ value: UInt16) -> String { [UInt8(value >> 8), UInt8(value & 0xff)].hex }
    func short(_ text: String) -> String {
      String(HashAlgorithm.sha256.digest(Array(text.utf8)).hex.prefix(12))
    }
    let none = "000000000000"
    let cipherHash = plainSuites.isEmpty ? none : short(plainSuites.map(hex).sorted().joined(separator: ","))
    let types = plainTypes.filter { $0 != 0 && $0 != 16 }.map(hex).sorted().joined(separator: ",")
    let signatures = extensions.numbers(13, lengthBytes: 2).filter { !Self.isGrease($0) }.map(hex)
    let tail = signatures.isEmpty ? types : types + "_" + signatures.joined(separator: ",")
    let typeHash = plainTypes.isEmpty ? none : short(tail)
    let head = "t" + name + (extensions.has(0) ? "d" : "i") + two(plainSuites.count) + two(plainTypes.count) + alpn
    return "\(head)_\(cipherHash)_\(typeHash)"
  }
}

extension ServerHello {
  /// JA3S: MD5 over version, suite and extensions.
  var ja3s: String {
    let types = extensions.types.map { String($0) }.joined(separator: "-")
    return HashAlgorithm.md5.digest(Array("\(legacyVersion),\(suite),\(types)".utf8)).hex
  }
}
