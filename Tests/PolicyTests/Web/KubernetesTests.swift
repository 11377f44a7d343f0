import Bytes
import Model
import Policy
import Testing

@Suite struct KubernetesTests {
  typealias Samples = WebClassifierTests
  static let kubectl = ("User-Agent", "kubectl/v1.30.2 (linux/amd64) kubernetes/3968350")

  @Test func `paths that other servers have too are not taken`() {
    let calls = [
      Samples.call("GET", "/api/v1/orders"), Samples.call("GET", "/api/v1/orders/7"),
      Samples.call("GET", "/api/v1/pods"),
      Samples.call("GET", "/api/v1/services/7", answer: #"{"id":7}"#), Samples.call("POST", "/api/v1/events", [], "{}"),
      Samples.call("POST", "/api/v1/secrets", [], #"{"name":"x"}"#), Samples.call("GET", "/apis/shop/v1/orders/7"),
      Samples.call("GET", "/apis/shop/latest/namespaces/a/pods"), Samples.call("GET", "/api/v1/namespaces/a/orders/7"),
      Samples.call("GET", "/api/v1/query?query=up"), Samples.call("GET", "/apis/a.b/v1x/namespaces/a/things"),
      Samples.call("GET", "/api/v1/namespaces/a/pods", answer: #"{"results":[]}"#),
    ]
    for call in calls {
      let part = Samples.parts(call).first
      #expect(part?.classification.resources.map(\.kind) == ["url"], "\(call.head.target)")
    }
  }

  @Test func `what is Kubernetes is told by path, client, content or media type`() {
    let list = #"{"kind":"PodList","apiVersion":"v1","items":[{},{}]}"#
    let cases: [(Call, String, Effect)] = [
      (Samples.call("GET", "/api/v1/pods", answer: list), "read pods *", .read),
      (Samples.call("GET", "/api/v1/pods", [Self.kubectl]), "read pods *", .read),
      (
        Samples.call("GET", "/api/v1/nodes", [("Accept", "application/vnd.kubernetes.protobuf")]), "read nodes *", .read
      ),
      (Samples.call("GET", "/api/v1/namespaces/shop/pods/web/log"), "read pods/log shop/web", .read),
      (Samples.call("GET", "/apis/apps/v1/namespaces/shop/deployments"), "read deployments shop", .read),
      (
        Samples.call("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web/scale", [], "{}"),
        "write deployments/scale shop/web", .write
      ),
      (
        Samples.call("POST", "/api/v1/namespaces/shop/secrets", [], #"{"kind":"Secret","metadata":{"name":"db"}}"#),
        "write secret shop/db", .write
      ),
      (
        Samples.call("POST", "/api/v1/namespaces/shop/serviceaccounts/ci/token", [], "{}"),
        "write serviceaccounts/token shop/ci", .privilege
      ),
      (
        Samples.call("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", [], "{}"),
        "write selfsubjectaccessreviews *", .read
      ),
      (
        Samples.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", [], "{}"),
        "write customresourcedefinitions *", .schema
      ),
      (
        Samples.call("GET", "/api/v1/namespaces/shop/services/web/proxy/x", answer: "{}"),
        "read services/proxy/x shop/web", .unknown
      ),
      (
        Samples.call("DELETE", "/apis/argoproj.io/v1alpha1/namespaces/a/workflows"), "write workflows a", .write
      ),
    ]
    for (call, resource, effect) in cases {
      let part = Samples.parts(call).first
      #expect(part?.classification.resources.map(\.description) == [resource])
      #expect(part?.classification.effect == effect, "\(resource)")
    }
    let counted = Samples.parts(Samples.call("GET", "/api/v1/pods", answer: list)).first
    #expect(counted?.rowCount == 2)
    let other = Samples.parts(Samples.call("GET", "/api/v1/pods", [Self.kubectl, ("Impersonate-User", "ann")])).first
    #expect(other?.identity.user == "ann")
  }

  @Test(arguments: ["v4.channel.k8s.io", "v5.channel.k8s.io"])
  func `messages of exec are what was typed and shown`(_ version: String) throws {
    var call = Samples.call(
      "GET", "/api/v1/namespaces/shop/pods/web/exec?command=sh&stdin=true&tty=true",
      [("Sec-WebSocket-Protocol", version)])
    call.head.status = 101
    var builder = StreamRecordBuilder()
    let failure = #"{"status":"Failure","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}"#
    for message in [
      [0] + Array("exit 3\n".utf8), [1] + Array("$ ".utf8), [2] + Array("no".utf8), [1],
      [4] + Array(#"{"Width":80,"Height":24}"#.utf8), [255, 0], [3] + Array(failure.utf8),
    ] as [[UInt8]] {
      builder.append(StreamRecord(at: .epoch, direction: .fromClient, kind: .binary, bytes: message))
    }
    call.records = builder.finish()
    let part = try #require(Samples.parts(call).first)
    #expect(part.kind == "shell")
    #expect(part.code == "3")
    #expect(part.status == .error)
    var cursor = StreamRecordCursor(part.records?.bytes ?? [])
    var shown: [String] = []
    while let record = try cursor.next() {
      shown.append("\(record.kind) \(String(decoding: record.bytes, as: UTF8.self))")
    }
    let end = version.hasPrefix("v5") ? "close " : "binary \u{FFFD}\0"
    #expect(shown == ["input exit 3\n", "output $ ", "errorOutput no", "resize 80x24", end, "exit 3"])
  }

  @Test(
    arguments: [
      (#"{"status":"Success"}"#, "0", nil), ("container web is not running", nil, "container web is not running"),
      (#"{"status":"Failure","message":"no such pod"}"#, nil, "no such pod"),
      (#"{"status":"Failure","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}"#, "3", nil),
    ] as [(String, String?, String?)])
  func `streams of SPDY tell sizes and how the program ended`(_ told: String, _ code: String?, _ message: String?)
    throws
  {
    var call = Samples.call(
      "POST", "/api/v1/namespaces/shop/pods/web/exec?command=sh&stdin=true&tty=true",
      [("X-Stream-Protocol-Version", "v4.channel.k8s.io")])
    call.head.status = 101
    call.upgrade = "SPDY/3.1"
    var builder = StreamRecordBuilder()
    for (kind, text) in [
      (StreamRecord.Kind.resize, #"{"Width":80,"Height":24}"#), (.resize, "no size"), (.output, "$ "), (.exit, told),
    ] {
      builder.append(StreamRecord(at: .epoch, direction: .fromClient, kind: kind, bytes: Array(text.utf8)))
    }
    call.records = builder.finish()
    let part = try #require(Samples.parts(call).first)
    #expect(part.kind == "shell" && part.classification.effect == .execute)
    #expect(part.code == code && part.message == message)
    #expect(part.status == (code == "0" ? .ok : .error))
    var cursor = StreamRecordCursor(part.records?.bytes ?? [])
    var shown: [String] = []
    while let record = try cursor.next() {
      shown.append("\(record.kind) \(String(decoding: record.bytes, as: UTF8.self))")
    }
    #expect(shown == ["resize 80x24", "resize no size", "output $ ", "exit \(code ?? told)"])
  }
}
