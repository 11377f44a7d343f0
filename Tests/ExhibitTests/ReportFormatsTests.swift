import Foundation
import TestKit
import Testing

/// Every report of the story, as its users make it.
@Suite struct ReportFormatsTests {
  private static let story = Checkout.root.appending(path: "samples/story/evidence.tar.gz").path
  private static let policy = Checkout.root.appending(path: "samples/policies/production.yaml").path
  private static let formats = [
    "html", "markdown", "junit", "sarif", "compliance", "oscal", "csv", "json", "ocsf", "otlp", "prov",
  ]
  private static let tools = ["sqlite3", "sha256sum", "bash"].allSatisfy { tool($0) != nil }
  private static let chromium =
    tool("chromium-headless-shell") ?? tool("chromium") ?? tool("google-chrome")

  private static func tool(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private func withStory(_ body: (URL, String) throws -> Void) throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "shop.exhibit").path
      let outcome = try ExhibitProcess.run(["ingest", Self.story, "--case", path, "--quiet"])
      try #require(outcome.code == 0, "\(outcome.error)")
      try body(folder, path)
    }
  }

  @Test func `every format is written, twice the same`() throws {
    try withStory { folder, path in
      var made: [[Data]] = []
      for round in ["a", "b"] {
        let arguments = Self.formats.flatMap { ["--\($0)", folder.appending(path: "\($0)-\(round)").path] }
        let outcome = try ExhibitProcess.run(
          ["report", "--case", path, "--policy", Self.policy, "--nonce", "n"] + arguments)
        #expect(outcome.code == 0, "\(outcome.error)")
        made.append(try Self.formats.map { try Data(contentsOf: folder.appending(path: "\($0)-\(round)")) })
      }
      for (index, format) in Self.formats.enumerated() {
        #expect(made[0][index] == made[1][index], "\(format)")
        #expect(made[0][index].count > 500, "\(format)")
      }
    }
  }

  @Test func `check writes what a job needs`() throws {
    try withStory { folder, path in
      let (sarif, page) = (folder.appending(path: "r.sarif"), folder.appending(path: "s.md"))
      let junit = folder.appending(path: "j.xml")
      let outcome = try ExhibitProcess.run([
        "check", "--case", path, "--policy", Self.policy, "--sarif", sarif.path, "--markdown", page.path, "--junit",
        junit.path, "--junit-dialect", "surefire", "--quiet",
      ])
      #expect(outcome.code == 1)
      #expect(try String(contentsOf: page, encoding: .utf8).hasPrefix("## ❌ 19 of 357 changes were not approved"))
      let log = try JSONSerialization.jsonObject(with: Data(contentsOf: sarif)) as? [String: Any]
      let run = (log?["runs"] as? [[String: Any]])?.first
      let rules = ((run?["results"] as? [[String: Any]]) ?? []).compactMap { $0["ruleId"] as? String }
      #expect(rules.count { ["default", "schema", "unfiltered"].contains($0) } == 19, "\(rules)")
      // What the rules find besides is there too.
      #expect(Set(rules).isSuperset(of: ["audit-tampering", "sensitive-data", "capture-gap"]), "\(rules)")
      let results = try #require(run?["results"] as? [[String: Any]])
      let facts = results.compactMap { $0["properties"] as? [String: Any] }
      let refused = facts.filter { ["unapproved", "denied"].contains($0["outcome"] as? String ?? "") }
      #expect(Set(refused.compactMap { $0["action"] as? String }).count == 19)
      #expect(try String(contentsOf: junit, encoding: .utf8).contains("skipped=\"0\""))
    }
  }

  @Test func `options that mean nothing are said to`() throws {
    let wrong = [
      ["--html", "x", "--framework", "soc2"], ["--compliance", "x", "--framework", "soc3"],
      ["--html", "x", "--nonce", "n"], ["--junit", "x", "--junit-dialect", "ant"], [],
    ]
    for arguments in wrong {
      let outcome = try ExhibitProcess.run(["report", "--case", "none.exhibit"] + arguments)
      #expect(outcome.code == 3, "\(arguments)")
      #expect(outcome.error.contains("--help") || outcome.error.contains("Usage"), "\(outcome.error)")
    }
  }

  @Test(.enabled(if: tools, "no sqlite3, sha256sum or bash here"))
  func `the sample is drawn again by a shell`() throws {
    try withStory { folder, path in
      let page = folder.appending(path: "c.html")
      for nonce in ["", "it's $HOME \"7f3a\""] {
        let outcome = try ExhibitProcess.run(
          ["report", "--case", path, "--compliance", page.path] + (nonce.isEmpty ? [] : ["--nonce", nonce]))
        #expect(outcome.code == 0, "\(outcome.error)")
        let html = try String(contentsOf: page, encoding: .utf8)
        let section = try #require(html.firstRange(of: #/<section id="sample".*?<\/section>/#.dotMatchesNewlines()))
        let text = html[section]
        let drawn = text.matches(of: #/<th scope="row" class="id"><code>([^<]*)<\/code>/#).map { String($0.1) }
        #expect(drawn.count == 25)
        let command = try #require(text.firstMatch(of: #/<pre class="command"><code dir="ltr">([^<]*)<\/code>/#))
        let lines = String(command.1).replacing("&#39;", with: "'").replacing("&quot;", with: "\"")
          .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
        let shell = try ExhibitProcess.run(
          ["-c", "cd '\(folder.path)'\n\(lines)"], program: Self.tool("bash"))
        #expect(shell.out.split(separator: "\n").map(String.init) == drawn, "\(shell.error)")
      }
    }
  }

  @Test(.enabled(if: tool("ssh-keygen") != nil && tool("openssl") != nil, "no ssh-keygen or openssl here"))
  func `the approvals are checked by the commands on the page`() throws {
    try TemporaryFolder.with { folder in
      let sample = Checkout.root.appending(path: "samples/approvals")
      let (path, page) = (folder.appending(path: "a.exhibit").path, folder.appending(path: "c.html"))
      _ = try ExhibitProcess.run(["ingest", sample.appending(path: "planned.pcap").path, "--case", path, "--quiet"])
      let outcome = try ExhibitProcess.run([
        "report", "--case", path, "--policy", sample.appending(path: "policy.yaml").path, "--approvals",
        sample.appending(path: "approvals").path, "--compliance", page.path, "--framework", "nist",
      ])
      #expect(outcome.code == 0, "\(outcome.error)")
      let html = try String(contentsOf: page, encoding: .utf8)
      let section = try #require(
        html.firstRange(of: #/<section id="check-approvals".*?<\/section>/#.dotMatchesNewlines()))
      let command = try #require(html[section].firstMatch(of: #/<pre class="command"><code dir="ltr">([^<]*)<\/code>/#))
      let lines = String(command.1).replacing("&#39;", with: "'").replacing("&lt;", with: "<")
        .replacing("allowed_signers", with: "../allowed_signers").replacing("tsa.pem", with: "../tsa.pem")
      let shell = try ExhibitProcess.run(
        ["-ec", "cd '\(sample.path)/approvals'\n\(lines)"], program: Self.tool("bash"))
      #expect(shell.code == 0, "\(lines) \(shell.out) \(shell.error)")
      #expect(shell.out.contains("0042.approval: OK") && shell.out.contains("Good \"approval@shop.example\" signature"))
    }
  }

  @Test(.enabled(if: chromium != nil, "no Chromium here"))
  func `the PDF is printed`() throws {
    try withStory { folder, path in
      let paper = folder.appending(path: "r.pdf")
      let outcome = try ExhibitProcess.run(["report", "--case", path, "--pdf", paper.path])
      #expect(outcome.code == 0, "\(outcome.error)")
      #expect(try Data(contentsOf: paper).prefix(5).elementsEqual("%PDF-".utf8))
    }
  }

  @Test func `without Chromium there is no PDF, and one line says so`() throws {
    let outcome = try ExhibitProcess.run(
      ["report", "--case", "none.exhibit", "--pdf", "r.pdf"], environment: ["PATH": "/nowhere"])
    #expect(outcome.code == 3)
    #expect(outcome.error.contains("chromium-headless-shell"))
    #expect(outcome.error.split(separator: "\n").count == 1)
  }
}
