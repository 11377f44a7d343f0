import Testing

@Suite struct NetworkAddressTests {
  @Test(arguments: ["192.0.2.17", "10.1.2.30", "8.8.8.80", "203.0.113.255"])
  func `an address of version 4 is found`(_ address: String) {
    for (before, after) in [("", ""), ("from ", ":443"), ("http://", "/x"), ("[", "]"), ("", "/24"), ("", ".")] {
      #expect(detected(before + address + after) == ["ipv4 \(address)"], "\(before)…\(after)")
    }
  }

  @Test(arguments: [
    "2001:db8::1", "2001:0db8:0000:0000:0000:ff00:0042:8329", "fe80::1ff:fe23:4567:890a", "::ffff:192.0.2.128",
    "64:ff9b::192.0.2.33", "fd12:3456:789a:1::1", "2a01:4f8::",
  ])
  func `an address of version 6 is found`(_ address: String) {
    for (before, after) in [("", ""), ("from ", " port 22"), ("http://[", "]:443/"), ("ip=", ",")] {
      #expect(detected(before + address + after) == ["ipv6 \(address)"], "\(before)…\(after)")
    }
  }

  @Test func `small numbers are a version unless a name says otherwise`() {
    #expect(detected("1.2.3.4").isEmpty)
    #expect(detected("1.2.3.4", column: "client_ip") == ["ipv4 1.2.3.4"])
    #expect(detected(#"{"version":"120.0.10.20"}"#).isEmpty)
  }

  @Test(arguments: [
    "256.1.2.3", "1.2.3", "192.0.2.1.5", "192.00.2.1", "Chrome/120.0.60.109", "pkg-10.20.30.40.tgz", "v10.20.30.40",
    "x==10.20.30.40", "127.0.0.1", "0.0.0.0", "255.255.255.0", "12:34:56", "aa:bb:cc:dd:ee:ff",
    "aa:bb:cc:dd:ee:ff:00:11",
    "std::vector", "dead::beef", "::1", "::", "2001:db8", "2001:::1", "1:2:3:4:5:6:7:8:9", "1.3.6.1.4.1.311",
  ])
  func `what only looks like one is left`(_ text: String) {
    #expect(detected(text).isEmpty, "\(detected(text))")
  }
}
