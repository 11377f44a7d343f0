import Bytes
import Model
import Testing

@testable import Policy

@Suite struct GraphQLTests {
  typealias Samples = WebClassifierTests

  private static func post(_ query: String, _ more: String = "", answer: String? = nil) -> [CallPart] {
    Samples.parts(
      Samples.call("POST", "/graphql", [], "{\"query\":\(JSONWriter.quoted(query))\(more)}", answer: answer))
  }

  @Test func `top-level fields are the resources, by their own names`() {
    let cases: [(String, String, [String])] = [
      ("{ orders { id } me }", "QUERY", ["read field Query.orders", "read field Query.me"]),
      (
        "query A($p: [Int!]! = [1, 2] @d) @x(a: {b: \"}\"}) { a: orders(first: 3) @skip(if: $p) { id } }", "QUERY",
        ["read field Query.orders"]
      ),
      ("mutation { x: pay(id: 1) { id } y: pay(id: 2) { id } }", "MUTATION", ["write field Mutation.pay"]),
      ("subscription { ticks }", "SUBSCRIPTION", ["read field Subscription.ticks"]),
      (
        "mutation { ...F } fragment F on Mutation { drop ...G } fragment G on Mutation { add ...F }", "MUTATION",
        ["write field Mutation.drop", "write field Mutation.add"]
      ),
      ("query { ... on Query @a { x } ... { y } }", "QUERY", ["read field Query.x", "read field Query.y"]),
      ("# mutation {\n{ a(t: \"mutation { b }\", u: \"\"\"x\\\"\"\"{\"\"\") }", "QUERY", ["read field Query.a"]),
    ]
    for (query, verb, resources) in cases {
      let result = Self.post(query).first?.classification
      #expect(result?.verb == verb)
      #expect(result?.resources.dropFirst().map(\.description) == resources)
    }
  }

  @Test func `the name that is asked for chooses the operation`() {
    let query = "query A { a } mutation B { b }"
    #expect(Self.post(query, #","operationName":"A""#).first?.classification.effect == .read)
    #expect(Self.post(query, #","operationName":"B""#).first?.classification.effect == .write)
    #expect(Self.post(query, #","operationName":"C""#).first?.classification.effect == .unknown)
    #expect(Self.post(query).first?.classification.effect == .write)
  }

  @Test func `what cannot be read is unknown`() {
    for query in [
      "", "{", "{}", "{ a", "{ a } }", "{ a(b: [1) }", "query A", "type A { b: C }", "{ a: }", "{ ... on }",
      "{ a \u{1} }",
      "{ a(b: \"c) }", "mutatio { a }", String(repeating: "{a", count: 10_000),
      String(repeating: "{...", count: 10_000),
    ] {
      #expect(Self.post(query).first?.classification.effect == .unknown, "\(query.prefix(40))")
    }
    let persisted = Samples.parts(
      Samples.call(
        "GET", "/graphql?operationName=A&extensions=%7B%22persistedQuery%22%3A%7B%22sha256Hash%22%3A%22ab%22%7D%7D"))
    #expect(persisted.first?.classification.effect == .unknown)
    #expect(persisted.first?.text == "persisted query ab A")
  }

  @Test func `every prefix of a document is read or refused`() {
    let text = Array(
      "query A($p: Int = 1) @d(x: \"\"\"y\"\"\") { a: b(c: [{d: $p}]) { e } ...F } fragment F on T { g }".utf8)
    for length in 0...text.count { _ = GraphQLDocument(String(decoding: text[..<length], as: UTF8.self)) }
    #expect(GraphQLDocument(String(decoding: text, as: UTF8.self))?.operations.first?.fields == ["b", "g"])
  }

  @Test func `batches have a part for each operation, with its own answer`() {
    let body = #"[{"query":"{ a }"},{"query":"mutation { b }","variables":{"x":1}}]"#
    let answer = #"[{"data":{}},{"errors":[{"message":"no","extensions":{"code":"FORBIDDEN"}}]}]"#
    let parts = Samples.parts(Samples.call("POST", "/graphql", [], body, answer: answer))
    #expect(parts.map(\.classification.verb) == ["QUERY", "MUTATION"])
    #expect(parts.map(\.status) == [nil, .error])
    #expect(parts.last?.code == "FORBIDDEN")
    #expect(parts.last?.parameters == #"["{\"x\":1}"]"#)
    let words = String(decoding: parts.last?.searchText ?? [], as: UTF8.self)
    #expect(words.contains("Mutation.b"))
  }

  @Test func `other paths are GraphQL when their content is`() {
    let part = Samples.parts(Samples.call("POST", "/api", [], #"{"query":"mutation { a }"}"#)).first
    #expect(part?.classification.verb == "MUTATION")
    let other = Samples.parts(Samples.call("POST", "/api", [], #"{"query":"red shoes"}"#)).first
    #expect(other?.classification.verb == "POST")
  }
}
