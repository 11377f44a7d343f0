import Model
import Testing

@Suite struct IPAddressTests {
  /// RFC 5952 §4: examples of the canonical text.
  @Test(
    arguments: [
      (0x2001_0db8_0000_0000, 0x0000_0000_0002_0001, "2001:db8::2:1"), (0, 1, "::1"), (0, 0, "::"),
      (0x2001_0db8_0000_0001, 0x0001_0001_0001_0001, "2001:db8:0:1:1:1:1:1"),
      (0x2001_0db8_0000_0000, 0x0001_0000_0000_0001, "2001:db8::1:0:0:1"),
    ] as [(UInt64, UInt64, String)])
  func `IPv6 text is canonical`(high: UInt64, low: UInt64, text: String) {
    #expect(IPAddress(v6High: high, low: low).description == text)
  }

  @Test func `IPv4 is dotted decimal`() {
    #expect(Endpoint(address: IPAddress(v4: 0xc000_0201), port: 5432).description == "192.0.2.1:5432")
  }
}
