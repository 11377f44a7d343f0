/// Something a program told its terminal besides what to show, with the place where it did.
public struct TerminalMark: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// OSC 133;A and 633;A: the prompt begins.
    case promptStart
    /// OSC 133;B and 633;B: the prompt is over, what follows is typed.
    case commandStart
    /// OSC 133;A and 133;P with `k=s` or `k=c`, and 633;F: a prompt begins that asks for more of the command (PS2).
    case continuationStart
    /// OSC 133;B behind it, and 633;G: that prompt is over.
    case continuationEnd
    /// OSC 133;C and 633;C: the typing is over, what follows is output.
    case commandExecuted
    /// OSC 133;D and 633;D, with the exit status where it was told.
    case commandFinished(status: Int?)
    /// OSC 633;E, and the `cmdline` of OSC 133;C: the command line as the shell has it, unescaped.
    case commandLine(String)
    /// OSC 7, 9;9, 1337;CurrentDir= and 633;P;Cwd=: as it was sent, a `file:` address or a path.
    case workingDirectory(String)
    /// Any other OSC 633;P: a name and its value.
    case property(String, String)
    /// OSC 8: text from here on is a link; nil ends it.
    case hyperlink(String?)
    /// OSC 0, 1 or 2, and screen's ESC k.
    case title(String)
    /// OSC 52: a program put text on the clipboard; the text itself, still in base64.
    case clipboard(String)
    /// OSC 9 and 777: a notice for the person.
    case notification(String)
    /// DEC private modes 47, 1047 and 1049: a full-screen program begins (true) or ends.
    case alternateScreen(Bool)
    /// DEC private mode 2004: a line editor begins (true) or ends.
    case bracketedPaste(Bool)
  }

  public var kind: Kind
  /// Bytes written to the terminal before the sequence that said so, and with it.
  public var offsets: Range<UInt64>
  /// The cursor: its line, counted from the first that the terminal ever had, and its column.
  public var line: UInt64
  public var column: Int
}
