import Terminal

/// Captured colours in those that the terminal in front of the person has.
struct ColourReduction {
  let depth: ColourDepth

  /// The colour as that terminal can show it; `standard` where it has none.
  func reduced(_ colour: TerminalColor) -> TerminalColor {
    switch (depth, colour) {
    case (.none, _): .standard
    case (_, .standard), (.direct, _): colour
    case (.indexed, .indexed): colour
    case (.indexed, .rgb(let red, let green, let blue)): .indexed(Self.index(red, green, blue))
    case (.sixteen, .indexed(let index)):
      index < 16 ? colour : Self.basic(Self.values(index))
    case (.sixteen, .rgb(let red, let green, let blue)): Self.basic((red, green, blue))
    }
  }

  /// Foreground and background. Two that differed and would become one stay apart, so that nothing becomes unreadable.
  func reduced(_ foreground: TerminalColor, on background: TerminalColor) -> (TerminalColor, TerminalColor) {
    let (front, back) = (reduced(foreground), reduced(background))
    guard front == back, front != .standard, foreground != background, case .indexed(let index) = back else {
      return (front, back)
    }
    let (red, green, blue) = Self.values(index)
    return (.indexed(Self.brightness(red, green, blue) > 127 ? 0 : 15), back)
  }

  private static func brightness(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int {
    (299 * Int(red) + 587 * Int(green) + 114 * Int(blue)) / 1000
  }

  private static func distance(_ one: (UInt8, UInt8, UInt8), _ other: (UInt8, UInt8, UInt8)) -> Int {
    let red = Int(one.0) - Int(other.0)
    let green = Int(one.1) - Int(other.1)
    let blue = Int(one.2) - Int(other.2)
    return 3 * red * red + 6 * green * green + blue * blue
  }

  /// The nearest of xterm's cube and greys.
  private static func index(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    func step(_ value: UInt8) -> UInt8 { value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40 }
    let cube = 16 + 36 * step(red) + 6 * step(green) + step(blue)
    let mean = (Int(red) + Int(green) + Int(blue)) / 3
    let grey = UInt8(232 + min(max((mean - 3) / 10, 0), 23))
    let wanted = (red, green, blue)
    return distance(values(grey), wanted) < distance(values(cube), wanted) ? grey : cube
  }

  /// The nearest of xterm's sixteen.
  private static func basic(_ wanted: (UInt8, UInt8, UInt8)) -> TerminalColor {
    let best = (UInt8(0)..<16).min { distance(values($0), wanted) < distance(values($1), wanted) }
    return .indexed(best ?? 7)
  }

  private static let sixteen: [(UInt8, UInt8, UInt8)] = [
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
  ]

  /// Red, green and blue of xterm's 256.
  private static func values(_ index: UInt8) -> (UInt8, UInt8, UInt8) {
    if index < 16 { return sixteen[Int(index)] }
    if index >= 232 {
      let grey = 8 + 10 * (index - 232)
      return (grey, grey, grey)
    }
    func level(_ step: UInt8) -> UInt8 { step == 0 ? 0 : 55 + 40 * step }
    let cube = index - 16
    return (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
  }
}
