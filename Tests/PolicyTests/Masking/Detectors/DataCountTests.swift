import Bytes
import Testing

@testable import Policy

@Suite struct DataCountTests {
  private static func count(_ texts: [String], hasher: SecretHasher? = nil, limit: Int = 1000) -> DataCount {
    var count = DataCount(hasher: hasher, limit: limit)
    for text in texts {
      let bytes = Array(text.utf8)
      count.add(Detector.scan(bytes), in: bytes.span)
    }
    return count
  }

  @Test(arguments: [nil, SecretHasher(key: [1, 2, 3])])
  func `the same value is one, however it is written`(_ hasher: SecretHasher?) {
    let count = Self.count(
      ["bob@example.com, BOB@example.com, eve@example.com", "4111 1111 1111 1111 and 4111111111111111"], hasher: hasher)
    #expect(count[.email] == DataCount.Tally(total: 3, distinct: 2, isAtLeast: false))
    #expect(count[.paymentCard] == DataCount.Tally(total: 2, distinct: 1, isAtLeast: false))
    #expect(count[.iban] == DataCount.Tally())
    #expect(count.classes == [.email, .paymentCard])
    #expect(count.people.distinct == 2 && !count.people.isAtLeast)
  }

  @Test func `beyond the limit it is at least so many`() {
    let texts = (0..<20).map { "user\($0)@example.com user1@example.com" }
    let count = Self.count(texts, limit: 10)
    #expect(count[.email] == DataCount.Tally(total: 40, distinct: 10, isAtLeast: true))
    #expect(count.people.isAtLeast)
  }

  @Test func `what was counted apart is merged`() {
    var all = Self.count(["a@example.com b@example.com"])
    all.merge(Self.count(["b@example.com c@example.com"]))
    #expect(all[.email] == DataCount.Tally(total: 4, distinct: 3, isAtLeast: false))
    var few = Self.count(["a@example.com"], limit: 2)
    few.merge(Self.count(["b@example.com c@example.com"]))
    #expect(few[.email] == DataCount.Tally(total: 3, distinct: 2, isAtLeast: true))
  }

  @Test func `values of a class that only names tell are counted too`() {
    var count = DataCount()
    for name in ["Anna", "Ben", "Anna"] { count.add(.name, value: Array(name.utf8).span) }
    #expect(count[.name] == DataCount.Tally(total: 3, distinct: 2, isAtLeast: false))
    #expect(count.people.distinct == 0)
  }
}
