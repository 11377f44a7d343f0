import Bytes
import Model
import Policy
import Testing

@Suite struct WebClassifierTests {
  static func call(
    _ method: String, _ url: String, _ fields: [(String, String)] = [], _ body: String? = nil, media: String? = nil,
    answer: String? = nil
  ) -> Call {
    var head = CallHead(version: "1.1", method: method, target: url)
    head.authority = "api.test"
    head.scheme = "https"
    head.status = 200
    head.requestFields = fields.map { HeaderField($0.0, $0.1) }
    var call = Call(head: head)
    let content = { (text: String, media: String?) in
      CallBody(
        content: Payload(layout: .text, bytes: Array(text.utf8)), codedByteCount: UInt64(text.utf8.count),
        mediaType: media)
    }
    call.requestBody = body.map { content($0, media ?? "application/json") }
    call.responseBody = answer.map { content($0, "application/json") }
    return call
  }

  static func parts(_ call: Call) -> [CallPart] {
    var classifier = WebClassifier(secrets: SecretHasher(key: [UInt8](repeating: 7, count: 32)))
    var context = WebContext(server: "10.0.0.1:443", isSecure: true)
    return classifier.parts(of: call, in: &context)
  }

  static let signature = (
    "Authorization",
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/eu-west-1/SERVICE/aws4_request, "
      + "SignedHeaders=host, Signature=0123456789abcdef0123456789abcdef"
  )

  static func aws(_ service: String) -> (String, String) {
    (signature.0, signature.1.split(separator: "SERVICE").joined(separator: service))
  }

  @Test func `plain calls are judged by their method`() {
    for (method, effect) in [
      ("GET", Effect.read), ("HEAD", .read), ("POST", .write), ("PUT", .write), ("DELETE", .write), ("BREW", .unknown),
    ] {
      let parts = Self.parts(Self.call(method, "/orders/17?x=1"))
      #expect(parts.map(\.classification.effect) == [effect])
      let names = parts.flatMap { $0.classification.resources.map(\.name) }
      #expect(names == ["https://api.test/orders/17"])
      #expect(parts.first?.classification.fingerprint == "\(method) api.test/orders/*")
    }
  }

  @Test func `an override never makes a change a read`() {
    let get = Self.parts(Self.call("GET", "/a", [("X-HTTP-Method-Override", "DELETE")]))
    #expect(get.first?.classification.effect == .write)
    let post = Self.parts(Self.call("POST", "/a", [("X-HTTP-Method-Override", "GET")]))
    #expect(post.first?.classification.effect == .unknown)
  }

  @Test func `Kubernetes is read by verb, resource and subresource`() {
    let secret = Self.parts(
      Self.call(
        "GET", "/api/v1/namespaces/prod/secrets/db", answer: #"{"kind":"Secret","data":{"p":"aHVudGVyMmh1bnRlcjI="}}"#))
    #expect(secret.first?.classification.resources.map(\.description) == ["read secret prod/db"])
    #expect(secret.first?.classification.effect == .read)
    // As it stands, and as it will be used.
    #expect(secret.first?.secretHashes.count == 2)
    #expect(secret.first.map { Set($0.secretPlaces.values) } == [.answer])
    let exec = Self.parts(
      Self.call("GET", "/api/v1/namespaces/prod/pods/web/exec?command=sh&command=-c&command=echo+hi&stdout=true"))
    #expect(exec.first?.kind == "exec")
    #expect(exec.first?.text == "sh -c 'echo hi'")
    #expect(exec.first?.classification.effect == .execute)
    let role = Self.parts(
      Self.call("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/prod/rolebindings", [], "{}"))
    #expect(role.first?.classification.effect == .privilege)
    let dry = Self.parts(Self.call("DELETE", "/api/v1/namespaces/prod/pods/web?dryRun=All"))
    #expect(dry.first?.classification.effect == .read)
  }

  @Test func `AWS is read by its signature and operation`() {
    let put = Self.parts(Self.call("PUT", "/bucket/key", [Self.aws("s3")], "x", media: "text/plain"))
    #expect(put.first?.classification.verb == "s3:PutObject")
    #expect(put.first?.identity.user == "AKIAIOSFODNN7EXAMPLE")
    let secret = Self.parts(
      Self.call(
        "POST", "/", [Self.aws("secretsmanager"), ("X-Amz-Target", "secretsmanager.GetSecretValue")],
        #"{"SecretId":"db"}"#, answer: #"{"SecretString":"correct horse"}"#))
    #expect(secret.first?.classification.effect == .privilege)
    let sql = Self.parts(
      Self.call("POST", "/Execute", [Self.aws("rds-data")], #"{"sql":"DELETE FROM t WHERE id = 1"}"#))
    #expect(sql.first?.kind == "sql")
    #expect(sql.first?.classification.effect == .write)
  }

  @Test func `other applications are told by content`() {
    let cases: [(Call, String, Effect)] = [
      (Self.call("POST", "/graphql", [], #"{"query":"mutation { pay(id: 1) { id } }"}"#), "MUTATION", .write),
      (Self.call("POST", "/graphql", [], #"{"query":"{ orders { id } }"}"#), "QUERY", .read),
      (Self.call("POST", "/graphql", [], #"{"query":"{ orders { id }"}"#), "GRAPHQL", .unknown),
      (
        Self.call("POST", "/mcp", [], #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"rm"}}"#),
        "tools/call", .unknown
      ),
      (
        Self.call("POST", "/token", [], "grant_type=password&password=x", media: "application/x-www-form-urlencoded"),
        "OAUTH TOKEN", .session
      ),
      (Self.call("GET", "/a/b.git/info/refs?service=git-upload-pack"), "git ls-refs", .read),
      (Self.call("POST", "/a.S/GetThing", [], "", media: "application/grpc"), "GetThing", .read),
    ]
    for (call, verb, effect) in cases {
      let part = Self.parts(call).first
      #expect(part?.classification.verb == verb)
      #expect(part?.classification.effect == effect)
    }
  }

  @Test func `no planted secret survives`() {
    var random = SystemRandomNumberGenerator()
    let secret = "S" + String(UInt64.random(in: .min ... .max, using: &random), radix: 16) + "zq9"
    let calls = [
      Self.call("GET", "/a?access_token=\(secret)&b=\(secret)"),
      Self.call("GET", "/a", [("Authorization", "Bearer \(secret)")], answer: "{\"echo\":\"\(secret)\"}"),
      Self.call("GET", "/a", [("Cookie", "sid=\(secret); b=c"), ("X-Api-Key", secret)]),
      Self.call("POST", "/a", [], "{\"a\":[{\"password\":\"\(secret)\"}],\"b\":\"\(secret)\"}"),
      Self.call(
        "POST", "/a", [], "{\"a\":\"{\\\"kind\\\":\\\"Secret\\\",\\\"data\\\":{\\\"x\\\":\\\"\(secret)\\\"}}\"}"),
      Self.call("POST", "/a", [], "{\"a\":[{\"password\":\"\(secret)\""),
      Self.call("POST", "/a", [], "<a><Password>\(secret)</Password></a>", media: "text/xml"),
      Self.call("POST", "/a", [], "a=1&client_secret=\(secret)", media: "application/x-www-form-urlencoded"),
      Self.call(
        "POST", "/a", [], "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n\(secret)\r\n--b--\r\n",
        media: "multipart/form-data; boundary=b"),
      Self.call("POST", "/a", [], "see postgres://me:\(secret)@db/x", media: "text/plain"),
      Self.call("GET", "/api/v1/namespaces/n/pods/p/exec?command=psql&command=postgres://me:\(secret)@db/x"),
    ]
    for call in calls {
      let parts = Self.parts(call)
      #expect(!String(reflecting: parts.map(\.head)).contains(secret), "\(secret)")
      for part in parts {
        #expect(!part.secretHashes.isEmpty)
        for body in [part.requestBody, part.responseBody] {
          let bytes = body?.content.bytes ?? []
          let text = String(decoding: bytes, as: UTF8.self)
          #expect(!text.contains(secret))
        }
        #expect(!String(reflecting: [part.text, part.parameters ?? "", part.message ?? ""]).contains(secret))
        #expect(!part.classification.resources.contains { $0.name.contains(secret) })
      }
    }
  }
}
