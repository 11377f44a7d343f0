import Model

/// One line in the making: from the moment when a program waits for it until it is entered.
struct EditSession: Sendable {
  /// Who draws the line.
  enum Editor: Sendable {
    /// A line editor that announced itself with DEC mode 2004.
    case announced
    /// The terminal's driver, or a line editor that says nothing.
    case unannounced
  }

  /// Where the prompt ends, and how that is known.
  struct Anchor: Sendable {
    var place: TerminalPlace
    /// The prompt's last line up to its end.
    var prompt: String
    /// What stood at the right margin when the line was empty (zsh's RPROMPT).
    var right: (column: Int, text: String)?
    /// From OSC 133;B.
    var isMarked = false
  }

  var editor: Editor
  var openedAt: Timestamp
  /// The cursor when the session began.
  var openedAtPlace: TerminalPlace
  var anchor: Anchor?
  /// Keys were typed before the prompt came.
  var isAhead: Bool
  /// The cursor before the last carriage return or line feed.
  var beforeReturn: TerminalPlace?
  /// The editor is done (its mode 2004 was reset); what it still does is move below the line.
  var closing: Closing?

  struct Closing: Sendable {
    var at: Timestamp
    /// The cursor behind what was typed, if the editor left it there.
    var end: TerminalPlace
    var hasMoved = false
  }
}
