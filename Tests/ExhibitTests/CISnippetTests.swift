import Foundation
import TestKit
import Testing

/// What is in `ci/`, run as a job would.
@Suite struct CISnippetTests {
  private let sample = Checkout.root.appending(path: "samples/approvals").path

  private func job(_ folder: URL, _ environment: [String: String]) throws -> ExhibitProcess.Outcome {
    var all = environment
    all["EXHIBIT"] = try ExhibitProcess.executable.path
    all["EXHIBIT_OUT"] = folder.appending(path: "out").path
    all["GITHUB_STEP_SUMMARY"] = folder.appending(path: "summary").path
    return try ExhibitProcess.run(
      [Checkout.root.appending(path: "ci/exhibit-check.sh").path], environment: all, program: "/bin/bash")
  }

  @Test func `the exit code is the verdict, and everything a job shows is there`() throws {
    try TemporaryFolder.with { folder in
      let approved = [
        "EXHIBIT_CAPTURES": "\(sample)/planned.pcap\n", "EXHIBIT_POLICY": "\(sample)/policy.yaml",
        "EXHIBIT_APPROVALS": "\(sample)/approvals",
      ]
      let good = try job(folder, approved)
      #expect(good.code == 0, "\(good.out) \(good.error)")
      for name in ["case.exhibit", "report.html", "junit.xml", "findings.sarif", "summary.md"] {
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "out/\(name)").path), "\(name)")
      }
      let changed = try job(folder, approved.merging(["EXHIBIT_CAPTURES": "\(sample)/changed.pcap"]) { $1 })
      #expect(changed.code == 1 && changed.out.contains("1 of 3 changes was not approved"), "\(changed.out)")
      let summary = try String(contentsOf: folder.appending(path: "summary"), encoding: .utf8)
      // Both jobs wrote to it, as steps of one job do.
      #expect(summary.split(separator: "\n").count { $0.hasPrefix("## ") } == 2, "\(summary)")
      #expect(try job(folder, [:]).code == 3)
      #expect(try job(folder, ["EXHIBIT_CAPTURES": "no/such/file"]).code == 3)
    }
  }

  @Test func `the action hands on every variable that the script reads`() throws {
    func text(_ name: String) throws -> String {
      try String(contentsOf: Checkout.root.appending(path: name), encoding: .utf8)
    }
    let script = try text("ci/exhibit-check.sh")
    let names = Set(script.matches(of: /\$\{(EXHIBIT_[A-Z_]+)/).map { String($0.1) })
    #expect(names.count == 6)
    let action = try text("ci/github/action.yml")
    for name in names { #expect(action.contains("        \(name): ${{ inputs."), "\(name)") }
    #expect(try text("ci/gitlab.yml").contains("ci/exhibit-check.sh"))
  }
}
