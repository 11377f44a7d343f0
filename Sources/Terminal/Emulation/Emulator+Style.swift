extension Emulator {
  /// SGR (ECMA-48 §8.3.117; ISO 8613-6 for the colours with colons).
  mutating func setStyle() {
    if parser.parameters.isEmpty {
      pen = .plain
      return
    }
    var index = 0
    while index < parser.parameters.count {
      let code = parser.parameter(index)
      var end = index + 1
      while end < parser.parameters.count, parser.isSubparameter(end) { end += 1 }
      switch code {
      case 38, 48, 58: index = setColor(code, index, subparametersUpTo: end)
      case 4 where end > index + 1:
        setUnderline(parser.parameter(index + 1))
        index = end
      default:
        setStyle(code)
        index = end
      }
    }
  }

  private mutating func setStyle(_ code: Int) {
    switch code {
    case 0: pen = .plain
    case 1: pen.attributes.insert(.bold)
    case 2: pen.attributes.insert(.dim)
    case 3: pen.attributes.insert(.italic)
    case 4: setUnderline(1)
    case 5, 6: pen.attributes.insert(.blink)
    case 7: pen.attributes.insert(.reverse)
    case 8: pen.attributes.insert(.conceal)
    case 9: pen.attributes.insert(.strike)
    case 21: setUnderline(2)
    case 22: pen.attributes.subtract([.bold, .dim])
    case 23: pen.attributes.remove(.italic)
    case 24: setUnderline(0)
    case 25: pen.attributes.remove(.blink)
    case 27: pen.attributes.remove(.reverse)
    case 28: pen.attributes.remove(.conceal)
    case 29: pen.attributes.remove(.strike)
    case 30...37: pen.foreground = .indexed(UInt8(code - 30))
    case 39: pen.foreground = .standard
    case 40...47: pen.background = .indexed(UInt8(code - 40))
    case 49: pen.background = .standard
    case 53: pen.attributes.insert(.overline)
    case 55: pen.attributes.remove(.overline)
    case 90...97: pen.foreground = .indexed(UInt8(code - 82))
    case 100...107: pen.background = .indexed(UInt8(code - 92))
    default: break
    }
  }

  private mutating func setUnderline(_ kind: Int) {
    pen.attributes.subtract([.underline, .doubleUnderline, .curlyUnderline])
    switch kind {
    case 0: break
    case 2: pen.attributes.formUnion([.underline, .doubleUnderline])
    case 3: pen.attributes.formUnion([.underline, .curlyUnderline])
    default: pen.attributes.insert(.underline)
    }
  }

  /// The colour after 38 (foreground), 48 (background) or 58 (underline, not kept); the index after it.
  ///
  /// Three spellings are in use: `38;2;r;g;b`, `38:2:r:g:b` and, as ISO 8613-6 has it with a colour space,
  /// `38:2:space:r:g:b`.
  private mutating func setColor(_ code: Int, _ index: Int, subparametersUpTo end: Int) -> Int {
    var parts: [Int] = []
    let withColons = end > index + 1
    let bound = withColons ? end : min(index + 5, parser.parameters.count)
    for part in index + 1..<max(bound, index + 1) { parts.append(parser.parameter(part)) }
    var used = parts.count
    var color: TerminalColor?
    switch parts.first {
    case 5:
      if !withColons { used = min(2, parts.count) }
      if parts.count > 1 { color = UInt8(exactly: parts[1]).map { .indexed($0) } }
    case 2:
      if withColons, parts.count > 4 { parts.remove(at: 1) }
      if parts.count > 3, let red = UInt8(exactly: parts[1]), let green = UInt8(exactly: parts[2]),
        let blue = UInt8(exactly: parts[3])
      {
        color = .rgb(red, green, blue)
      }
    default: if !withColons { used = min(1, parts.count) }
    }
    if let color {
      if code == 38 { pen.foreground = color }
      if code == 48 { pen.background = color }
    }
    return index + 1 + used
  }
}
