/// A colour as the program asked for it; which RGB an index means is the theme's business.
public enum TerminalColor: Hashable, Sendable {
  case standard
  case indexed(UInt8)
  case rgb(UInt8, UInt8, UInt8)
}

/// How a cell looks. Twelve bytes, so that a screen of them is small and comparing two is cheap.
public struct CellStyle: Hashable, Sendable {
  /// Attributes of SGR (ECMA-48 §8.3.117).
  public struct Attributes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let bold = Attributes(rawValue: 1)
    public static let dim = Attributes(rawValue: 2)
    public static let italic = Attributes(rawValue: 4)
    public static let underline = Attributes(rawValue: 8)
    public static let blink = Attributes(rawValue: 16)
    public static let reverse = Attributes(rawValue: 32)
    public static let conceal = Attributes(rawValue: 64)
    public static let strike = Attributes(rawValue: 128)
    /// SGR 21 and 4:2; `underline` is set too.
    public static let doubleUnderline = Attributes(rawValue: 256)
    /// SGR 4:3; `underline` is set too.
    public static let curlyUnderline = Attributes(rawValue: 512)
    public static let overline = Attributes(rawValue: 1024)
  }

  /// The kind in the top byte (0 standard, 1 indexed, 2 RGB), the value below.
  private var packedForeground: UInt32 = 0
  private var packedBackground: UInt32 = 0
  public var attributes: Attributes = []

  /// The terminal's own colours and no attribute.
  public static let plain = CellStyle()

  public init(
    foreground: TerminalColor = .standard, background: TerminalColor = .standard, attributes: Attributes = []
  ) {
    packedForeground = Self.pack(foreground)
    packedBackground = Self.pack(background)
    self.attributes = attributes
  }

  public var foreground: TerminalColor {
    get { Self.unpack(packedForeground) }
    set { packedForeground = Self.pack(newValue) }
  }

  public var background: TerminalColor {
    get { Self.unpack(packedBackground) }
    set { packedBackground = Self.pack(newValue) }
  }

  /// What an erased cell keeps: the background only (xterm's `bce`).
  var erased: CellStyle {
    var style = CellStyle()
    style.packedBackground = packedBackground
    return style
  }

  private static func pack(_ color: TerminalColor) -> UInt32 {
    switch color {
    case .standard: 0
    case .indexed(let index): 1 << 24 | UInt32(index)
    case .rgb(let red, let green, let blue): 2 << 24 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
    }
  }

  private static func unpack(_ packed: UInt32) -> TerminalColor {
    switch packed >> 24 {
    case 1: .indexed(UInt8(truncatingIfNeeded: packed))
    case 2:
      .rgb(
        UInt8(truncatingIfNeeded: packed >> 16), UInt8(truncatingIfNeeded: packed >> 8),
        UInt8(truncatingIfNeeded: packed))
    default: .standard
    }
  }
}
