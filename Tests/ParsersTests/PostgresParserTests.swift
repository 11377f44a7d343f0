import Bytes
import Model
import Parsers
import TestKit
import Testing

@Suite struct PostgresParserTests {
  typealias Piece = (from: Direction, bytes: [UInt8])

  /// Builds messages as the documentation lays them out.
  private func message(_ type: String, _ fill: (inout ByteWriter) -> Void = { _ in }) -> [UInt8] {
    var body = ByteWriter()
    fill(&body)
    var writer = ByteWriter()
    writer.write(type)
    writer.write(UInt32(body.count + 4))
    writer.write(body.bytes)
    return writer.bytes
  }

  private var startup: [UInt8] {
    var body = ByteWriter()
    body.write(UInt32(196_608))
    for text in ["user", "alice", "database", "shop", "application_name", "psql"] { body.writeCString(text) }
    body.write(UInt8(0))
    var writer = ByteWriter()
    writer.write(UInt32(body.count + 4))
    writer.write(body.bytes)
    return writer.bytes
  }

  private var welcome: [UInt8] {
    message("R") { $0.write(UInt32(0)) }
      + message("S") {
        $0.writeCString("server_version"); $0.writeCString("15.1")
      }
      + message("K") {
        $0.write(UInt32(42)); $0.write(UInt32(7))
      } + ready("I")
  }

  private func ready(_ state: String) -> [UInt8] { message("Z") { $0.write(state) } }
  private func query(_ text: String) -> [UInt8] { message("Q") { $0.writeCString(text) } }
  private func complete(_ tag: String) -> [UInt8] { message("C") { $0.writeCString(tag) } }

  private func row(_ values: [String?]) -> [UInt8] {
    message("D") { writer in
      writer.write(UInt16(values.count))
      for value in values {
        writer.write(value.map { Int32($0.utf8.count) } ?? -1)
        if let value { writer.write(value) }
      }
    }
  }

  private func columns(_ names: [String], oid: UInt32 = 25) -> [UInt8] {
    message("T") { writer in
      writer.write(UInt16(names.count))
      for name in names {
        writer.writeCString(name)
        writer.write(UInt32(16_400))
        writer.write(UInt16(1))
        writer.write(oid)
        writer.write(UInt64(0xffff_ffff_ffff_0000) >> 16, littleEndian: false)
      }
    }
  }

  private func error(_ code: String) -> [UInt8] {
    message("E") { writer in
      for field in ["SERROR", "VERROR", "C\(code)", "Mno", "Dbecause"] { writer.writeCString(field) }
      writer.write(UInt8(0))
    }
  }

  /// Every shape of exchange.
  private var conversation: [Piece] {
    let parse = message("P") { writer in
      writer.writeCString("s1")
      writer.writeCString("UPDATE t SET a = $1 WHERE b = $2")
      writer.write(UInt16(2))
      writer.write(UInt32(23))
      writer.write(UInt32(25))
    }
    let bind = message("B") { writer in
      writer.writeCString("")
      writer.writeCString("s1")
      for number: UInt16 in [2, 1, 0, 2] { writer.write(number) }
      writer.write(Int32(4))
      writer.write(Int32(-5))
      writer.write(Int32(-1))
      writer.write(UInt16(0))
    }
    let execute = message("E") {
      $0.writeCString(""); $0.write(UInt32(0))
    }
    let failing = message("P") {
      $0.writeCString(""); $0.writeCString("SELEC"); $0.write(UInt16(0))
    }
    return [
      (.fromClient, startup), (.fromServer, welcome),
      (.fromClient, query("SELECT 1 AS a; SELECT 'x'")),
      (
        .fromServer,
        columns(["a"]) + row(["1"]) + row([nil]) + complete("SELECT 2") + columns(["b"]) + row(["x"])
          + complete("SELECT 1") + ready("I")
      ),
      (.fromClient, parse + bind + execute + message("S")),
      (.fromServer, message("1") + message("2") + complete("UPDATE 3") + ready("T")),
      (.fromClient, bind + execute + message("S")),
      (.fromServer, message("2") + complete("UPDATE 1") + ready("T")),
      (.fromClient, failing + bind + execute + message("S")),
      (.fromServer, error("42601") + ready("E")),
      (.fromClient, query("COPY t FROM STDIN")),
      (
        .fromServer,
        message("G") {
          $0.write(UInt8(0)); $0.write(UInt16(1)); $0.write(UInt16(0))
        }
      ),
      (.fromClient, message("d") { $0.write("1\n") } + message("d") { $0.write("2\n") } + message("c")),
      (.fromServer, complete("COPY 2") + ready("I")),
      (.fromClient, query("DROP TABLE nothing")), (.fromServer, error("42P01") + ready("I")),
      (
        .fromServer,
        message("A") {
          $0.write(UInt32(9)); $0.writeCString("ch"); $0.writeCString("hello")
        }
      ),
      (.fromClient, query("SELECT 99")),
      (.fromServer, columns(["c"]) + row(["99"]) + complete("SELECT 1") + ready("I")),
      (.fromClient, message("X")),
    ]
  }

  private func run(_ pieces: [Piece], gapAt: Int? = nil) -> [ParserEvent] {
    var parser = PostgresParser(
      options: ParserOptions(secrets: SecretHasher(key: [1]), flow: FlowID(0)))
    var events: [ParserEvent] = []
    var offsets: [Direction: UInt64] = [.fromClient: 0, .fromServer: 0]
    for (index, piece) in pieces.enumerated() {
      let position = StreamPosition(
        time: Timestamp(nanoseconds: Int64(index)),
        origin: Origin(source: 0, packet: 1, offset: offsets[piece.from] ?? 0))
      if index == gapAt {
        parser.skip(
          Gap(byteCount: UInt64(piece.bytes.count), reason: .notCaptured), from: piece.from, at: position, into: &events
        )
      } else {
        parser.receive(piece.bytes.span, from: piece.from, at: position, into: &events)
      }
      offsets[piece.from, default: 0] += UInt64(piece.bytes.count)
    }
    parser.finish(at: StreamPosition(time: Timestamp(nanoseconds: 1_000_000), origin: .unknown), into: &events)
    return events
  }

  private func statements(_ events: [ParserEvent]) -> [(exchange: Exchange, statement: Statement)] {
    events.compactMap { event in
      if case .exchange(let exchange) = event, case .statement(let statement) = exchange.shape {
        return (exchange, statement)
      }
      return nil
    }
  }

  /// What of the events does not depend on how the bytes were cut: everything but times.
  private func dump(_ events: [ParserEvent]) -> [String] {
    events.map { event in
      if case .facts(let facts) = event {
        return "\(facts.user ?? "") \(facts.processID ?? 0) \(facts.parameters.sorted { $0.key < $1.key })"
      }
      guard case .exchange(let exchange) = event else { return "\(event)" }
      guard case .statement(let statement) = exchange.shape else { return "\(exchange.shape)" }
      let results = statement.results.map {
        "\($0.outcome) \($0.rowCount ?? 0) \($0.columns.map(\.name)) \($0.rows?.bytes ?? []) \($0.copy?.content.bytes ?? [])"
      }
      return "\(statement.mode) \(statement.text) \(statement.parameters) \(results) \(exchange.origin.offset) "
        + "\(exchange.requestByteCount) \(exchange.responseByteCount) \(exchange.incompleteReason ?? "")"
    }
  }

  @Test func `a conversation gives its exchanges`() {
    let events = run(conversation)
    let found = statements(events)
    #expect(
      found.map(\.statement.text) == [
        "SELECT 1 AS a; SELECT 'x'", "UPDATE t SET a = $1 WHERE b = $2", "UPDATE t SET a = $1 WHERE b = $2", "SELEC",
        "UPDATE t SET a = $1 WHERE b = $2", "COPY t FROM STDIN", "DROP TABLE nothing", "SELECT 99",
      ])
    #expect(found.allSatisfy { $0.exchange.incompleteReason == nil })
    let first = found[0].statement
    #expect(first.results.map(\.outcome) == [.completed(tag: "SELECT 2"), .completed(tag: "SELECT 1")])
    #expect(first.results.map(\.rowCount) == [2, 1])
    #expect(first.transactionState == .idle)
    #expect(found[1].statement.parameters.map(\.text) == ["-5", nil])
    #expect(found[1].statement.transactionState == .open)
    #expect(found[3].statement.mode == .preparation(statementName: ""))
    #expect(found[4].statement.results.isEmpty, "skipped after the error")
    #expect(found[5].statement.results[0].copy?.content.bytes == Array("1\n2\n".utf8))
    #expect(found[5].statement.results[0].rowCount == 2)
  }

  @Test func `the session's facts and its login`() {
    var facts = SessionFacts()
    var logins: [Login] = []
    var notifications: [Notification] = []
    for event in run(conversation) {
      switch event {
      case .facts(let new):
        facts.user = new.user ?? facts.user
        facts.target = new.target ?? facts.target
        facts.processID = new.processID ?? facts.processID
      case .exchange(let exchange):
        if case .login(let login) = exchange.shape { logins.append(login) }
        if case .notification(let notification) = exchange.shape { notifications.append(notification) }
      case .anomaly(let anomaly): Issue.record("\(anomaly)")
      case .tunnel(let tunnel): Issue.record("\(tunnel)")
      }
    }
    #expect(facts.user == "alice")
    #expect(facts.target == "shop")
    #expect(facts.processID == 42)
    #expect(logins == [Login(user: "alice", method: "trust", outcome: .accepted)])
    #expect(notifications == [Notification(channel: "ch", payload: "hello", processID: 9)])
  }

  @Test func `a byte at a time gives the same`() {
    let pieces = conversation.flatMap { piece in piece.bytes.map { (from: piece.from, bytes: [$0]) } }
    #expect(dump(run(pieces)) == dump(run(conversation)))
  }

  @Test(arguments: 0..<30)
  func `random pieces give the same`(seed: UInt64) {
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    var pieces: [Piece] = []
    for piece in conversation {
      var rest = piece.bytes[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...min(rest.count, 40), using: &generator)
        pieces.append((piece.from, Array(rest.prefix(count))))
        rest = rest.dropFirst(count)
      }
    }
    #expect(dump(run(pieces)) == dump(run(conversation)))
  }

  @Test func `every prefix ends without a trap`() {
    let pieces = conversation.flatMap { piece in piece.bytes.map { (from: piece.from, bytes: [$0]) } }
    for length in 0...pieces.count { _ = run(Array(pieces.prefix(length))) }
  }

  @Test func `wherever a piece is missing, the last statement is found again`() {
    for index in 2..<(conversation.count - 3) {
      let found = statements(run(conversation, gapAt: index))
      #expect(found.contains { $0.statement.text == "SELECT 99" && $0.statement.results.count == 1 }, "gap at \(index)")
    }
  }

  @Test func `mutated bytes do no harm`() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<2_000 {
      var pieces = conversation
      for _ in 0..<3 {
        let index = Int.random(in: pieces.indices, using: &generator)
        guard !pieces[index].bytes.isEmpty else { continue }
        let at = Int.random(in: pieces[index].bytes.indices, using: &generator)
        pieces[index].bytes[at] = UInt8.random(in: 0...255, using: &generator)
      }
      _ = run(pieces)
    }
  }

  @Test func `a password is never kept, and can be recognised`() {
    let events = run([
      (.fromClient, startup), (.fromServer, message("R") { $0.write(UInt32(3)) }),
      (.fromClient, message("p") { $0.writeCString("hunter2") }), (.fromServer, welcome),
    ])
    let text = "\(events)"
    #expect(!text.contains("hunter2"))
    let hash = SecretHasher(key: [1]).hash(Array("hunter2".utf8).span)
    #expect(text.contains(hash))
  }

  @Test func `after SSLRequest and S everything goes to the stream inside`() {
    var request = ByteWriter()
    request.write(UInt32(8))
    request.write(UInt32(80_877_103))
    let events = run([
      (.fromClient, request.bytes), (.fromServer, Array("S".utf8)), (.fromClient, [UInt8](repeating: 22, count: 100)),
      (.fromServer, [UInt8](repeating: 23, count: 50)),
    ])
    #expect(events.handedOn(.fromClient) == [UInt8](repeating: 22, count: 100).hex)
    #expect(events.handedOn(.fromServer) == [UInt8](repeating: 23, count: 50).hex)
    #expect(events.exchanges.isEmpty)
    guard
      case .tunnel(.opened(let id, let tunnel))? = events.first(where: { if case .tunnel = $0 { true } else { false } })
    else {
      Issue.record("no stream inside")
      return
    }
    #expect(tunnel.kind == .continuation)
    guard case .tunnel(.closed(id, _))? = events.last else {
      Issue.record("the stream inside is not closed")
      return
    }
  }

  @Test func `other protocols are not taken for PostgreSQL`() {
    let openings: [(client: String, server: String)] = [
      ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"), ("SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-x\r\n"),
      ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", ""), ("EHLO example.com\r\n", "220 mail\r\n"),
      ("*1\r\n$4\r\nPING\r\n", "+PONG\r\n"),
    ]
    for opening in openings {
      let (client, server) = (Array(opening.client.utf8), Array(opening.server.utf8))
      let answer = PostgresParser.recognize(
        Opening(fromClient: client.span, fromServer: server.span, isMidstream: true))
      // In the middle of a stream more bytes may tell otherwise; from its beginning there is no doubt.
      #expect(answer == .no || answer == .undecided, "\(opening.client)")
      let whole = PostgresParser.recognize(
        Opening(fromClient: client.span, fromServer: server.span, isMidstream: false))
      #expect(whole == .no, "\(opening.client)")
    }
  }
}
