import Model

/// Makes records of what sudo logs (sudoers(5), “LOG FORMAT”): `alice : TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/bin/ls`.
struct SudoTeller: Sendable {
  /// Bytes of a command line that goes over several messages.
  static let textLimit = 4 << 20
  /// Fields before the command that are looked at.
  static let fieldLimit = 64

  /// The last command, which a further message may continue.
  private var open: ServerRecord?

  mutating func receive(_ entry: SystemLogEntry, into events: inout [ServerLogEvent]) {
    // The name is filled up with blanks.
    let message = String(entry.message.drop { $0 == " " })
    guard let rest = message.rest(behind: " : ") else { return }
    let user = String(decoding: message.utf8.dropLast(rest.utf8.count + 3), as: UTF8.self)
    if let more = rest.rest(after: "(command continued) ") {
      guard open?.user == user, open?.sessionKey == entry.key else { return }
      if (open?.text.utf8.count ?? 0) + more.utf8.count > Self.textLimit {
        open?.isCut = true
      } else {
        // sudo breaks at a blank and leaves it out.
        open?.text += " " + Self.plain(more)
      }
      return
    }
    close(into: &events)
    guard let command = rest.rest(behind: "COMMAND=") else { return }
    var record = ServerRecord(
      .command, of: "sudo", at: entry.time.at, precision: entry.time.precision, peer: .local, text: Self.plain(command),
      origin: entry.origin)
    record.sessionKey = entry.key
    (record.server, record.user, record.isCut) = (entry.host, user, entry.isCut)
    var notes: [String] = []
    let fields = rest.utf8.dropLast(command.utf8.count + "COMMAND=".utf8.count)
    for field in Self.fields(Array(fields)) {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
        // `command not allowed`, `3 incorrect password attempts`, `user NOT in sudoers`
        if !field.isEmpty { record.status = .denied }
        if !field.isEmpty { notes.append(field) }
        continue
      }
      if parts[0] == "USER" { record.target = String(parts[1]) } else { notes.append(field) }
    }
    record.message = notes.isEmpty ? nil : notes.joined(separator: " ; ")
    open = record
  }

  mutating func finish(into events: inout [ServerLogEvent]) { close(into: &events) }

  private mutating func close(into events: inout [ServerLogEvent]) {
    if let open { events.append(.record(open)) }
    open = nil
  }

  /// Control characters are written as `#` and three octal digits.
  private static func plain(_ text: String) -> String {
    guard text.utf8.contains(0x23) else { return text }
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    var position = 0
    while position < bytes.count {
      let digits = bytes[position...].dropFirst().prefix(3)
      if bytes[position] == 0x23, digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) {
        let value = digits.reduce(0) { $0 * 8 + Int($1 - 0x30) }
        if value < 0x20 || value == 0x7F, let byte = UInt8(exactly: value) {
          out.append(byte)
          position += 4
          continue
        }
      }
      out.append(bytes[position])
      position += 1
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The parts between ` ; `.
  private static func fields(_ bytes: [UInt8]) -> [String] {
    var fields: [String] = []
    var start = 0
    for place in bytes.indices where bytes[place] == 0x3B && place > start && bytes[place - 1] == 0x20 {
      fields.append(String(decoding: bytes[start..<(place - 1)], as: UTF8.self))
      start = min(place + 2, bytes.count)
      guard fields.count < fieldLimit else { break }
    }
    if start < bytes.count { fields.append(String(decoding: bytes[start...], as: UTF8.self)) }
    return fields
  }
}
