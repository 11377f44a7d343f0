import Bytes

/// The identification line: `SSH-protoversion-softwareversion SP comments CR LF` (RFC 4253 §4.2).
struct Identification: Sendable {
  /// 255 bytes by the RFC; some implementations send more, and lines before it may be longer.
  static let lineLimit = 8 << 10

  /// Without its end of line, as the exchange hash takes it.
  let line: [UInt8]

  init(line: [UInt8]) {
    var line = line
    if line.last == 0x0a { line.removeLast() }
    if line.last == 0x0d { line.removeLast() }
    self.line = line
  }

  var text: String { String(decoding: line, as: UTF8.self) }

  /// `2.0`, `1.99`, `1.5`.
  var protocolVersion: String {
    let fields = text.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
    return fields.count > 1 ? String(fields[1]) : ""
  }

  /// The software's version and its comments: `OpenSSH_9.2p1 Debian-2`.
  var software: String {
    let fields = text.split(separator: "-", maxSplits: 2, omittingEmptySubsequences: false)
    return fields.count > 2 ? String(fields[2]) : ""
  }

  /// 1.99 is a server of 2.0 that would also speak 1 (RFC 4253 §5.1).
  var isVersion2: Bool { protocolVersion == "2.0" || protocolVersion == "1.99" }

  /// Whether the bytes are the beginning of an identification, as far as they go.
  static func isBeginning(_ bytes: borrowing Span<UInt8>) -> Bool {
    if bytes.isEmpty { return false }
    if bytes.count >= 6 { return bytes.starts(with: "SSH-2.") || bytes.starts(with: "SSH-1.") }
    let head: [UInt8] = Array("SSH-".utf8)
    for index in 0..<min(4, bytes.count) where bytes[index] != head[index] { return false }
    return bytes.count < 5 || bytes[4] == 0x31 || bytes[4] == 0x32
  }

  /// Printable, or ill-formed UTF-8 of old servers: no control characters but TAB and CR.
  static func isText(_ bytes: borrowing Span<UInt8>) -> Bool {
    for index in 0..<bytes.count {
      let byte = bytes[index]
      if byte < 0x20, byte != 0x09, byte != 0x0d, byte != 0x1b { return false }
    }
    return true
  }
}
