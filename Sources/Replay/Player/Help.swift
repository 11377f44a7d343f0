/// What the keys do.
enum Help {
  private static let keys: [(String, String)] = [
    ("space", "pause and go on"),
    ("→  ←", "one statement on, one back (and pause)"),
    ("↑  ↓   +  -", "twice as fast, half as fast"),
    ("t", "a terminal of the session as its user saw it, and back"),
    ("s  i", "skip idle: wait a second at most where nothing happens"),
    ("c  C", "next change, previous change"),
    ("e  E", "next error or gap, previous one"),
    ("a", "all header fields of HTTP, or those that tell most"),
    ("/", "search statements, parameters, messages and resources"),
    ("n  N", "next match, previous match; Esc forgets the search"),
    ("g", "go to an action (17), a time (02:16:37), +90, -5m, 50%, start, end"),
    ("Home  End  G", "to the beginning, to the end"),
    ("PgUp  PgDn", "scroll"),
    ("q", "leave"),
  ]

  private static let terminalKeys: [(String, String)] = [
    ("space", "pause and go on"),
    ("→  ←", "five seconds on, five back (and pause)"),
    (".  ,", "one record on, one back"),
    ("↓  ↑   ]  [", "next and previous typed command; c and C do the same"),
    ("+  -", "twice as fast, half as fast"),
    ("i", "skip idle: wait a second at most where nothing is written"),
    ("/", "search all that was ever to be read on this terminal"),
    ("n  N", "next match, previous match; Esc forgets the search"),
    ("g", "go to a time (02:16:37), +90, -5m, 50%, an action (17); gg begins anew"),
    ("Home  End  G", "to the beginning, to the end"),
    ("H J K L   0", "move over a screen that is larger than yours; 0 follows the cursor"),
    ("z", "the screen alone, without the lines around it"),
    ("Tab", "the next terminal of the session"),
    ("t", "the transcript of the session, and back"),
    ("q", "leave"),
  ]

  private static let terminalSigns: [(String, String, Style)] = [
    ("┴", "a typed command", .plain), ("◆", "a typed command that changes something", .change),
    ("✗", "a typed command that failed", .error), ("‹ › ▲ ▼", "the screen goes on there", .warning),
    ("\u{FFFD}", "a character without a shape of its own, or one with a hidden one over it", .plain),
  ]

  private static let signs: [(String, String, Style)] = [
    ("◆", "a change", .change), ("✗", "an error", .error), ("╱", "not captured, or not complete", .warning),
    ("↺", "rolled back or not run: it left no effect", .warning),
    ("\\x1b", "a character that has no shape of its own, shown by its number", .plain),
  ]

  static func lines(_ face: Player.Face) -> [StyledLine] {
    switch face {
    case .transcript: lines(keys, signs)
    case .screen: lines(terminalKeys, terminalSigns)
    }
  }

  private static func lines(_ keys: [(String, String)], _ signs: [(String, String, Style)]) -> [StyledLine] {
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
