import Bytes
import Model
import Testing

@testable import Policy

/// A token in every place where secrets are sent: it must be in nothing that is stored, and its hash must be.
@Suite struct PlantedSecretTests {
  typealias Samples = WebClassifierTests

  private static let fields = [
    "Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "X-Auth-Token", "X-Amz-Security-Token",
    "X-Goog-Api-Key", "Api-Key", "Private-Token", "X-Vault-Token", "X-CSRF-Token", "X-Access-Token", "X-Session-Token",
    "X-Registry-Auth", "Ocp-Apim-Subscription-Key", "X-GitHub-Token", "X-Shopify-Access-Token", "X-Client-Secret",
  ]
  private static let names = [
    "password", "passwd", "client_secret", "access_token", "refresh_token", "id_token", "token", "api_key", "apiKey",
    "secretKey", "SecretString", "SecretAccessKey", "SessionToken", "privateKey", "passphrase", "authToken", "otp",
  ]
  private static let queryNames =
    names + ["key", "sig", "signature", "code", "X-Amz-Signature", "X-Amz-Security-Token", "auth"]

  private static func stream(_ texts: [(StreamRecord.Kind, [UInt8])]) -> Payload {
    var builder = StreamRecordBuilder()
    for (kind, bytes) in texts {
      builder.append(StreamRecord(at: .epoch, direction: .fromServer, kind: kind, bytes: bytes))
    }
    return builder.finish()
  }

  private static func basic(_ user: String, _ password: String) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var out = ""
    var (bits, count) = (0, 0)
    for byte in "\(user):\(password)".utf8 {
      (bits, count) = (bits << 8 | Int(byte), count + 8)
      while count >= 6 {
        count -= 6
        out.append(letters[(bits >> count) & 63])
      }
    }
    if count > 0 { out.append(letters[(bits << (6 - count)) & 63]) }
    return "Basic " + out
  }

  private static func calls(_ s: String) -> [(String, Call)] {
    var calls: [(String, Call)] = []
    for name in fields {
      calls.append(("field \(name)", Samples.call("GET", "/a", [(name, s)], answer: "{\"echo\":\"\(s)\"}")))
    }
    for scheme in ["Bearer", "Token", "Basic", "ApiKey", "Custom", "Digest"] {
      calls.append(("scheme \(scheme)", Samples.call("GET", "/a/\(s)", [("Authorization", "\(scheme) \(s)")])))
    }
    calls.append(("basic", Samples.call("GET", "/a?x=\(s)", [("Authorization", basic("me", s))])))
    calls.append(("basic key", Samples.call("GET", "/a?x=\(s)", [("Authorization", basic(s, ""))])))
    calls.append(("cookies", Samples.call("GET", "/a", [("Cookie", "a=\(s); b=\(s)")], answer: "[\"\(s)\"]")))
    for name in queryNames {
      calls.append(("query \(name)", Samples.call("GET", "/a?x=1&\(name)=\(s)&y=\(s)")))
      calls.append(("fragment \(name)", Samples.call("GET", "/a#\(name)=\(s)")))
      calls.append(("referer \(name)", Samples.call("GET", "/a", [("Referer", "https://b.test/?\(name)=\(s)")])))
      calls.append(
        (
          "form \(name)",
          Samples.call("POST", "/a", [], "a=1&\(name)=\(s)&b=\(s)", media: "application/x-www-form-urlencoded")
        ))
      calls.append(
        (
          "multipart \(name)",
          Samples.call(
            "POST", "/a", [],
            "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(s)\r\n--b\r\n"
              + "Content-Disposition: form-data; name=\"x\"\r\n\r\n{\"y\":\"\(s)\"}\r\n--b--\r\n",
            media: "multipart/form-data; boundary=b")
        ))
    }
    for name in names {
      let json = "{\"\(name)\":\"\(s)\"}"
      for depth in [0, 1, 20, 100] {
        let deep = String(repeating: "[{\"a\":", count: depth / 2) + json + String(repeating: "}]", count: depth / 2)
        calls.append(("JSON \(name) \(depth)", Samples.call("POST", "/a", [], deep)))
        calls.append(("answer \(name) \(depth)", Samples.call("GET", "/a", answer: deep)))
      }
      let quoted = JSONWriter.quoted(json)
      calls.append(("JSON in JSON", Samples.call("POST", "/a", [], "{\"a\":\(quoted)}")))
      calls.append(("JSON in a query", Samples.call("GET", "/a?x=\(PercentCoding.encode(json))")))
      calls.append(("cut JSON \(name)", Samples.call("POST", "/a", [], String(json.dropLast(2)))))
      calls.append(
        ("XML \(name)", Samples.call("POST", "/a", [], "<a><n:\(name)>\(s)</n:\(name)></a>", media: "text/xml")))
      calls.append(("attribute \(name)", Samples.call("POST", "/a", [], "<a \(name)=\"\(s)\"/>", media: "text/xml")))
      calls.append(("YAML \(name)", Samples.call("POST", "/a", [], "a:\n  \(name): \(s)\n", media: "text/yaml")))
      for kind in [StreamRecord.Kind.text, .binary, .event, .message, .input, .output] {
        var call = Samples.call("GET", "/a")
        call.records = stream([(kind, Array("data: \(json)\n".utf8)), (kind, Array("again \(s)".utf8))])
        calls.append(("records \(name) \(kind)", call))
      }
    }
    for text in [
      "see postgres://me:\(s)@db/x", "-----BEGIN RSA PRIVATE KEY-----\n\(s)\n-----END RSA PRIVATE KEY-----\n",
      "-----BEGIN PRIVATE KEY-----\n\(s)", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.\(s)", "ghp_\(s)", "sk-\(s)",
      "xoxb-\(s)",
      "glpat-\(s)", "npm_\(s)", "ALTER USER a PASSWORD '\(s)'", "identified by 'it''s \(s)'",
      "Authorization: Bearer \(s)",
    ] {
      calls.append(("shape", Samples.call("POST", "/a", [], text, media: "text/plain")))
      calls.append(("shape", Samples.call("GET", "/a/\(PercentCoding.encode(text))")))
      calls.append(
        ("shape", Samples.call("GET", "/a", [("X-Note", text)], answer: "{\"a\":\(JSONWriter.quoted(text))}")))
    }
    return calls + applications(s)
  }

  private static func applications(_ s: String) -> [(String, Call)] {
    let rpc = { (method: String) in
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\",\"params\":{\"name\":\"x\",\"arguments\":{\"token\":\"\(s)\"}}}"
    }
    var exec = Samples.call(
      "GET", "/api/v1/namespaces/n/pods/p/exec?command=psql&command=postgres://me:\(s)@db/x",
      [("Sec-WebSocket-Protocol", "v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.\(s)")])
    exec.records = stream([
      (.binary, [1] + Array("DB_PASSWORD=\(s)".utf8)), (.binary, [0] + Array("echo \(s)".utf8)),
      (.binary, [3] + Array("{\"status\":\"Failure\",\"message\":\"\(s)\"}".utf8)),
    ])
    return [
      ("exec", exec),
      (
        "secret",
        Samples.call("GET", "/api/v1/namespaces/n/secrets/x", answer: "{\"kind\":\"Secret\",\"data\":{\"a\":\"\(s)\"}}")
      ),
      (
        "protobuf secret",
        Samples.call(
          "PUT", "/api/v1/namespaces/n/secrets/x", [], "k8s\0\(s)", media: "application/vnd.kubernetes.protobuf")
      ),
      (
        "vault", Samples.call("PUT", "/v1/kv/data/x", [("X-Vault-Token", s)], "{\"data\":{\"any\":\"\(s)\"}}")
      ),
      (
        "AWS secret",
        Samples.call(
          "POST", "/", [Samples.aws("secretsmanager"), ("X-Amz-Target", "secretsmanager.CreateSecret")],
          "{\"Name\":\"x\",\"SecretString\":\"\(s)\"}")
      ),
      (
        "AWS parameter",
        Samples.call(
          "POST", "/", [Samples.aws("ssm"), ("X-Amz-Target", "AmazonSSM.PutParameter")],
          "{\"Name\":\"x\",\"Type\":\"SecureString\",\"Value\":\"\(s)\"}")
      ),
      (
        "RDS data",
        Samples.call(
          "POST", "/Execute", [Samples.aws("rds-data")],
          "{\"sql\":\"UPDATE t SET a = :password\",\"parameters\":[{\"name\":\"password\",\"value\":{\"stringValue\":\"\(s)\"}}]}"
        )
      ),
      ("MCP", Samples.call("POST", "/mcp", [("Mcp-Session-Id", "1")], rpc("tools/call"))),
      (
        "GraphQL",
        Samples.call(
          "POST", "/graphql", [],
          "{\"query\":\"mutation($p:String){login(password:\\\"\(s)\\\"){id}}\",\"variables\":{\"password\":\"\(s)\"}}",
          answer: "{\"errors\":[{\"message\":\"bad password \(s)\"}]}")
      ),
      (
        "OAuth",
        Samples.call(
          "POST", "/token", [], "grant_type=authorization_code&code=\(s)&code_verifier=\(s)",
          media: "application/x-www-form-urlencoded", answer: "{\"access_token\":\"\(s)\",\"id_token\":\"\(s)\"}")
      ),
      (
        "ClickHouse",
        Samples.call(
          "POST", "/", [("X-ClickHouse-Format", "JSON")], "ALTER USER a IDENTIFIED BY '\(s)'", media: "text/plain")
      ),
      (
        "Elasticsearch",
        Samples.call(
          "POST", "/_bulk", [], "{\"index\":{\"_index\":\"a\"}}\n{\"password\":\"\(s)\"}\n",
          media: "application/x-ndjson")
      ),
    ]
  }

  @Test func `no secret survives in anything that is stored`() {
    let seed = UInt64.random(in: .min ... .max)
    let secret = "S" + String(seed, radix: 36) + "zq9Xw4"
    for (place, call) in Self.calls(secret) {
      for part in Samples.parts(call) {
        let left = CallTexts(part).places(of: secret)
        #expect(left.isEmpty, "\(place), seed \(seed)")
        #expect(!part.secretHashes.isEmpty, "\(place), seed \(seed)")
      }
    }
  }

  @Test func `contents keep their true size and digest`() {
    let call = Samples.call("POST", "/a", [], "{\"password\":\"correct horse\"}")
    let part = Samples.parts(call).first
    #expect(part?.requestBody?.content.digest == call.requestBody?.content.digest)
    #expect(part?.requestBody?.content.byteCount == call.requestBody?.content.byteCount)
    let text = String(decoding: part?.requestBody?.content.bytes ?? [], as: UTF8.self)
    #expect(text == "{\"password\":\"[redacted]\"}")
  }

  @Test func `texts made to take long are read in time that grows with their length`() {
    let count = 60_000
    let texts = [
      String(repeating: "eyJ.", count: count / 4), String(repeating: "a:", count: count / 2),
      "://" + String(repeating: "a:", count: count / 2), String(repeating: "-----BEGIN ", count: count / 11),
      String(repeating: "password=\\\"", count: count / 11), String(repeating: "<password>", count: count / 10),
      String(repeating: "<password><![CDATA[", count: count / 19), String(repeating: "PASSWORD '", count: count / 10),
      String(repeating: " ", count: count) + "=", String(repeating: "password=aaaaaaaa ", count: count / 18),
      "password=" + String(repeating: "a", count: count / 2) + "b " + String(repeating: "a", count: count / 2),
      String(repeating: "--b\r\n", count: count / 5), String(repeating: "-", count: count),
      String(repeating: "--b", count: count / 3),
    ]
    for text in texts {
      for media in ["text/plain", "multipart/form-data; boundary=b", "multipart/form-data; boundary=-----"] {
        #expect(!Samples.parts(Samples.call("POST", "/a", [], text, media: media)).isEmpty)
      }
    }
  }
}
