import Bytes
import Model
import Testing

@testable import Parsers

/// What is asked and answered, followed ahead of the answers.
@Suite struct PostgresPipelineTests {
  private static func text(_ words: String...) -> [UInt8] { words.flatMap { Array($0.utf8) + [0] } }
  private static func parse(_ name: String, _ query: String) -> [UInt8] { text(name, query) + [0, 0] }
  private static func bind(_ portal: String, _ name: String) -> [UInt8] { text(portal, name) + [0, 0, 0, 0, 0, 0] }
  private static func execute(_ portal: String) -> [UInt8] { text(portal) + [0, 0, 0, 0] }

  private func ask(
    _ pipeline: borrowing PostgresPipeline, _ type: Character, _ body: [UInt8] = []
  ) -> PostgresPipeline.Ask {
    pipeline.ask(type.asciiValue ?? 0, body.span)
  }

  private func take(_ pipeline: inout PostgresPipeline, _ type: Character, _ body: [UInt8] = [], ticket: UInt64 = 0) {
    pipeline.take(type.asciiValue ?? 0, body.span, ticket: ticket)
  }

  private func answer(_ pipeline: inout PostgresPipeline, _ type: Character, _ body: String = "")
    -> PostgresPipeline.Answer
  {
    let bytes = Array(body.utf8)
    return pipeline.receive(type.asciiValue ?? 0, bytes.span)
  }

  private func statement(_ ask: PostgresPipeline.Ask) -> Statement? {
    if case .statement(let statement) = ask { statement } else { nil }
  }

  @Test func `a portal is judged when it is bound, with the text of its statement`() {
    var pipeline = PostgresPipeline()
    take(&pipeline, "P", Self.parse("s", "SELECT 1"))
    let bound = statement(ask(pipeline, "B", Self.bind("p", "s")))
    #expect(bound?.text == "SELECT 1" && bound?.isTextExact == true)
    take(&pipeline, "B", Self.bind("p", "s"), ticket: 7)
    #expect(statement(ask(pipeline, "E", Self.execute("p"))) == nil)
    // Nobody bound that one: what it does is not known.
    #expect(statement(ask(pipeline, "E", Self.execute("q")))?.isTextExact == false)
  }

  @Test(arguments: [1, 100, 10_000]) func `without its values a Bind asks the same`(_ length: Int) {
    var pipeline = PostgresPipeline()
    take(&pipeline, "P", Self.parse("s", "SELECT $1"))
    var body = ByteWriter()
    body.write(Self.text("", "s"))
    body.write(UInt16(0))
    body.write(UInt16(1))
    body.write(UInt32(length))
    body.write([UInt8](repeating: 0x61, count: length))
    body.write(UInt16(0))
    let bytes = body.bytes
    let whole = statement(pipeline.ask(UInt8(ascii: "B"), bytes.span))
    let bare = statement(pipeline.ask(UInt8(ascii: "B"), bytes.span, readsValues: false))
    #expect(whole?.parameters.count == 1 && whole?.isTextExact == true)
    #expect(bare?.text == whole?.text && bare?.isTextExact == whole?.isTextExact && bare?.mode == whole?.mode)
    // A damaged one is found out in both ways.
    let cut = Array(bytes.dropLast(3))
    guard case .violation = pipeline.ask(UInt8(ascii: "B"), cut.span),
      case .violation = pipeline.ask(UInt8(ascii: "B"), cut.span, readsValues: false)
    else {
      Issue.record("a Bind that ends too early is taken")
      return
    }
  }

  @Test func `names and the empty name are told apart, and forgotten when all is answered`() {
    var pipeline = PostgresPipeline()
    take(&pipeline, "P", Self.parse("s", "SELECT 1"))
    take(&pipeline, "S")
    // What the empty name means is not in doubt, what `s` means is.
    #expect(statement(ask(pipeline, "B", Self.bind("", "")))?.isTextExact == false)
    guard case .wait = ask(pipeline, "B", Self.bind("", "s")) else {
      Issue.record("it does not wait")
      return
    }
    _ = answer(&pipeline, "1")
    _ = answer(&pipeline, "Z", "I")
    take(&pipeline, "B", Self.bind("", "s"), ticket: 1)
    take(&pipeline, "B", Self.bind("p", "s"), ticket: 2)
    #expect(statement(ask(pipeline, "E", Self.execute(""))) == nil)
    #expect(statement(ask(pipeline, "E", Self.execute("p"))) == nil)
    take(&pipeline, "S")
    _ = answer(&pipeline, "2")
    _ = answer(&pipeline, "2")
    _ = answer(&pipeline, "Z", "I")
    // With the transaction its portals are gone.
    #expect(statement(ask(pipeline, "E", Self.execute("")))?.isTextExact == false)
    #expect(statement(ask(pipeline, "E", Self.execute("p")))?.isTextExact == false)
  }

  @Test func `what failed, and what is skipped after it, names nothing`() {
    var pipeline = PostgresPipeline()
    take(&pipeline, "P", Self.parse("s", "DELETE FROM t"))
    take(&pipeline, "S")
    #expect(answer(&pipeline, "1") == .other)
    #expect(answer(&pipeline, "Z", "I") == .ready(.idle))
    take(&pipeline, "P", Self.parse("s", "SELECT 1"))
    take(&pipeline, "P", Self.parse("r", "SELECT 2"))
    #expect(answer(&pipeline, "E") == .failed(ticket: 0, isRefused: false, unreached: []))
    guard case .skip = ask(pipeline, "B", Self.bind("", "s")) else {
      Issue.record("what the server skips is not skipped")
      return
    }
    take(&pipeline, "S")
    #expect(answer(&pipeline, "Z", "I") == .ready(.idle))
    #expect(statement(ask(pipeline, "B", Self.bind("", "s")))?.text == "DELETE FROM t")
    #expect(statement(ask(pipeline, "B", Self.bind("", "r")))?.isTextExact == false)
  }

  @Test func `a name that an unanswered cycle changes has to wait`() {
    var pipeline = PostgresPipeline()
    take(&pipeline, "P", Self.parse("", "SELECT 1"))
    take(&pipeline, "S")
    guard case .wait = ask(pipeline, "B", Self.bind("", "")) else {
      Issue.record("it does not wait")
      return
    }
    _ = answer(&pipeline, "1")
    _ = answer(&pipeline, "Z", "I")
    #expect(statement(ask(pipeline, "B", Self.bind("", "")))?.text == "SELECT 1")
  }

  @Test func `a failure gives back what was judged, also what was never reached`() {
    var pipeline = PostgresPipeline()
    take(&pipeline, "P", Self.parse("", "SELECT 1"))
    take(&pipeline, "B", Self.bind("", ""), ticket: 1)
    take(&pipeline, "E", Self.execute(""))
    take(&pipeline, "B", Self.bind("x", ""), ticket: 2)
    take(&pipeline, "E", Self.execute("x"))
    take(&pipeline, "S")
    _ = answer(&pipeline, "1")
    _ = answer(&pipeline, "2")
    #expect(answer(&pipeline, "E") == .failed(ticket: 1, isRefused: false, unreached: [2, 2]))
    #expect(answer(&pipeline, "Z", "T") == .ready(.open))
    let isIdle = pipeline.isIdle
    #expect(isIdle)
  }

  @Test func `a server that answers what was not asked is not believed`() {
    var pipeline = PostgresPipeline()
    #expect(answer(&pipeline, "Z", "I") == .violation("ReadyForQuery answers nothing"))
    take(&pipeline, "Q", Self.text("SELECT 1"))
    #expect(answer(&pipeline, "1") == .violation("ParseComplete answers nothing"))
    guard case .violation = answer(&pipeline, "K") else {
      Issue.record("a key in the middle of a session is taken")
      return
    }
  }

  @Test func `requests behind a COPY that has not ended would be its data's place`() {
    var pipeline = PostgresPipeline()
    take(&pipeline, "Q", Self.text("COPY t FROM STDIN"))
    take(&pipeline, "Q", Self.text("DELETE FROM t"))
    guard case .violation = answer(&pipeline, "G") else {
      Issue.record("it goes on")
      return
    }
  }

  @Test func `what a backslash means is known, or the text is not`() {
    var pipeline = PostgresPipeline()
    let text = Self.text("SELECT 'a\\'")
    #expect(statement(ask(pipeline, "Q", text))?.isTextExact == true)
    _ = answer(&pipeline, "S", "standard_conforming_strings\0off\0")
    #expect(statement(ask(pipeline, "Q", text))?.isTextExact == false)
    _ = answer(&pipeline, "S", "standard_conforming_strings\0on\0")
    #expect(statement(ask(pipeline, "Q", text))?.isTextExact == true)
    take(&pipeline, "Q", Self.text("ROLLBACK"))
    // It was off before: what is under way may bring it back.
    #expect(statement(ask(pipeline, "Q", text))?.isTextExact == false)
  }
}
