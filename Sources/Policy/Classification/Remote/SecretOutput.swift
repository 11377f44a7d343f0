import Bytes
import Model

/// Secrets that neither shape nor name tells, in the output of commands that print nothing else.
enum SecretOutput {
  /// Bytes of output that are looked at.
  private static let limit = 65_536
  private static let files: Set<String> = [".pgpass", "pgpass.conf"]

  /// Makes what such a command printed known to the mask.
  static func keep(of commands: [[String]], in records: Payload, _ mask: inout SecretMask) {
    let words = commands.map { $0.dropFirst() }.joined().map { String($0.split(separator: "/").last ?? "") }
    let file = words.first { files.contains($0) }
    let what = HandOutCommands.what(commands)
    guard file != nil || what != nil, let output = output(records), !output.isEmpty else { return }
    mask.place = .answer
    defer { mask.place = nil }
    if let file { keep(ofFile: file, output, &mask) }
    guard what != nil else { return }
    // A value by itself, as `-o jsonpath`, `-field` and `--output text` print it.
    let text = String(decoding: output, as: UTF8.self).trimming(\.isWhitespace)
    let isWord = text.utf8.count >= 4 && !text.contains(where: \.isWhitespace)
    if isWord, text.first != "{" { mask.keep(text) }
    if text.first == "{" { _ = mask.json(Array(text.utf8), SecretMask.Sealing(data: true)) }
  }

  /// The password file of libpq: `host:port:database:user:password`, with `\:` and `\\` (PostgreSQL, §34.16).
  static func keep(ofFile name: String, _ bytes: [UInt8], _ mask: inout SecretMask) {
    guard files.contains(name), bytes.count <= limit else { return }
    for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) where line.first != UInt8(ascii: "#") {
      var colons = 0
      var isEscaped = false
      var (password, written): ([UInt8], [UInt8]) = ([], [])
      for byte in line {
        if colons == 4 { written.append(byte) }
        if isEscaped || byte != UInt8(ascii: "\\") && byte != UInt8(ascii: ":") {
          if colons == 4 { password.append(byte) }
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else {
          if colons == 4 { password.append(byte) }
          colons = min(4, colons + 1)
        }
      }
      guard colons == 4, !password.isEmpty else { continue }
      mask.keep(password)
      if written != password { mask.keep(written) }
    }
  }

  private static func output(_ records: Payload) -> [UInt8]? {
    var bytes: [UInt8] = []
    var cursor = StreamRecordCursor(records.bytes)
    while let record = try? cursor.next() {
      guard record.kind == .output else { continue }
      bytes += record.bytes
      if bytes.count > limit { return nil }
    }
    return bytes
  }
}
