import Foundation
import TestKit
import Testing

/// Two ends of SPDY/3.1 with real programs behind them, captured: what the case says beside what they say.
@Suite struct LiveSPDYTests {
  private static let isPossible = ["/usr/bin/tcpdump", "/usr/bin/sqlite3"].allSatisfy {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  private struct Served: Decodable {
    var command: [String]
    var input: Data
    var output: Data
    var errorOutput: Data
    var sizes: [String]
    var exit: String
  }

  private struct Row: Decodable {
    var id: String
    var kind: String
    var text: String
    var code: String?
    var status: String
  }

  @Test(.enabled(if: isPossible, "no tcpdump or sqlite3 here"))
  func `programs, terminals and forwarded connections are what both ends say`() throws {
    try TemporaryFolder.with { folder in
      let script = Checkout.root.appending(path: "Tests/Live/spdy.sh").path
      let made = try ExhibitProcess.run([script, folder.path], program: "/bin/bash")
      try #require(made.code == 0, "\(made.error)")
      let path = folder.appending(path: "case.exhibit").path
      let capture = folder.appending(path: "capture.pcap").path
      let ingest = try ExhibitProcess.run(["ingest", capture, "--case", path])
      try #require(ingest.code == 0, "\(ingest.error)")
      let query = "SELECT id, kind, text, code, status FROM actions ORDER BY started_ns, id"
      let rows = try JSONDecoder().decode(
        [Row].self,
        from: Data(try ExhibitProcess.run(["-readonly", "-json", path, query], program: "/usr/bin/sqlite3").out.utf8))
      let anomalies = try ExhibitProcess.run(
        ["-readonly", path, "SELECT code, detail FROM anomalies"], program: "/usr/bin/sqlite3")
      #expect(anomalies.out.isEmpty, "\(anomalies.out)")

      let served = try String(contentsOf: folder.appending(path: "server.jsonl"), encoding: .utf8).split(
        separator: "\n"
      )
      .map { try JSONDecoder().decode(Served.self, from: Data($0.utf8)) }
      #expect(served.count == 5)
      let programs = rows.filter {
        ($0.kind == "exec" || $0.kind == "shell") && !$0.text.hasPrefix("stty") && !$0.text.hasPrefix("exit")
      }
      try #require(programs.count == served.count)
      for (row, told) in zip(programs, served) {
        #expect(row.text.hasPrefix(told.command[0]), "\(row) \(told.command)")
        #expect(row.code == told.exit && row.status == (told.exit == "0" ? "ok" : "error"), "\(row)")
        let cast = try ExhibitProcess.run(["replay", row.id, "--as", "asciicast", "--case", path])
        try #require(cast.code == 0, "\(cast.error)")
        let events = try cast.out.split(separator: "\n").dropFirst().map {
          try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [Any])
        }
        func shown(_ code: String) -> String {
          events.compactMap { $0[1] as? String == code ? $0[2] as? String : nil }.joined()
        }
        let isTerminal = row.kind == "shell"
        let expected = String(decoding: told.output, as: UTF8.self)
        if told.errorOutput.isEmpty {
          #expect(
            shown("o")
              == (isTerminal
                ? expected
                : expected.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")))
        } else {
          for word in ["out", "bad"] { #expect(shown("o").contains(word)) }
        }
        if isTerminal {
          #expect(shown("i") == String(decoding: told.input, as: UTF8.self))
          #expect(cast.out.contains("120x40") && told.sizes == ["80x24", "120x40"])
        }
      }
      // Typed in the shell, and asked over the forwarded connections.
      let typed = rows.map(\.text).filter { $0.hasPrefix("stty") || $0.hasPrefix("exit") }
      #expect(typed == ["stty size", "stty size", "exit 7"])
      #expect(rows.filter { $0.kind == "forward" }.map(\.text) == ["port-forward shop/db-0"])
      let forwarded = rows.filter { $0.text.hasPrefix("GET http://db-0/forwarded/") }
      #expect(forwarded.map(\.code) == ["200", "200"])
    }
  }
}
