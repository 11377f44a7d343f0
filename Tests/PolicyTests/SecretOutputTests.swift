import Bytes
import Model
import TestKit
import Testing

@testable import Policy

/// Secrets that commands print, and services hand out: nothing of them is kept, and their use is known again.
@Suite struct SecretOutputTests {
  private static let hasher = SecretHasher(key: [UInt8](repeating: 3, count: 32))
  private func hash(_ text: String) -> String { Self.hasher.hash(Array(text.utf8).span) }

  private func part(_ command: String, printing output: String) -> ActionPart {
    var builder = StreamRecordBuilder()
    builder.append(StreamRecord(at: .epoch, direction: .fromServer, kind: .output, bytes: Array(output.utf8)))
    var run = Command(.exec, text: command, channel: 0)
    (run.records, run.exit) = (builder.finish(), .status(0))
    let exchange = Exchange(
      shape: .command(run), startedAt: .epoch, origin: .unknown, requestByteCount: 0,
      responseByteCount: 0)
    return RemoteClassifier(secrets: Self.hasher).part(of: run, exchange, on: "web1")
  }

  @Test(arguments: [
    ("kubectl get secret db -o jsonpath='{.data.password}' | base64 -d", "north-gate-4711", "north-gate-4711"),
    ("vault kv get -field=password secret/db", "north-gate-4711\n", "north-gate-4711"),
    ("cat ~/.pgpass", "# a comment\ndb1:5432:shop:svc:north-gate-4711\n", "north-gate-4711"),
    ("cat ~/.pgpass", "db1:5432:shop:svc:north\\:gate\\\\4711\n", "north:gate\\4711"),
    ("env", "HOME=/root\nPGPASSWORD=north-gate-4711\n", "north-gate-4711"),
  ]) func `what a command prints is not kept, and its use is known`(
    _ command: String, _ output: String, _ secret: String
  ) {
    let part = part(command, printing: output)
    let kept = String(decoding: part.records?.bytes ?? [], as: UTF8.self)
    #expect(!kept.contains("gate"), "\(kept)")
    #expect(part.secretHashes.contains(hash(secret)))
    #expect(part.secretPlaces[hash(secret)] == .answer)
    #expect(!String(decoding: part.searchText, as: UTF8.self).contains("gate"))
  }

  @Test(arguments: [("cat notes.txt", "north-gate-4711\n"), ("kubectl get secrets", "north-gate-4711\n")])
  func `other output stays as it is`(_ command: String, _ output: String) {
    let kept = part(command, printing: output).records?.bytes ?? []
    #expect(kept.firstRange(of: "north-gate".utf8) != nil)
  }

  @Test func `a password within a secret of a service is known when it is used`() throws {
    let password = "north-gate-4711"
    let inner = #"{\"engine\": \"postgres\", \"username\": \"svc_shop\", \"password\": \"north-gate-4711\"}"#
    let call = WebClassifierTests.call(
      "POST", "/",
      [
        (
          "authorization",
          "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261120/eu-north-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=abcdef0123456789"
        ), ("x-amz-target", "secretsmanager.GetSecretValue"), ("x-amz-security-token", "session-token-of-the-caller"),
      ], #"{"SecretId": "db"}"#, answer: #"{"Name": "db", "SecretString": "\#(inner)"}"#)
    var classifier = WebClassifier(secrets: Self.hasher)
    var context = WebContext(server: "aws", isSecure: true)
    let part = try #require(classifier.parts(of: call, in: &context).first)
    #expect(part.secretPlaces[hash(password)] == .answer)
    #expect(part.secretPlaces[hash("svc_shop")] == .answer)
    #expect(part.secretPlaces[hash("session-token-of-the-caller")] == .credential)
    #expect(!part.secretHashes.contains(hash("postgres")))
    let body = String(decoding: part.responseBody?.content.bytes ?? [], as: UTF8.self)
    #expect(!body.contains("gate") && body.contains("\"Name\""))
  }

  @Test func `a Secret of Kubernetes is known out of base 64`() throws {
    let call = WebClassifierTests.call(
      "GET", "/api/v1/namespaces/shop/secrets/db",
      answer: #"{"kind":"Secret","apiVersion":"v1","data":{"password":"bm9ydGgtZ2F0ZS00NzEx"}}"#)
    var classifier = WebClassifier(secrets: Self.hasher)
    var context = WebContext(server: "k8s", isSecure: true)
    let part = try #require(classifier.parts(of: call, in: &context).first)
    #expect(part.secretPlaces[hash("north-gate-4711")] == .answer)
  }

  @Test func `a hand-out is joined with the login that used it, and with the name that came with it`() throws {
    var rule = CredentialHandedOut()
    let given = RuleSubject.other("http", "vault read", "vault read database/creds/shop", .privilege, session: "a")
    var login = RuleSubject.other("login", "LOGIN", "login", .session, session: "b", in: "postgres")
    login.action.startedAt = Timestamp(nanoseconds: 60_000_000_000)
    login.action.identity.user = "v-shop-17"
    for subject in [given, login] { _ = rule.receive(subject) }
    var facts = RuleFacts()
    facts.sessions = [given.session, login.session]
    facts.hash = { "hash of \($0)" }
    facts.secrets = [
      SecretSighting(hash: "hash of v-shop-17", kind: "http-answer", sessionID: "a", actionID: "a.1", at: .epoch)
    ]
    let hit = try #require(rule.finish(facts).first)
    #expect(hit.severity == .high && hit.detail.hasSuffix("the name that it gave acted later in b.1"), "\(hit)")
    // What the request itself was allowed by was not handed out.
    facts.secrets = [
      SecretSighting(hash: "t", kind: "http-credential", sessionID: "a", actionID: "a.1", at: .epoch),
      SecretSighting(
        hash: "t", kind: "http-credential", sessionID: "c", actionID: "c.1",
        at: Timestamp(nanoseconds: 90_000_000_000)),
    ]
    #expect(rule.finish(facts).map(\.severity) == [nil])
  }
}
