import Testing

@Suite struct NationalIDTests {
  /// Kind, name, and a number that others give as an example.
  private static let numbers: [(String, String, String)] = [
    ("us-ssn", "ssn", "536-22-1234"), ("us-ssn", "ssn", "536221234"), ("us-itin", "tax_id ssn", "912-70-1234"),
    ("gb-nino", "nino", "AB123456C"), ("gb-nino", "nino", "AB 12 34 56 C"), ("gb-nhs", "nhs_number", "943 476 5919"),
    ("de-steuer-id", "steuer_id", "86095742719"), ("fr-nir", "nir", "255081416802538"), ("es-dni", "dni", "12345678Z"),
    ("es-dni", "dni", "12345678-Z"), ("es-nie", "nie", "X1234567L"),
    ("it-codice-fiscale", "codice_fiscale", "RSSMRA85T10A562S"),
    ("nl-bsn", "bsn", "111222333"), ("be-nrn", "niss", "93.05.18-223.61"), ("pl-pesel", "pesel", "44051401359"),
    ("se-personnummer", "personnummer", "811228-9874"), ("fi-hetu", "hetu", "131052-308T"),
    ("dk-cpr", "cpr", "070761-4285"),
    ("ch-ahv", "ahv", "756.9217.0769.85"), ("pt-nif", "contribuinte", "123456789"), ("ie-pps", "ppsn", "1234567T"),
    ("ie-pps", "ppsn", "1234567FA"), ("cz-rodne-cislo", "rodne_cislo", "780123/3540"),
    ("ro-cnp", "cnp", "1800101221144"),
    ("tr-kimlik", "tckn", "10000000146"), ("br-cpf", "cpf", "111.444.777-35"),
    ("mx-curp", "curp", "HEGG560427MVZRRL04"),
    ("ca-sin", "sin", "046 454 286"), ("au-tfn", "tfn", "123456782"),
    ("cn-resident-id", "resident_id", "11010519491231002X"),
    ("za-id", "sa_id_number", "8001015009087"), ("no-fodselsnummer", "fnr", "15076500565"),
  ]

  @Test(arguments: numbers.filter { $0.2 != "046 454 286" })
  func `a number is found behind its name`(_ kind: String, _ name: String, _ number: String) {
    #expect(detected(number, column: name) == ["\(kind) \(number)"])
    let key = name.split(separator: " ").last.map(String.init) ?? name
    #expect(detected(#"{"id":7,"\#(key)":"\#(number)","state":"open"}"#) == ["\(kind) \(number)"])
    #expect(detected("\(key)=\(number)\n") == ["\(kind) \(number)"])
  }

  @Test(arguments: numbers)
  func `one digit or letter that differs is told`(_ kind: String, _ name: String, _ number: String) {
    // Those without a check digit, and those whose other numbers are of another country.
    guard !["us-ssn", "us-itin", "gb-nino", "dk-cpr"].contains(kind) else { return }
    var bytes = Array(number.utf8)
    guard let place = bytes.lastIndex(where: { (0x30...0x39).contains($0) }) else { return }
    bytes[place] = bytes[place] == 0x39 ? 0x30 : bytes[place] + 1
    let wrong = String(decoding: bytes, as: UTF8.self)
    #expect(!detected(wrong, column: name).contains { $0.hasPrefix(kind) }, "\(wrong)")
  }

  @Test(arguments: [
    "123456789", "id=536221234", "000-12-3456", "666-12-3456", "536-00-1234", "536-22-0000", "order 86095742719",
    "GB123456C", "AB123456E", "XAB123456C", "536-22-12345", "a-536-22-1234", "811328-9874", "131352-308T",
  ])
  func `what only looks like one is left`(_ text: String) {
    #expect(detected(text).filter { !$0.hasPrefix("phone") }.isEmpty, "\(detected(text))")
  }

  @Test func `the name of another value does not count`() {
    #expect(detected(#"{"ssn":null,"order":"536221234"}"#).isEmpty)
    #expect(detected("ssn=536221234 order=536221235") == ["us-ssn 536221234"])
    #expect(detected("Her SSN is 536221234. The order is 536221235") == ["us-ssn 536221234"])
  }
}
