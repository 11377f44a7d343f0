/// A sentence whose words stand in the source and whose facts are put in, escaped: `"\(code: name) was added"`.
struct Prose: ExpressibleByStringInterpolation {
  enum Piece {
    case words(String)
    case code(String)
    case strong(String)
    case link(String, HTMLAnchor)
    case time(String, machine: String)
  }

  var pieces: [Piece]

  init(pieces: [Piece]) { self.pieces = pieces }
  init(stringLiteral value: String) { pieces = [.words(value)] }
  init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }

  struct StringInterpolation: StringInterpolationProtocol {
    var pieces: [Piece] = []

    init(literalCapacity: Int, interpolationCount: Int) {}
    mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { pieces.append(.words(literal)) }
    }
    mutating func appendInterpolation(_ text: String) { pieces.append(.words(text)) }
    mutating func appendInterpolation(_ number: Int) { pieces.append(.words(Figures.count(number))) }
    mutating func appendInterpolation(_ prose: Prose) { pieces += prose.pieces }
    mutating func appendInterpolation(code: String) { pieces.append(.code(code)) }
    mutating func appendInterpolation(strong: String) { pieces.append(.strong(strong)) }
    mutating func appendInterpolation(_ text: String, to anchor: HTMLAnchor) { pieces.append(.link(text, anchor)) }
  }

  static func + (left: Prose, right: Prose) -> Prose { Prose(pieces: left.pieces + right.pieces) }

  /// `a`, `a and b`, `a, b and c`.
  static func list(_ items: [Prose]) -> Prose {
    var all = Prose(pieces: [])
    for (index, item) in items.enumerated() {
      if index > 0 { all.pieces.append(.words(index == items.count - 1 ? " and " : ", ")) }
      all.pieces += item.pieces
    }
    return all
  }

  /// Without any markup.
  var plain: String {
    pieces.map {
      switch $0 {
      case .words(let text), .code(let text), .strong(let text), .link(let text, _), .time(let text, _): text
      }
    }.joined()
  }
}

extension HTMLWriter {
  mutating func write(_ prose: Prose) {
    for piece in prose.pieces {
      switch piece {
      case .words(let words): text(words)
      case .code(let code): element("code", text: code)
      case .strong(let words): element("b", text: words)
      case .link(let words, let anchor): element("a", .link(anchor), text: words)
      case .time(let words, let machine): element("time", HTMLAttribute("datetime", machine), text: words)
      }
    }
  }
}
