import Bytes
import Testing

@testable import Policy

@Suite struct SecretScanTests {
  /// What stands before the secret, and the secret.
  private static let shapes: [(String, String)] = [
    ("", "AKIAABCDEFGHIJKLMNOP"), ("", "ASIAABCDEFGHIJKLMNOP"), ("", "eyJhbGciOi.eyJzdWIi.c2lnbmF0"),
    ("", "ghp_0123456789abcdef"), ("", "github_pat_0123456789abcdef"), ("", "glpat-0123456789ab"),
    ("", "sk-0123456789abcdef"), ("", "sk_live_0123456789ab"), ("", "xoxb-01234567"), ("", "npm_0123456789abcdef"),
    ("", "AIza0123456789012345678901234567890"), ("", "hvs.0123456789ab"), ("", "SG.01234567890123456789012345678901"),
    ("", "pypi-01234567890123456789012345678901"), ("", "ya29.0123456789abcdef"),
    ("", "dop_v1_01234567890123456789012345678901"), ("Bearer ", "abcdefgh"), ("bEARER ", "abcdefgh"),
    ("BASIC ", "dXNlcjpwYXNz"), ("basic ", "dXNlcjpwYXNz"), ("password=", "hunter2"), ("API_KEY: ", "hunter2"),
    ("\"client-secret\": \"", "hunter2"), ("postgres://shop:", "hunter2"), ("<password>", "hunter2"),
    ("IDENTIFIED BY '", "hunter2"), ("WITH PASSWORD '", "hunter2"), ("X-Registry-Auth: ", "hunter2"),
    ("pass=", "hunter2"), ("connection.string=", "hunter2"),
  ]
  private static let ends = [
    "postgres": "@db/shop", "\"client": "\"", "<pass": "</password>", "IDENT": "'", "WITH": "'",
  ]

  @Test(arguments: shapes)
  func `a secret is found wherever it stands`(_ before: String, _ secret: String) {
    let end = Self.ends.first { before.hasPrefix($0.key) }?.value ?? ""
    for lead in ["", "done, see: ", "naïve\n", "do be SK ask eyes "] {
      for rest in ["", " and more", "\nbe basic"] {
        let start = (lead + before).utf8.count
        let found = SecretScan.find(in: Array((lead + before + secret + end + rest).utf8))
        #expect(found == [start..<(start + secret.utf8.count)], "\(lead)\(before)…\(rest)")
      }
    }
  }

  @Test(arguments: [
    "maskAKIAABCDEFGHIJKLMNOP", "desk-0123456789abcdef", "forbearer abcdefgh", "be ba sk ey gh", "done: 1; code 0",
    "bea", "sk-", "AK", "count=7, name: shop, size>3",
  ])
  func `what only looks like one is left`(_ text: String) {
    let found = SecretScan.find(in: Array(text.utf8))
    #expect(found.isEmpty, "\(found)")
  }
}
