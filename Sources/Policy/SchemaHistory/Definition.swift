/// A text in which the names of things stand as the things themselves, so that it stays true when they are renamed.
struct Definition: Hashable, Sendable {
  enum Piece: Hashable, Sendable {
    case text(String)
    /// Number of an item of `SchemaState`; the flag says whether its schema is written too.
    case item(Int, isQualified: Bool)
  }

  private(set) var pieces: [Piece] = []

  init() {}
  init(_ text: String) { pieces = [.text(text)] }

  mutating func write(_ text: String) {
    if case .text(let last)? = pieces.last {
      pieces[pieces.count - 1] = .text(last + text)
    } else {
      pieces.append(.text(text))
    }
  }

  mutating func write(_ piece: Piece) {
    if case .text(let text) = piece { write(text) } else { pieces.append(piece) }
  }

  mutating func write(_ other: Definition) { for piece in other.pieces { write(piece) } }

  /// The items that are named.
  var items: [Int] {
    pieces.compactMap { piece in
      if case .item(let item, _) = piece { item } else { nil }
    }
  }

  func text(_ name: (Int, Bool) -> String) -> String {
    pieces.reduce(into: "") { out, piece in
      switch piece {
      case .text(let text): out += text
      case .item(let item, let isQualified): out += name(item, isQualified)
      }
    }
  }
}
