import Testing

@Suite struct AccountNumberTests {
  /// The examples of the registry.
  private static let numbers = [
    "DE89370400440532013000", "GB29NWBK60161331926819", "FR1420041010050500013M02606", "NL91ABNA0417164300",
    "CH9300762011623852957", "NO9386011117947", "BE68539007547034", "MT84MALT011000012345MTLCAST001S",
    "SA0380000000608010167519", "ES9121000418450200051332", "IT60X0542811101000000123456",
    "PL61109010140000071219812874",
  ]

  @Test(arguments: numbers)
  func `a number of the registry is found`(_ number: String) {
    #expect(detected("to \(number).") == ["iban \(number)"])
    let groups = stride(from: 0, to: number.count, by: 4).map { String(number.dropFirst($0).prefix(4)) }
    let printed = groups.joined(separator: " ")
    #expect(detected("to \(printed), today") == ["iban \(printed)"])
  }

  @Test(arguments: [
    "DE88370400440532013000", "DE8937040044053201300", "DE893704004405320130001", "ZZ89370400440532013000",
    "XDE89370400440532013000", "de89370400440532013000", "DE89 3704 0044 0532 013",
  ])
  func `what only looks like one is left`(_ text: String) {
    #expect(detected(text).filter { $0.hasPrefix("iban") }.isEmpty, "\(detected(text))")
  }
}
