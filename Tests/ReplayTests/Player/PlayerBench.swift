import Model
import Terminal
import TestKit
import Testing

@testable import Replay

/// A player before a terminal of its own, with a clock that a test moves. Whatever the player writes goes through a list of
/// what it may write.
struct PlayerBench {
  var player: Player
  /// The terminal in front of the person.
  var window: Emulator
  private(set) var now: Int64 = 5_000_000_000

  init(
    _ story: MemoryCase, of session: String = TerminalStory.session, columns: Int = 120, rows: Int = 40,
    colours: ColourDepth = .direct, terminal: String? = TerminalStory.shell
  ) throws {
    var options = Player.Options()
    options.colours = colours
    let timeline = try Timeline(of: try #require(story.session(id: session)), from: story)
    player = Player(timeline, from: story, options: options, size: WindowSize(columns: columns, rows: rows))
    window = Emulator(size: TerminalSize(columns: columns, rows: rows))
    window.write(Array(Player.begin.utf8))
    if let terminal { #expect(try player.showTerminal(of: terminal)) }
    try draw()
  }

  @discardableResult
  mutating func draw() throws -> String {
    let out = try player.output(at: now)
    for mistake in AllowedOutput.mistakes(in: out, columns: window.size.columns, rows: window.size.rows) {
      Issue.record("\(mistake)")
    }
    window.write(Array(out.utf8))
    return out
  }

  /// Types, and shows what comes of it.
  mutating func type(_ text: String) throws {
    try player.receive(Array(text.utf8), at: now)
    try draw()
  }

  mutating func press(_ key: Key) throws {
    try player.press(key)
    try draw()
  }

  /// Lets time pass as a terminal would: output whenever the player wants to.
  mutating func pass(seconds: Double) throws {
    let end = now + Int64(seconds * 1e9)
    while now < end {
      now = min(end, now + max(1, player.wait ?? .max / 4))
      try draw()
    }
  }

  mutating func resize(columns: Int, rows: Int) throws {
    window.resize(TerminalSize(columns: columns, rows: rows))
    player.resize(to: WindowSize(columns: columns, rows: rows))
    try draw()
  }

  /// What the window shows.
  var lines: [String] {
    mutating get { window.screen.rows.map(\.text) }
  }

  var status: String {
    mutating get { lines.last ?? "" }
  }

  /// The captured screen within its frame.
  mutating func boxed(columns: Int, rows: Int) -> [String] {
    window.screen.rows.dropFirst().prefix(rows).map { row in
      var text = ""
      var column = 0
      for run in row.runs {
        for cell in run.cells {
          if (1...columns).contains(column) { text += cell }
          column += run.isWide ? 2 : 1
        }
      }
      while text.last == " " { text.removeLast() }
      return text
    }
  }
}

/// All that a player may write to a terminal.
enum AllowedOutput {
  private static let whole: Set<String> = [
    "?1049h", "?1049l", "?25h", "?25l", "?7h", "?7l", "2K", "2J", "J",
  ]
  private static let rendition: Set<Int> = Set([0, 1, 2, 3, 4, 5, 7, 9, 53] + Array(30...37) + Array(40...47))
    .union(Array(90...97) + Array(100...107))

  /// What is not in the list.
  static func mistakes(in output: String, columns: Int, rows: Int) -> [String] {
    var mistakes: [String] = []
    let scalars = Array(output.unicodeScalars)
    var place = 0
    while place < scalars.count {
      let scalar = scalars[place]
      guard scalar == "\u{1b}" else {
        if TerminalText.isHidden(scalar) { mistakes.append("U+\(String(scalar.value, radix: 16))") }
        place += 1
        continue
      }
      guard place + 1 < scalars.count, scalars[place + 1] == "[" else {
        mistakes.append("an escape that is no CSI")
        place += 1
        continue
      }
      var end = place + 2
      while end < scalars.count, scalars[end].value < 0x40 { end += 1 }
      guard end < scalars.count else { return mistakes + ["an open sequence"] }
      let text = String(String.UnicodeScalarView(scalars[(place + 2)...end]))
      if !isAllowed(text, columns, rows) { mistakes.append("CSI \(text)") }
      place = end + 1
    }
    return mistakes
  }

  private static func isAllowed(_ sequence: String, _ columns: Int, _ rows: Int) -> Bool {
    if whole.contains(sequence) { return true }
    let numbers = sequence.dropLast().split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
    switch sequence.last {
    case "H": return numbers.count == 2 && (1...rows).contains(numbers[0]) && (1...columns).contains(numbers[1])
    case "G": return numbers.count == 1 && (1...columns).contains(numbers[0])
    case "m":
      var rest = numbers[...]
      while let first = rest.popFirst() {
        if first == 38 || first == 48 {
          let count = rest.first == 5 ? 1 : rest.first == 2 ? 3 : -1
          guard count > 0, rest.count > count, rest.dropFirst().prefix(count).allSatisfy({ (0...255).contains($0) })
          else {
            return false
          }
          rest = rest.dropFirst(count + 1)
        } else if !rendition.contains(first) {
          return false
        }
      }
      return true
    default: return false
    }
  }
}
