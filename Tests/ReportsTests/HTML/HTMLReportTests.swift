import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Reports

func page(_ reading: any CaseReading, _ verdict: Verdict, limits: HTMLReport.Limits = HTMLReport.Limits()) throws
  -> String
{
  var buffer = ReportBuffer()
  try HTMLReport(limits: limits).write(reading, verdict: verdict, to: &buffer)
  return buffer.text
}

/// The page without scripts, data blocks, styles and tags: what a reader without a browser has.
func readable(_ page: String) -> String {
  var rest = page[...]
  var out = ""
  for (open, close) in [("<script", "</script>"), ("<style", "</style>")] {
    var kept = ""
    while let start = rest.range(of: open) {
      kept += rest[..<start.lowerBound]
      guard let end = rest.range(of: close, range: start.upperBound..<rest.endIndex) else { break }
      rest = rest[end.upperBound...]
    }
    kept += rest
    out = kept
    rest = out[...]
  }
  return out.replacing(/<[^>]*>/, with: " ").replacing("&lt;", with: "<").replacing("&gt;", with: ">")
    .replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&amp;", with: "&")
    .replacing(/\s+/, with: " ")
}

struct HTMLReportTests {
  @Test
  func `the same case gives the same bytes`() throws {
    let demo = DemoCase()
    let first = try page(demo.reading, demo.verdict)
    let again = DemoCase()
    #expect(try page(again.reading, again.verdict) == first)
  }

  @Test
  func `the verdict comes first, then the exceptions, then the rest`() throws {
    let demo = DemoCase()
    let text = readable(try page(demo.reading, demo.verdict))
    let order = [
      "6 of 22 changes were not approved, 1 of them forbidden", "svc_migrate", "not captured", "Exceptions",
      "A column for payment card numbers", "What happened when", "Sessions", "Who made each column",
      "What data was seen", "Is this everything?", "How to check this without us",
    ]
    var rest = text[...]
    for words in order {
      let place = try #require(rest.range(of: words), "\(words) is missing or too early")
      rest = rest[place.upperBound...]
    }
  }

  @Test
  func `everything that happened is there without a script`() throws {
    let demo = DemoCase()
    let text = readable(try page(demo.reading, demo.verdict))
    for action in demo.reading.storedActions where !action.text.isEmpty {
      let words = action.text.replacing(/\s+/, with: " ")
      #expect(text.contains(words), "\(words)")
    }
    for session in demo.reading.storedSessions { #expect(text.contains(session.client)) }
    for source in demo.reading.storedSources { #expect(text.contains(source.sha256)) }
    for anomaly in demo.reading.storedAnomalies { #expect(text.contains(anomaly.detail)) }
    #expect(text.contains("Rolled back: left no effect in the database."))
    #expect(text.contains("The evidence of its outcome is missing") || text.contains("outcome missing"))
    #expect(text.contains("relation \"vault\" does not exist"))
    #expect(text.contains("p500@example.com") == false, "previews are the beginning only")
    #expect(text.contains("p1@example.com"))
  }

  @Test
  func `columns are told only where they took effect`() throws {
    let demo = DemoCase()
    let html = try page(demo.reading, demo.verdict)
    let start = try #require(html.range(of: "<section id=\"columns\""))
    let end = try #require(html.range(of: "<section id=\"data\""))
    let section = readable(String(html[start.lowerBound..<end.lowerBound]))
    #expect(section.contains("public.customers.card_pan"))
    #expect(section.contains("public.customers.card_expiry"))
    #expect(!section.contains("card_token"), "the statement failed")
    #expect(!section.contains("audit_log"), "the transaction was rolled back")
  }

  @Test
  func `data seen counts rows by table and names the columns`() throws {
    let demo = DemoCase()
    var seen = DataSeen()
    for action in demo.reading.storedActions { seen.take(action, session: 0) }
    let customers = try #require(seen.sorted.first { $0.resource.name == "public.customers" })
    let reads = demo.reading.storedActions.filter {
      $0.resources.contains(Resource("read", "table", "public.customers"))
    }
    #expect(customers.statements == reads.count)
    #expect(customers.rows == reads.reduce(0) { $0 + ($1.rowCount ?? 0) })
    #expect(customers.columns == ["id", "email", "name", "card_pan"])
    let payments = try #require(seen.sorted.first { $0.resource.name == "public.payments" })
    #expect(payments.rows == 0, "the rows of an UPDATE went to nobody")
  }

  @Test
  func `alike exceptions are one, with their number`() throws {
    let reading = MemoryCase("alike")
    reading.storedSessions = [
      Session(
        id: "s", protocolName: "postgres", client: "10.0.0.1:5", server: "10.0.0.2:5432", user: "u",
        startedAt: DemoCase.at(0), endedAt: DemoCase.at(100))
    ]
    for index in 1...50 {
      reading.storedActions.append(
        Action(
          id: "s.\(index)", sessionID: "s", sequence: index, startedAt: DemoCase.at(Double(index)), kind: "sql",
          verb: "DELETE", text: "DELETE FROM t WHERE id = \(index)", effect: .write, status: .ok, fingerprint: "same"))
    }
    reading.settle()
    let html = try page(reading, verdict(reading))
    #expect(html.matches(of: /<article class="exception/).count == 1)
    #expect(readable(html).contains("49 more of the same shape in this session"))
  }

  @Test
  func `an exception stands before those less severe`() {
    let demo = DemoCase()
    var book = ExceptionBook(verdict: demo.verdict)
    for action in demo.reading.storedActions { book.take(action, demo.verdict.decisions[action.id]) }
    book.close(sessions: demo.reading.storedSessions)
    let texts = book.entries.compactMap(\.action?.text)
    #expect(texts.first?.contains("card_pan text") == true)
    #expect(texts.last?.contains("DO $$") == false || texts.count == book.entries.count)
    #expect(book.entries.filter(\.isException).count == 7)
  }

  @Test
  func `a page that cannot hold all rows says what it left out`() throws {
    let big = BigCase(actionCount: 6000, sessionCount: 12)
    var limits = HTMLReport.Limits()
    limits.transcriptRows = 60
    limits.dataActions = 1000
    limits.previewBytesInAll = 10_000
    let html = try page(big, big.verdict, limits: limits)
    let rows = html.matches(of: /<tr id="a-/).count
    #expect(rows > 40 && rows <= 60, "\(rows) rows")
    let text = readable(html)
    #expect(text.contains("that changed nothing and worked are summed up here"))
    #expect(text.contains("further rows of this session are not shown here"))
    #expect(text.contains("exhibit actions --session pg-0 --case big.exhibit"))
    #expect(html.contains("{\"written\":1000,\"total\":6000,"))
  }

  @Test
  func `the data of a large case is packed, and zlib gives what a small one shows`() throws {
    let big = BigCase(actionCount: 3000, sessionCount: 12)
    var limits = HTMLReport.Limits()
    let plain = try page(big, big.verdict, limits: limits)
    limits.plainActions = 2999
    let packed = try page(big, big.verdict, limits: limits)
    let block = /<script type="[^"]*" class="(?:columns|texts)-data"[^>]*>([^<]*)<\/script>/
    let folder = try Folder()
    let script = try folder.write(
      """
      import base64, re, sys, zlib
      for size, text in re.findall(r'-data" data-unpacked="([0-9]+)">([^<]*)<', open(sys.argv[1]).read()):
          block = zlib.decompress(base64.b64decode(text, validate=True), -15)
          assert len(block) == int(size)
          print(block.decode())
      """, "unpack.py")
    let python = try #require(Browser.tool("python3"))
    let unpacked = try Browser.run(python, [script.path, try folder.write(packed, "page.html").path]).out
    let blocks = plain.matches(of: block).map { String($0.output.1) }
    #expect(blocks.count == 6)
    #expect(unpacked.split(separator: "\n").map(String.init) == blocks)
    #expect(packed.utf8.count * 2 < plain.utf8.count)
    #expect(packed.replacing(block, with: "") == plain.replacing(block, with: ""))
  }

  @Test
  func `a long case is written in pieces of bounded size`() throws {
    let big = BigCase(actionCount: 100_000, sessionCount: 64)
    var sink = CountingSink()
    try HTMLReport().write(big, verdict: big.verdict, to: &sink)
    #expect(sink.byteCount > 1_000_000)
    #expect(sink.largest < 8_000_000, "\(sink.largest) bytes at once")
  }

  @Test
  func `what the sink throws is thrown`() {
    struct Full: Error {}
    struct FullSink: ReportSink {
      var room: Int
      mutating func append(_ bytes: [UInt8]) throws {
        room -= bytes.count
        if room < 0 { throw Full() }
      }
    }
    let demo = DemoCase()
    for room in [0, 100_000] {
      var sink = FullSink(room: room)
      #expect(throws: Full.self) { try HTMLReport().write(demo.reading, verdict: demo.verdict, to: &sink) }
    }
  }

  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["EXHIBIT_DEMO_PAGE"] != nil, "EXHIBIT_DEMO_PAGE names no folder"))
  func `pages can be written out to look at them`() throws {
    let folder = URL(filePath: try #require(ProcessInfo.processInfo.environment["EXHIBIT_DEMO_PAGE"]))
    let demo = DemoCase()
    try Data(try page(demo.reading, demo.verdict).utf8).write(to: folder.appending(path: "demo.html"))
    let big = BigCase(actionCount: 100_000, sessionCount: 64)
    try Data(try page(big, big.verdict).utf8).write(to: folder.appending(path: "big.html"))
    for (name, reading, verdict) in PlainCases.all {
      try Data(try page(reading, verdict).utf8).write(to: folder.appending(path: name + ".html"))
    }
    let story = PromptCase()
    try Data(try page(story.reading, story.verdict).utf8).write(to: folder.appending(path: "prompts.html"))
    let hostile = HostileCase(HostileCase.hostile)
    try Data(try page(hostile.reading, hostile.verdict).utf8).write(to: folder.appending(path: "hostile.html"))
  }
}
