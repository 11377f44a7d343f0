/// What the terminal in front of the person can show of colours.
public enum ColourDepth: Int, Comparable, Sendable, CaseIterable {
  /// None (a VT100, or by the wish of the person: no-color.org); bold, underlined and reversed it has.
  case none
  /// The 16 of ECMA-48 and its bright ones, which follow the terminal's theme.
  case sixteen
  /// xterm's 256.
  case indexed
  /// Any.
  case direct

  public static func < (left: ColourDepth, right: ColourDepth) -> Bool { left.rawValue < right.rawValue }

  /// Reads NO_COLOR, COLORTERM and TERM.
  public init(environment: [String: String]) {
    let terminal = environment["TERM"] ?? ""
    if environment["NO_COLOR"]?.isEmpty == false || !Self.isAddressable(terminal) || terminal.hasPrefix("vt") {
      self = .none
    } else if ["truecolor", "24bit"].contains(environment["COLORTERM"]) || terminal.hasSuffix("-direct") {
      self = .direct
    } else if terminal.hasSuffix("256color") || Self.modern.contains(terminal) {
      self = .indexed
    } else {
      self = .sixteen
    }
  }

  private static let modern: Set<String> = ["alacritty", "foot", "wezterm", "xterm-ghostty", "xterm-kitty"]

  /// Whether a terminal of that name can be written to at any place.
  public static func isAddressable(_ terminal: String) -> Bool { !["", "dumb", "unknown"].contains(terminal) }
}
