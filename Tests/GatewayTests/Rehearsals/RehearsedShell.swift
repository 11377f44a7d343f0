/// A shell with a line editor of few keys, which marks its prompt as docs/gateway.md tells how. One open quote asks for more lines; a command
/// that begins with `r` reads a line itself.
struct RehearsedShell {
  private static let prompt = "\u{1b}]133;A\u{7}$ \u{1b}]133;B\u{7}"
  private static let more = "\u{1b}]133;A;k=s\u{7}> \u{1b}]133;B\u{7}"
  private static let lineLimit = 60

  private enum Place { case prompt, more, program }

  private(set) var ran: [String] = []
  private var place = Place.prompt
  private var line: [UInt8] = []
  private var earlier = ""
  private var history: [[UInt8]] = []
  private var back = 0
  private var escape: [UInt8] = []
  private var output = Array(prompt.utf8)

  var hasOutput: Bool { !output.isEmpty }

  mutating func takeOutput(_ limit: Int = .max) -> [UInt8] {
    defer { output.removeFirst(min(limit, output.count)) }
    return Array(output.prefix(limit))
  }

  mutating func take(_ byte: UInt8) {
    if !escape.isEmpty || byte == 0x1B { return takeEscape(byte) }
    switch byte {
    case 0x0D, 0x0A, 0x0F: enter()
    case 0x03: giveUp()
    case 0x15:
      line = []
      draw()
    case 0x7F:
      guard !line.isEmpty else { return }
      line.removeLast()
      say("\u{8} \u{8}")
    case 0x20...0x7E where line.count < Self.lineLimit:
      line.append(byte)
      output.append(byte)
    default: break
    }
  }

  private mutating func say(_ text: String) { output += Array(text.utf8) }

  /// Any other key of several bytes does nothing.
  private mutating func takeEscape(_ byte: UInt8) {
    escape.append(byte)
    guard escape.count > 1, escape != [0x1B, 0x5B], escape != [0x1B, 0x4F] else { return }
    if escape.count > 2, escape[1] == 0x5B, !(0x40...0x7E).contains(byte), escape.count < 16 { return }
    defer { escape = [] }
    if escape == Array("\u{1b}OM".utf8) || byte == 0x0D || byte == 0x0A { return enter() }
    guard escape == Array("\u{1b}[A".utf8), place == .prompt, back < history.count else { return }
    back += 1
    line = history[history.count - back]
    draw()
  }

  private mutating func draw() {
    guard place != .program else { return }
    say("\r\u{1b}[K\(place == .more ? Self.more : Self.prompt)")
    output += line
  }

  private mutating func giveUp() {
    (line, earlier, back) = ([], "", 0)
    if place == .program { say("\u{1b}]133;D;130\u{7}") }
    place = .prompt
    say("^C\r\n\(Self.prompt)")
  }

  private mutating func enter() {
    defer { (line, back) = ([], 0) }
    say("\r\n")
    if place == .program {
      place = .prompt
      return say("got it\r\n\u{1b}]133;D;0\u{7}\(Self.prompt)")
    }
    let text = String(decoding: line, as: UTF8.self)
    let whole = earlier + text
    guard whole.count(where: { $0 == "'" }) % 2 == 0 else {
      earlier = whole + "\n"
      place = .more
      return say(Self.more)
    }
    earlier = ""
    place = .prompt
    guard whole.contains(where: { $0 != " " && $0 != "\n" }) else { return say(Self.prompt) }
    if !line.isEmpty { history.append(line) }
    ran.append(whole)
    say("\u{1b}]133;C\u{7}out\r\n")
    guard whole.hasPrefix("r") else { return say("\u{1b}]133;D;0\u{7}\(Self.prompt)") }
    place = .program
  }
}
