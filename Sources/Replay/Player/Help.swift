/// What the keys do.
enum Help {
  private static let keys: [(String, String)] = [
    ("space", "pause and go on"),
    ("→  ←", "one statement on, one back (and pause)"),
    ("↑  ↓   +  -", "twice as fast, half as fast"),
    ("s", "skip idle: wait a second at most where nothing happens"),
    ("c  C", "next change, previous change"),
    ("e  E", "next error or gap, previous one"),
    ("a", "all header fields of HTTP, or those that tell most"),
    ("/", "search statements, parameters, messages and resources"),
    ("n  N", "next match, previous match; Esc forgets the search"),
    ("g", "go to an action (17), a time (02:16:37), +90, -5m, 50%, start, end"),
    ("Home  End", "to the beginning, to the end"),
    ("PgUp  PgDn", "scroll"),
    ("q", "leave"),
  ]

  private static let signs: [(String, String, Style)] = [
    ("◆", "a change", .change), ("✗", "an error", .error), ("╱", "not captured, or not complete", .warning),
    ("↺", "rolled back or not run: it left no effect", .warning),
    ("\\x1b", "a character that has no shape of its own, shown by its number", .plain),
  ]

  static var lines: [StyledLine] {
    var lines = [StyledLine("  Keys", .strong)]
    for (key, what) in keys {
      var line = StyledLine("  ")
      line.append(key, .prompt)
      line.pad(to: 18)
      line.append(what)
      lines.append(line)
    }
    lines.append(StyledLine("  Signs", .strong))
    for (sign, what, style) in signs {
      var line = StyledLine("  ")
      line.append(sign, style)
      line.pad(to: 18)
      line.append(what)
      lines.append(line)
    }
    return lines + [StyledLine("  Times are UTC. Any key goes back to the replay.", .faint)]
  }
}
