import Foundation
import TestKit
import Testing

/// The pages say what the program does.
@Suite struct DocumentationTests {
  private func text(of path: String) throws -> String {
    try String(contentsOf: Checkout.root.appending(path: path), encoding: .utf8)
  }

  /// All Swift sources below a folder, one after the other.
  private func sources(of folder: String) throws -> String {
    let root = Checkout.root.appending(path: folder)
    let files =
      FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
    return try files.filter { $0.pathExtension == "swift" }.map { try String(contentsOf: $0, encoding: .utf8) }.joined()
  }

  @Test func `every anomaly of streams and parsers has its line`() throws {
    let code = try sources(of: "Sources/Streams") + sources(of: "Sources/Parsers") + sources(of: "Sources/Decryption")
    let codes = Set(code.matches(of: #/"((?:postgres|tcp|packet|tls)-[a-z-]+)"/#).map { String($0.1) })
    let page = try text(of: "docs/anomalies.md")
    #expect(codes.count >= 10)
    for name in codes { #expect(page.contains("`\(name)`"), "\(name)") }
  }

  @Test func `every command has its line, and links lead somewhere`() throws {
    let help = try ExhibitProcess.run(["--help"]).out
    let commands =
      help.split(separator: "SUBCOMMANDS:").last?.matches(of: #/(?m)^  ([a-z]+) +\S/#).map { String($0.1) } ?? []
    let page = try text(of: "docs/cli.md")
    #expect(commands.count >= 11)
    for command in commands where command != "help" {
      #expect(page.contains("`exhibit \(command)") || page.contains("`\(command)`"), "\(command)")
    }
    for name in ["README.md", "docs/anomalies.md", "docs/architecture.md", "samples/README.md"] {
      let folder = Checkout.root.appending(path: name).deletingLastPathComponent()
      for link in try text(of: name).matches(of: #/\]\(([^)#:]+)[^):]*\)/#) {
        let target = folder.appending(path: String(link.1)).path
        #expect(FileManager.default.fileExists(atPath: target), "\(name): \(link.1)")
      }
    }
  }

  @Test func `the weights of attribution are those that the program has`() throws {
    let code = try text(of: "Sources/Sessions/Correlation/EvidenceWeights.swift")
    let inCode = code.matches(of: #/public var (\w+) = ([-0-9.]+)/#).map { "\($0.1) \(Double($0.2) ?? .nan)" }
    let page = try text(of: "docs/formats/attribution.md").replacing("−", with: "-")
    let onPage = page.matches(of: #/(?m)^\| `(\w+)` \| ([-0-9.]+) \|/#).map { "\($0.1) \(Double($0.2) ?? .nan)" }
    #expect(inCode.count >= 30)
    #expect(onPage.sorted() == inCode.sorted())
  }

  @Test func `every class and kind of sensitive data has its line`() throws {
    let page = try text(of: "docs/formats/detectors.md")
    for (file, least) in [("DataClass", 20), ("DataKind", 80)] {
      let code = try text(of: "Sources/Policy/Masking/Detectors/\(file).swift")
      let names = (code.split(separator: "public var").first ?? "").matches(of: #/(?m)^  case (.+)$/#).flatMap { line in
        line.1.split(separator: ", ").map { one in
          one.split(separator: "\"").count > 1 ? String(one.split(separator: "\"")[1]) : String(one)
        }
      }
      #expect(names.count >= least)
      for name in names { #expect(page.contains("`\(name)`"), "\(name)") }
    }
  }
}
