import Testing

@testable import Policy

@Suite struct DetectionsTests {
  private static func one(_ kind: DataKind, _ range: Range<Int>, _ isCertain: Bool = true) -> Detection {
    Detection(kind: kind, range: range, isCertain: isCertain)
  }

  @Test func `of those that overlap the more certain, the more telling, the longer stays`() {
    var found = Detections()
    found.add(Self.one(.highEntropy, 0..<20, false))
    found.add(Self.one(.visa, 4..<20))
    #expect(found.found.map(\.kind) == [.visa])
    found.add(Self.one(.phoneNational, 10..<22))
    #expect(found.found.map(\.kind) == [.visa])
    found.add(Self.one(.urlPassword, 30..<35))
    found.add(Self.one(.email, 30..<50))
    #expect(found.found.map(\.kind) == [.visa, .urlPassword])
    // One over two.
    found.add(Self.one(.ipv4, 60..<65))
    found.add(Self.one(.ipv4, 66..<70))
    found.add(Self.one(.email, 60..<80))
    #expect(found.found.map(\.kind) == [.visa, .urlPassword, .email])
    #expect(found.classes == [.email, .paymentCard, .password])
    #expect(found.counts == [.email: 1, .paymentCard: 1, .password: 1])
  }

  @Test func `what is beyond the limit is counted`() {
    var found = Detections(limit: 3)
    for place in 0..<10 { found.add(Self.one(.email, (place * 10)..<(place * 10 + 5))) }
    found.add(Self.one(.email, 92..<99))
    #expect(found.found.count == 3 && found.omittedCount == 7 && found.totalCount == 10)
    let text = Array(String(repeating: "a@example.com ", count: Detections.limit + 5).utf8)
    let all = Detector.scan(text)
    #expect(all.found.count == Detections.limit && all.omittedCount == 5)
  }

  @Test func `values are found alike in a body and by themselves`() {
    let values = [
      ("ssn", "536221234"), ("phone", "4155552671"), ("email", "bob@example.com"), ("card_number", "4111111111111111"),
      ("iban", "DE89370400440532013000"), ("steuer_id", "86095742719"), ("client_ip", "1.2.3.4"),
    ]
    let body = "{" + values.map { #""\#($0.0)":"\#($0.1)""# }.joined(separator: ",") + "}"
    #expect(detected(body) == values.flatMap { detected($0.1, column: $0.0) })
  }
}
