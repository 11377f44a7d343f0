import Bytes
import Testing

@testable import Policy

@Suite struct SecretTriggersTests {
  @Test(arguments: [
    "{\"apiKey\": 1}", "{\"PASSWORD\":\"x\"}", "x-amz-security-token", "AKIAABCDEFGHIJKLMNOP", "ghp_0123456789abcdef",
    "-----BEGIN RSA PRIVATE KEY-----", "postgres://shop:hunter2@db/shop", "Bearer abcdefgh", "{\"p\\u0061ss\": 1}",
    "eyJhbGciOi", "xoxb-1", "{\"code_verifier\": 1}", "jsessionid", "<SAMLResponse>", "identified by 'x'", "hvs.x",
  ])
  func `what a scan would look at is let through`(_ text: String) {
    let bytes = Array(("some text " + text + " more").utf8)
    let mayHold = SecretTriggers.mayHold(bytes.span)
    #expect(mayHold)
  }

  @Test(arguments: [
    "", "x", "{\"id\": 1, \"email\": \"a@example.org\", \"total\": \"1.90\", \"note\": \"0123456789abcdef\"}",
    "https://shop.internal/orders/7 and http://x/@y", "customer;city\n1;München\n",
  ])
  func `what holds no secret is not scanned`(_ text: String) {
    let bytes = Array(text.utf8)
    let mayHold = SecretTriggers.mayHold(bytes.span)
    #expect(!mayHold)
  }

  @Test(arguments: [
    "Process exited with code 0", "exit code: 1\nExit Code: 2", "code=4711", "\"code\": \"abc\"", "status_code=200",
  ])
  func `a code by itself is a secret in forms, and none in a text`(_ text: String) {
    let bytes = Array(text.utf8)
    let (mayHold, mayHoldAsText) = (
      SecretTriggers.mayHold(bytes.span), SecretTriggers.mayHold(bytes.span, isText: true)
    )
    #expect(mayHold)
    #expect(!mayHoldAsText)
    #expect(SecretScan.find(in: bytes).isEmpty)
  }

  @Test(arguments: [
    "mfa_code=123456", "\"deviceCode\": \"abcd\"", "device-code: abcd", "MFA.CODE=1", "<mfaCode>1</mfaCode>",
  ])
  func `a code that is a secret by its longer name is let through in a text`(_ text: String) {
    let bytes = Array(text.utf8)
    let mayHold = SecretTriggers.mayHold(bytes.span, isText: true)
    #expect(mayHold)
    #expect(!SecretScan.find(in: bytes).isEmpty)
  }

  @Test func `whatever a scan finds, the triggers let through`() {
    var generator = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
    var state = seed
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let pieces = [
      "pass", "word", "token", "=", ":", "\"", " ", "Bearer ", "abcdefghijklmnop", "://", "u:", "p@", "secret", "AKIA",
      "ABCDEFGHIJKLMNOP", "eyJ", ".", "-----BEGIN PRIVATE KEY-----", "'", "IDENTIFIED BY ", "<", ">", "key", "sig",
      "\n", "mfa", "device", "_", "code", "Code",
    ]
    for _ in 0..<20_000 {
      let text = (0..<(1 + next(8))).map { _ in pieces[next(pieces.count)] }.joined()
      let bytes = Array(text.utf8)
      guard !SecretScan.find(in: bytes).isEmpty else { continue }
      let mayHold = SecretTriggers.mayHold(bytes.span)
      let mayHoldAsText = SecretTriggers.mayHold(bytes.span, isText: true)
      #expect(mayHold && mayHoldAsText, "\(text.debugDescription), seed \(seed)")
    }
  }
}
