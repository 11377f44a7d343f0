import Bytes
import Model
import Testing

@testable import Policy

/// Calls as the services' own clients send them, with what they do.
@Suite struct ServiceTests {
  typealias Samples = WebClassifierTests

  struct Case {
    var call: Call
    var verb: String
    var effect: Effect
    var resources: [String]

    init(_ call: Call, _ verb: String, _ effect: Effect, _ resources: [String]) {
      (self.call, self.verb, self.effect, self.resources) = (call, verb, effect, resources)
    }
  }

  private static func check(_ cases: [Case]) {
    for one in cases {
      let part = Samples.parts(one.call).first
      #expect(part?.classification.verb == one.verb, "\(one.call.head.target)")
      #expect(part?.classification.effect == one.effect, "\(one.call.head.target)")
      #expect(part?.classification.resources.map(\.description) == one.resources)
    }
  }

  private static let form = "application/x-www-form-urlencoded"

  @Test func `Elasticsearch`() {
    let call = { (method: String, path: String, body: String) in Samples.call(method, path, [], body) }
    Self.check([
      Case(call("POST", "/logs-*,x/_search?size=1", "{}"), "_search", .read, ["read index logs-*", "read index x"]),
      Case(
        call("POST", "/_msearch", "{\"index\":\"a\"}\n{\"query\":{}}\n{\"index\":[\"b\"]}\n{\"query\":{}}\n"),
        "_msearch",
        .read, ["read index a", "read index b"]),
      Case(call("POST", "/a/_count", ""), "_count", .read, ["read index a"]),
      Case(call("PUT", "/a/_doc/1", "{}"), "_doc", .write, ["write index a"]),
      Case(call("DELETE", "/a/_doc/1", ""), "_doc", .write, ["write index a"]),
      Case(
        call(
          "POST", "/_bulk",
          "{\"index\":{\"_index\":\"a\"}}\n{\"delete\":{\"_index\":\"no\"}}\n{\"delete\":{\"_index\":\"b\"}}\n"),
        "_bulk", .write, ["write index a", "drop index b"]),
      Case(call("POST", "/a/_bulk", "{\"ind"), "_bulk", .write, ["write index a"]),
      Case(
        call("POST", "/_reindex", #"{"source":{"index":["a","b"]},"dest":{"index":"c"}}"#), "_reindex", .write,
        ["read index a", "read index b", "write index c"]),
      Case(call("PUT", "/a/_mapping", "{}"), "_mapping", .schema, ["write index a"]),
      Case(call("DELETE", "/_search/scroll", "{}"), "_search", .session, ["write url https://api.test/_search/scroll"]),
      Case(call("GET", "/_cat/indices", ""), "_cat", .read, ["read url https://api.test/_cat/indices"]),
    ])
    let deletion = Samples.call(
      "POST", "/a/_delete_by_query", [], #"{"query":{"match_all":{}}}"#, answer: #"{"deleted":7,"failures":[]}"#)
    let part = Samples.parts(deletion).first
    #expect(part?.classification.isUnfiltered == true)
    #expect(part?.rowCount == 7)
    let bulk = Samples.call(
      "POST", "/a/_bulk", [], "{\"index\":{}}\n{}\n",
      answer: #"{"errors":true,"items":[{"index":{"error":{"reason":"full"}}}]}"#)
    #expect(Samples.parts(bulk).first?.status == .error)
    #expect(Samples.parts(bulk).first?.message == "full")
  }

  @Test func `registries of packages`() {
    let npm = #"{"_id":"@a/b","name":"@a/b","versions":{"1.0.0":{}},"_attachments":{"b-1.0.0.tgz":{"data":""}}}"#
    let field = { (name: String, value: String) in
      "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
    }
    let pypi = field(":action", "file_upload") + field("name", "left-pad") + field("version", "2.0") + "--b--\r\n"
    let crate = "{\"name\":\"a\",\"vers\":\"0.1.0\"}"
    let cargo = String(decoding: [UInt8(crate.utf8.count), 0, 0, 0], as: UTF8.self) + crate + "\0\0\0\0"
    let oci = "application/vnd.oci.image.manifest.v1+json"
    let write = { (package: String) in ["write package \(package)"] }
    Self.check([
      Case(Samples.call("PUT", "/@a%2fb", [], npm), "npm publish", .write, write("npm @a/b 1.0.0")),
      Case(Samples.call("DELETE", "/left-pad/-rev/1-a"), "npm unpublish", .write, ["drop package npm left-pad"]),
      Case(
        Samples.call("POST", "/legacy/", [], pypi, media: "multipart/form-data; boundary=b"), "pypi upload", .write,
        write("pypi left-pad 2.0")),
      Case(
        Samples.call("PUT", "/v2/a/b/manifests/1.2", [], "{}", media: oci), "oci push", .write,
        write("oci api.test/a/b:1.2")),
      Case(Samples.call("POST", "/v2/a/b/blobs/uploads/"), "oci upload", .write, write("oci api.test/a/b")),
      Case(
        Samples.call("GET", "/v2/a/manifests/latest", [("Accept", oci)]), "oci pull", .read,
        ["read package oci api.test/a:latest"]),
      Case(
        Samples.call("PUT", "/api/v1/crates/new", [], cargo, media: "application/octet-stream"), "cargo publish",
        .write,
        write("cargo a 0.1.0")),
      Case(Samples.call("DELETE", "/api/v1/crates/a/0.1.0/yank"), "cargo yank", .write, ["drop package cargo a 0.1.0"]),
      Case(
        Samples.call("PUT", "/repo/com/acme/app/1.0/app-1.0.jar", [], "x", media: "application/java-archive"),
        "maven deploy", .write, write("maven app 1.0")),
      Case(Samples.call("GET", "/v2/users/tags/5"), "GET", .read, ["read url https://api.test/v2/users/tags/5"]),
    ])
  }

  @Test func `Vault`() {
    let token = ("X-Vault-Token", "hvs.0123456789abcdef")
    Self.check([
      Case(Samples.call("GET", "/v1/kv/data/db", [token]), "vault read", .privilege, ["read secret kv/data/db"]),
      Case(Samples.call("LIST", "/v1/kv/metadata", [token]), "vault list", .read, ["read secret kv/metadata"]),
      Case(Samples.call("POST", "/v1/kv/data/db", [token], "{}"), "vault write", .write, ["write secret kv/data/db"]),
      Case(
        Samples.call("PUT", "/v1/sys/policies/acl/x", [token], "{}"), "vault write", .privilege,
        ["write vault sys/policies/acl/x"]),
      Case(
        Samples.call("POST", "/v1/auth/token/create", [token], "{}"), "vault write", .privilege,
        ["write vault auth/token/create"]),
      Case(Samples.call("GET", "/v1/models"), "GET", .read, ["read url https://api.test/v1/models"]),
    ])
  }

  @Test func `queries of time series by POST are reads`() {
    let url = { (path: String) in "url https://api.test\(path)" }
    Self.check([
      Case(
        Samples.call("POST", "/api/v1/query_range", [], "query=up&start=1", media: Self.form), "QUERY SERIES", .read,
        ["read " + url("/api/v1/query_range")]),
      Case(
        Samples.call("POST", "/api/v1/query", [], "{\"name\":1}"), "POST", .write, ["write " + url("/api/v1/query")]),
      Case(
        Samples.call("POST", "/api/v2/query?org=a", [], "from(bucket:\"a\")", media: "application/vnd.flux"),
        "QUERY SERIES", .read, ["read " + url("/api/v2/query")]),
      Case(
        Samples.call(
          "POST", "/api/v2/query", [], "from(bucket:\"a\") |> to(bucket:\"b\")", media: "application/vnd.flux"),
        "QUERY SERIES", .unknown, ["write " + url("/api/v2/query")]),
      Case(Samples.call("POST", "/query?db=a&q=SELECT+*+FROM+b"), "QUERY SERIES", .read, ["read " + url("/query")]),
      Case(
        Samples.call("POST", "/query?db=a&q=DROP+MEASUREMENT+b"), "QUERY SERIES", .schema, ["write " + url("/query")]),
      Case(
        Samples.call("POST", "/api/v2/write?bucket=a", [], "m v=1", media: "text/plain"), "WRITE SERIES", .write,
        ["write " + url("/api/v2/write")]),
    ])
  }

  @Test func `a word in the right place does not make a change of another server a read`() {
    let calls = [
      Samples.call("POST", "/api/v1/query", [], "query=DROP+TABLE+a", media: Self.form),
      Samples.call(
        "POST", "/api/v1/query", [], #"{"query":"DROP TABLE a"}"#, answer: #"{"status":"success","data":{}}"#),
      Samples.call("POST", "/api/v2/query", [], #"{"query":"DROP TABLE a"}"#),
      Samples.call("POST", "/forms/_validate", [], "{}"), Samples.call("POST", "/jobs/_query", [], #"{"id":1}"#),
      Samples.call("POST", "/transfer", [], "grant_type=x&amount=7", media: Self.form),
      Samples.call("POST", "/v1/kv/data/x?list=true", [("X-Vault-Token", "hvs.0123456789abcdef")], "{}"),
      Samples.call("POST", "/2015-03-31/functions?Action=GetFunction", [Samples.aws("lambda")], "{}"),
      Samples.call("POST", "/api/v1/pods", [], "{}", answer: "{}"),
    ]
    for call in calls { #expect(Samples.parts(call).first?.classification.effect == .write, "\(call.head.target)") }
  }

  @Test func `long batches end in a part that says so`() {
    let message = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#
    let body = "[" + Array(repeating: message, count: 5000).joined(separator: ",") + "]"
    let parts = Samples.parts(Samples.call("POST", "/rpc", [], body, answer: body))
    #expect(parts.count == 257)
    #expect(parts.last?.classification.effect == .unknown)
    let lines = (0..<1500).map { "{\"delete\":{\"_index\":\"i\($0)\"}}\n" }.joined()
    let bulk = Samples.parts(Samples.call("POST", "/_bulk", [], lines)).first
    #expect(bulk?.classification.resources.count == 1000)
    #expect(bulk?.classification.note == "500 more resources")
  }
}
