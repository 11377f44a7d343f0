import Testing

@testable import Store

@Suite struct PlainQueryTests {
  @Test(arguments: [
    ("git-receive-pack", "\"git-receive-pack\""), ("a.b OR c-d", "\"a.b\" OR \"c-d\""),
    ("\"drop table\" x:y", "\"drop table\" \"x:y\""), ("AND", "\"AND\""), ("a- AND", "\"a-\" \"AND\""),
    ("NOT a-b", "\"NOT\" \"a-b\""), ("a AND OR b", "\"a\" \"AND\" OR \"b\""), ("pre-fix*", "\"pre-fix*\"*"),
    ("- \" ;", ""), ("\"open phrase", "\"open\" \"phrase\""), ("a NOT ;", "\"a\""),
  ])
  func `a person's query in FTS5's syntax`(query: String, expected: String) {
    #expect(PlainQuery(query).text == expected)
  }
}
