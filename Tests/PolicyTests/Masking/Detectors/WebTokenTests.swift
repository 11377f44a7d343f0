import Foundation
import Testing

@Suite struct WebTokenTests {
  private static func part(_ text: String) -> String {
    Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  private static let head = part(#"{"alg":"HS256","typ":"JWT"}"#)
  private static let body = part(#"{"sub":"1234567890"}"#)

  @Test func `a signed token is found, and one that is not signed`() {
    let token = "\(Self.head).\(Self.body).c2lnbmF0dXJl"
    #expect(detected("Authorization: Bearer \(token)\n") == ["jws \(token)"])
    #expect(detected("see \(token).com") == ["jws \(token)"])
    #expect(detected("\(Self.head).\(Self.body).") == ["jws \(Self.head).\(Self.body)."])
  }

  @Test func `an encrypted token has five parts`() {
    let head = Self.part(#"{"alg":"dir","enc":"A128GCM"}"#)
    #expect(detected("\(head)..aXY.Y2lwaGVy.dGFn") == ["jwe \(head)..aXY.Y2lwaGVy.dGFn"])
  }

  @Test(arguments: ["eyJ", "eyJhbGciOiJ9", "eyJhbGci.eyJhbGci.x", "\(head)", "\(head).", "x\(head).\(body).c2ln"])
  func `what only looks like one is left`(_ text: String) {
    #expect(detected(text).filter { $0.hasPrefix("jw") }.isEmpty, "\(detected(text))")
  }
}
