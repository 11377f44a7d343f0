import Model
import Parsers

/// A parser in a place of its own: it is changed there, and never copied or moved.
class ParserBox {
  func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {}
  func skip(_ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]) {}
  func finish(at position: StreamPosition, into events: inout [ParserEvent]) {}

  static func make(_ kind: any ProtocolParser.Type, _ options: ParserOptions) -> ParserBox {
    func box<Parser: ProtocolParser>(_ kind: Parser.Type) -> ParserBox { Holding(kind.init(options: options)) }
    return box(kind)
  }

  private final class Holding<Parser: ProtocolParser>: ParserBox {
    private var parser: Parser

    init(_ parser: Parser) { self.parser = parser }

    override func receive(
      _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
    ) { parser.receive(bytes, from: direction, at: position, into: &events) }

    override func skip(
      _ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
    ) { parser.skip(gap, from: direction, at: position, into: &events) }

    override func finish(at position: StreamPosition, into events: inout [ParserEvent]) {
      parser.finish(at: position, into: &events)
    }
  }
}
