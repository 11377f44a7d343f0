import Testing

@Suite struct MailAddressTests {
  @Test(arguments: [
    "bob@example.com", "anna.o'brien@mail.example.co.uk", "x+news@example.museum", "jörg@bücher.example", "用户@例子.公司",
    "\"john doe\"@example.org", "B_O-B%1@EXAMPLE.COM", "a@xn--bcher-kva.example",
  ])
  func `an address of mail is found wherever it stands`(_ address: String) {
    for (before, after) in [
      ("", ""), ("to: ", "."), ("<", ">"), ("email=", "&x=1"), ("'", "'"), ("17,", ",b"), ("\n", "\n"),
    ] {
      #expect(detected(before + address + after) == ["email \(address)"], "\(before)…\(after)")
    }
  }

  @Test func `the letter of an escape is none of the name`() {
    #expect(detected(#"{"t":"hello\nbob@example.com"}"#) == ["email bob@example.com"])
    #expect(detected("q=bob%40example.com&x=1") == ["email bob%40example.com"])
    #expect(detected("to=%20bob%40example.com") == ["email bob%40example.com"])
  }

  @Test(arguments: [
    "icon@2x.png", "git@github.com:org/repo.git", "@scope/pkg@1.2.3", "root@localhost", "@media (x)", "a@b", "a@.com",
    "@example.com", "user@", "ssh://git@example.com/x", "lodash@4.17.21", "a@b.c_d", "x@example.com-",
  ])
  func `what only looks like one is left`(_ text: String) {
    #expect(detected(text).isEmpty, "\(detected(text))")
  }
}
