import Bytes
import Model
import NIOCore
import Policy
import TestKit
import Testing

@testable import Gateway

/// What is decided because the same request was decided before is what judging would have said.
struct CallPrecedentTests {
  private static let policy = """
    version: 1
    rules:
      - { id: others, when: { application: inspector }, then: deny }
      - { id: hidden, when: { resource: "*/hidden*" }, then: deny }
      - { id: reads, when: { effect: [read, session] }, then: allow }
      - { id: orders, when: { effect: write, resource: "*/orders" }, then: allow }
    default: require-approval
    """

  private static func get(_ target: String, _ fields: String = "", method: String = "GET") -> String {
    "\(method) \(target) HTTP/1.1\r\nHost: shop.internal\r\nUser-Agent: probe/1\r\n\(fields)\r\n"
  }

  private static func post(_ target: String, _ content: String) -> String {
    "POST \(target) HTTP/1.1\r\nHost: shop.internal\r\nUser-Agent: probe/1\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(content.utf8.count)\r\n\r\n\(content)"
  }

  private static let texts = [
    get("/orders?n=1"), get("/orders?n=2"), get("/hidden/1"), get("/orders", method: "HEAD"),
    get("/orders", method: "DELETE"), get("/orders/7", "X-HTTP-Method-Override: DELETE\r\n"),
    get("/api/v1/namespaces/shop/pods"), get("/v1/secrets/a"), get("/orders", "Cookie: sid=1234567890abcdef\r\n"),
    post("/orders", "{}"), post("/other", "{}"), get("/" + String(repeating: "a", count: 3_000)),
    post("/mcp", #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#),
    post("/mcp", #"{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"clientInfo":{"name":"inspector"}}}"#),
  ]

  private struct Judging {
    let judge: CallJudge
    private var time: Int64 = 1
    private var ids: Set<String> = []
    /// Requests that were decided by those before.
    private(set) var precedents = 0

    init() throws {
      let time = Timestamp(nanoseconds: 1)
      let flow = Flow(
        id: FlowID(1), client: try #require(Endpoint("127.0.0.1:1")), server: try #require(Endpoint("127.0.0.1:2")),
        role: .handshake, openedAt: time, origin: .unknown, sawHandshake: true)
      let session = Session(
        id: "s", protocolName: "http", client: "127.0.0.1:1", server: "127.0.0.1:2", startedAt: time, endedAt: time)
      judge = CallJudge(
        session, flow: flow, secrets: SecretHasher(key: [1]), isSecure: false, heldLimit: 1 << 20)
      judge.begin(agent: "a", human: "h")
    }

    /// What was decided, and when by what it says itself; `isShort`: the judge may go by what it decided before.
    mutating func take(_ text: String, by policy: PolicyInForce, isShort: Bool) throws -> [String] {
      // Whoever begins is judged anew.
      if !isShort { judge.begin(agent: "a", human: "h") }
      time += 1
      let request = try judge.judge(
        ByteBuffer(string: text), isWhole: true, hasContent: text.hasPrefix("POST"), upgrade: nil, by: policy,
        at: Timestamp(nanoseconds: time))
      if !request.judged.allSatisfy({ ids.insert($0.action.id).inserted }) { precedents += 1 }
      return request.judged.map { one in
        "\(one.decision.outcome) \(one.decision.rule) \(one.action.verb) \(one.action.isChange) "
          + "\(one.action.resources) \(one.action.identity) \(one.action.startedAt)"
      } + [request.text, "\(request.speech)"]
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
  func `requests that come again are decided as they would be judged`(seed: UInt64) throws {
    let policies = try ["default: deny", Self.policy].map { rules in
      PolicyInForce(
        try PolicyDocument.parse(yaml: rules.hasPrefix("version") ? rules : "version: 1\n\(rules)\n", name: "p"))
    }
    var (short, whole) = (try Judging(), try Judging())
    var random = SeededGenerator(seed: seed)
    var policy = try #require(policies.last)
    for _ in 0..<300 {
      if Int.random(in: 0..<40, using: &random) == 0 { policy = policies.randomElement(using: &random) ?? policy }
      // What comes again, as a rule, and seldom what changes how others are read.
      let index = Int.random(in: 0..<20, using: &random)
      let text = Self.texts[index < Self.texts.count - 5 ? index : index < 19 ? 0 : Self.texts.count - 1 - seed.trail]
      #expect(
        try short.take(text, by: policy, isShort: true) == whole.take(text, by: policy, isShort: false), "seed \(seed)")
    }
    #expect(short.precedents > 10)
    #expect(whole.precedents == 0)
  }

  @Test func `what has content, is refused or changes something is judged each time`() throws {
    let policy = PolicyInForce(try PolicyDocument.parse(yaml: Self.policy, name: "p"))
    for text in [Self.post("/orders", "{}"), Self.get("/hidden/1"), Self.get("/orders", method: "DELETE")] {
      var judging = try Judging()
      for _ in 0..<5 { _ = try judging.take(text, by: policy, isShort: true) }
      #expect(judging.precedents == 0)
    }
    var judging = try Judging()
    for _ in 0..<5 { _ = try judging.take(Self.get("/orders"), by: policy, isShort: true) }
    #expect(judging.precedents == 3)
    // By the hour another decision may hold.
    let yaml =
      "version: 1\nrules:\n  - { id: night, when: { hours: { from: '22:00', to: '06:00' } }, then: deny }\ndefault: allow"
    let timed = PolicyInForce(try PolicyDocument.parse(yaml: yaml, name: "p"))
    for _ in 0..<5 { _ = try judging.take(Self.get("/orders"), by: timed, isShort: true) }
    #expect(judging.precedents == 3)
  }
}

extension UInt64 {
  /// One of five, of which each seed takes another.
  fileprivate var trail: Int { Int(self % 5) }
}
