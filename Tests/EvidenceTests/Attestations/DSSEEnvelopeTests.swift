import Bytes
import Evidence
import Foundation
import TestKit
import Testing

@Suite struct DSSEEnvelopeTests {
  /// The example of the specification's protocol page.
  @Test func `what is signed is the encoding of the specification`() {
    let envelope = DSSEEnvelope(payloadType: "http://example.com/HelloWorld", payload: Array("hello world".utf8))
    #expect(
      String(decoding: envelope.signedBytes, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
  }

  @Test(.enabled(if: Corpus.isPresent, "\(Corpus.absence)"))
  func `an envelope that others made reads as it is`() throws {
    let file = try #require(Corpus.root).appending(path: "tlog/vectors/vectors.json")
    let root = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    let vector = try #require(root?["dsse"] as? [String: Any])
    let bytes = try JSONSerialization.data(withJSONObject: try #require(vector["envelope"]))
    let envelope = try DSSEEnvelope(parsing: Array(bytes))
    #expect(envelope.payloadType == InTotoStatement.payloadType && envelope.signatures.count == 1)
    #expect(SHA256.digest(of: envelope.signedBytes.span).hex == vector["pae_sha256"] as? String)
  }

  @Test func `what is written reads back, in both alphabets of base64`() throws {
    let envelope = DSSEEnvelope(
      payloadType: "a/b", payload: [0xFB, 0xEF, 0xFF, 1], signatures: [.init(keyID: "k", bytes: [0xFF, 0xFE])])
    #expect(try DSSEEnvelope(parsing: envelope.json) == envelope)
    let safe = String(decoding: envelope.json, as: UTF8.self).replacing("++//AQ==", with: "--__AQ")
    #expect(safe.contains("--__AQ"))
    #expect(try DSSEEnvelope(parsing: Array(safe.utf8)) == envelope)
  }

  @Test(arguments: [
    "", "{}", "[]", #"{"payloadType":"a","payload":"!!","signatures":[]}"#,
    #"{"payloadType":"a","payload":"AA==","payload":"AQ==","signatures":[]}"#,
    #"{"payloadType":"a","payload":"AA==","signatures":[{"keyid":"k"}]}"#,
  ]) func `what is no envelope is refused`(_ text: String) {
    #expect(throws: AttestationError.self) { try DSSEEnvelope(parsing: Array(text.utf8)) }
  }

  @Test func `a statement reads back as it was`() throws {
    let statement = InTotoStatement(
      subjects: [.init(name: "a \"b\"", sha256: String(repeating: "a", count: 64))], result: .failed,
      configuration: [.init(name: "policy", sha256: String(repeating: "b", count: 64))], failed: ["ses-1.2"])
    #expect(try InTotoStatement(parsing: statement.json) == statement)
    let twice = InTotoStatement(
      subjects: statement.subjects + statement.subjects, result: .passed, configuration: [], failed: [])
    #expect(throws: AttestationError.self) { try InTotoStatement(parsing: twice.json) }
    #expect(throws: AttestationError.self) { try InTotoStatement(parsing: Array("{}".utf8)) }
  }
}
