import Testing

@testable import SSHKeys

@Suite struct PatternListTests {
  @Test(arguments: [
    ("alice", "alice", true), ("alice", "bob,alice", true), ("alice", "Alice", false), ("alice", "*", true),
    ("alice", "", false), ("", "*", true), ("alice", "a?ice", true), ("alice", "a*e", true), ("alice", "a*b", false),
    ("alice", "*,!alice", false), ("alice", "!alice,*", false), ("alice", "!bob", false), ("alice", "!bob,*", true),
    ("alice", "a*i*e", true), ("aXbXc", "a*X*X*", true), ("alice", "alice?", false), ("alice", "alice*", true),
    ("alice@example.com", "*@example.com", true), ("alice", ",alice", true), ("alice", "!", false),
    ("a!b", "a!b", true), ("alice", "al\\*", false), ("alice", "???", false), ("alice", "*****e", true),
  ])
  func `patterns match as in ssh_config`(_ name: String, _ list: String, _ isMatch: Bool) {
    #expect(PatternList(Array(list.utf8)).matches(name) == isMatch)
  }

  @Test func `a pattern longer than OpenSSH's buffer makes its list match nothing`() {
    let long = String(repeating: "a", count: PatternList.patternLimit + 1)
    #expect(!PatternList(Array("\(long),*".utf8)).matches("alice"))
    #expect(PatternList(Array("*,\(long.dropFirst())".utf8)).matches("alice"))
  }

  @Test func `many wildcards take no time`() {
    let pattern = Array(String(repeating: "*a", count: 500).utf8)
    #expect(!PatternList.matches([UInt8](repeating: UInt8(ascii: "a"), count: 400), pattern))
    #expect(!PatternList.matches([UInt8](repeating: UInt8(ascii: "b"), count: 100_000), pattern))
  }
}
