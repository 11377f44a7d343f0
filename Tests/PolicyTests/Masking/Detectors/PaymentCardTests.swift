import Testing

@Suite struct PaymentCardTests {
  /// The numbers that the schemes give out for tests.
  private static let numbers: [(String, String)] = [
    ("visa", "4111111111111111"), ("mastercard", "5555555555554444"), ("mastercard", "2223003122003222"),
    ("amex", "378282246310005"), ("discover", "6011111111111117"), ("diners", "30569309025904"),
    ("jcb", "3530111333300000"), ("unionpay", "6200000000000005"), ("maestro", "6759649826438453"),
    ("mir", "2200770212727079"),
  ]

  @Test(arguments: numbers)
  func `a card is found solid, and as it is printed`(_ brand: String, _ number: String) {
    #expect(detected("paid by \(number).") == ["\(brand) \(number)"])
    #expect(detected(#"{"n":"a\n\#(number)"}"#) == ["\(brand) \(number)"])
    guard number.count == 16 else { return }
    for mark in [" ", "-"] {
      let parts = stride(from: 0, to: 16, by: 4).map { String(number.dropFirst($0).prefix(4)) }
      let printed = parts.joined(separator: mark)
      #expect(detected("17 \(printed) 12/27") == ["\(brand) \(printed)"])
    }
  }

  @Test(arguments: [
    "4111111111111112", "4111 1111 1111 1112", "0000000000000000", "1111111111111111", "41111111111111110",
    "a4111111111111111",
    "4111111111111111a", "550e8400-4111-1111-1111-111111111111", "tracking_number=4111111111111111", "9111111111111111",
    "0.4111111111111111", "4111.1111.1111.1111",
  ])
  func `what only looks like one is left`(_ text: String) {
    #expect(detected(text).isEmpty, "\(detected(text))")
  }
}
