import Testing

@Suite struct PhoneNumberTests {
  @Test(arguments: [
    "+1 415 555 2671", "+14155552671", "+1 (415) 555-2671", "+49 30 1234567", "+49 (0)30 1234567", "+44 20 7946 0958",
    "+33 1 23 45 67 89", "+91 98765 43210", "+86 138 1234 5678", "+358 40 123 4567", "+41 44 668 18 00",
  ])
  func `a number with a plus is found anywhere`(_ number: String) {
    #expect(detected("call \(number), please") == ["phone-international \(number)"])
  }

  @Test(arguments: [
    "(415) 555-2671", "415-555-2671", "415.555.2671", "1-415-555-2671", "030 1234567", "0171-1234567", "01 23 45 67 89",
    "07700 900123", "020 7946 0958", "030/1234567", "(030) 1234567",
  ])
  func `a number as it is written in its country is found anywhere`(_ number: String) {
    #expect(detected("call \(number) now") == ["phone-national \(number)"])
  }

  @Test func `a solid number is one where a name says so`() {
    #expect(detected("4155552671", column: "customers.mobile_number") == ["phone-national 4155552671"])
    #expect(detected(#"{"phone":"4155552671"}"#) == ["phone-national 4155552671"])
    #expect(detected("telephone: 415 555 2671") == ["phone-national 415 555 2671"])
    #expect(detected("4155552671").isEmpty)
    #expect(detected("2024-01-15", column: "phone").isEmpty)
  }

  @Test(arguments: [
    "+0200", "1e+1012345678", "+12.3456789", "+999 123456789", "123.4567890", "2024-01-15", "15.01.2024 12:30",
    "415-555",
    "1000-2000", "0100 0203 0405 0607", "01 02 03 04 05 06 07 08", "911-555-2671", "+1 115 555 2671", "0.1234567890",
    "id 123-456-7890", "order 415-555-2671", "12345-6789",
  ])
  func `what only looks like one is left`(_ text: String) {
    #expect(detected(text).isEmpty, "\(detected(text))")
  }
}
