import Foundation
import Model
import TestKit
import Testing

@testable import Reports

/// What a real browser makes of the page.
@Suite(.serialized, .enabled(if: Browser.chromium != nil, "there is no headless Chromium here"))
struct HTMLBrowserTests {
  private func complaints(_ output: Browser.Output) -> [Substring] {
    output.err.split(separator: "\n").filter { $0.contains(":CONSOLE") }
  }

  private func elementCount(_ dump: String) -> Int {
    dump.replacing(/<(script|style)([^>]*)>[\s\S]*?<\/\1>/, with: "<x>").matches(of: /<[a-zA-Z]/).count
  }

  @Test
  func `the script runs under the policy without a complaint`() throws {
    let folder = try Folder()
    let demo = DemoCase()
    let file = try folder.write(try page(demo.reading, demo.verdict), "page.html")
    let output = try Browser.open(file)
    #expect(complaints(output).isEmpty, "\(complaints(output))")
    #expect(output.out.contains("data-ready=\"1\""))
    #expect(output.out.contains("<canvas"))
    #expect(output.out.contains("List all actions in order of time"))
  }

  @Test
  func `what is slipped into the page does not run`() throws {
    let folder = try Folder()
    let html = try page(PlainCases.clean.reading, PlainCases.clean.verdict)
    let slipped = html.replacing(
      "<main", with: "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"><main")
    let output = try Browser.open(try folder.write(slipped, "page.html"))
    #expect(!output.out.contains("<title>owned"))
    #expect(output.err.contains("Content Security Policy"))
  }

  @Test
  func `hostile text changes no element, with the script and without`() throws {
    let folder = try Folder()
    let (one, two) = (HostileCase(HostileCase.hostile), HostileCase(HostileCase.harmless))
    let hostile = try folder.write(try page(one.reading, one.verdict), "hostile.html")
    let harmless = try folder.write(try page(two.reading, two.verdict), "harmless.html")
    let bare = [try Self.withoutPower(hostile), try Self.withoutPower(harmless)]
    for (one, two) in [(hostile, harmless), (bare[0], bare[1])] {
      let (a, b) = (try Browser.open(one), try Browser.open(two))
      #expect(complaints(a).isEmpty || one == bare[0], "\(complaints(a))")
      #expect(elementCount(a.out) == elementCount(b.out) && elementCount(a.out) > 300)
    }
  }

  /// The page under the policy that Jenkins serves artifacts with: no script, no style that stands in the page.
  private static func withoutPower(_ file: URL) throws -> URL {
    let html = try String(contentsOf: file, encoding: .utf8)
    let policy = #"Content-Security-Policy" content=""#
    let bare = html.replacing(
      policy, with: policy + "default-src &#39;none&#39;; style-src &#39;self&#39;; ", maxReplacements: 1
    )
    .replacing(/script-src [^;]*;/, with: "", maxReplacements: 1).replacing(
      /style-src &#39;sha[^;]*;/, with: "", maxReplacements: 1)
    let copy = file.deletingLastPathComponent().appending(path: "bare-" + file.lastPathComponent)
    try Data(bare.utf8).write(to: copy)
    return copy
  }

  @Test(arguments: PlainCases.all.map(\.name))
  func `a case with little in it opens without a complaint`(_ name: String) throws {
    let plain = try #require(PlainCases.all.first { $0.name == name })
    let folder = try Folder()
    let output = try Browser.open(try folder.write(try page(plain.reading, plain.verdict), "page.html"))
    #expect(complaints(output).isEmpty, "\(complaints(output))")
  }

  @Test
  func `a link to an action opens it`() throws {
    let folder = try Folder()
    let demo = DemoCase()
    let file = try folder.write(try page(demo.reading, demo.verdict), "page.html")
    let output = try Browser.open(file, fragment: "#a-pg-mig1.4")
    #expect(output.out.contains("<article class=\"detail\" aria-label=\"Action pg-mig1.4\">"))
    #expect(output.out.contains("Copy exact text"))
  }

  @Test
  func `without a script nothing that needs it is shown`() throws {
    let folder = try Folder()
    let demo = DemoCase()
    let file = try folder.write(try page(demo.reading, demo.verdict), "page.html")
    let output = try Browser.open(try Self.withoutPower(file))
    #expect(!output.out.contains("<canvas"))
    #expect(output.out.contains("id=\"explorer\" class=\"card\" hidden=\"\""))
    #expect(output.out.contains("ALTER TABLE customers ADD COLUMN card_pan text"))
  }

  @Test(.enabled(if: Browser.pdftotext != nil, "there is no pdftotext here"))
  func `it prints with its verdict, page numbers and everything unfolded`() throws {
    let chromium = try #require(Browser.chromium)
    let pdftotext = try #require(Browser.pdftotext)
    let folder = try Folder()
    let demo = DemoCase()
    let file = try folder.write(try page(demo.reading, demo.verdict), "page.html")
    let pdf = folder.url.appending(path: "page.pdf")
    _ = try Browser.run(
      chromium,
      [
        "--no-sandbox", "--headless", "--disable-gpu", "--user-data-dir=\(folder.url.path)/profile",
        "--no-pdf-header-footer", "--print-to-pdf=\(pdf.path)", file.absoluteString,
      ])
    let text = try Browser.run(pdftotext, ["-layout", pdf.path, "-"]).out
    let pages = text.split(separator: "\u{C}").count
    #expect(text.contains("6 of 22 changes were not approved"))
    #expect(text.contains("Page 1 of \(pages)"))
    #expect(text.contains("Case digest"))
    #expect(text.contains("p1@example.com"), "folded results are unfolded on paper")
    #expect(text.matches(of: /Statement or event/).count > 5, "heads of tables repeat")
  }

  @Test(.enabled(if: Browser.node != nil, "there is no node here"))
  func `the script is well-formed by itself`() throws {
    let node = try #require(Browser.node)
    let folder = try Folder()
    let script = try folder.write(String(decoding: Script.text.bytes, as: UTF8.self), "script.js")
    let output = try Browser.run(node, ["--check", script.path])
    #expect(output.status == 0, "\(output.err)")
  }

  @Test(.enabled(if: Browser.xmllint != nil, "there is no xmllint here"))
  func `elements nest as another parser expects`() throws {
    let xmllint = try #require(Browser.xmllint)
    let folder = try Folder()
    let demo = DemoCase()
    let file = try folder.write(try page(demo.reading, demo.verdict), "page.html")
    let output = try Browser.run(xmllint, ["--html", "--noout", file.path])
    // libxml2 knows HTML 4 and names every element that is younger.
    let errors = output.err.split(separator: "\n").filter {
      $0.contains("error") && $0.firstMatch(of: /Tag [a-z0-9]+ invalid/) == nil
    }
    #expect(errors.isEmpty, "\(errors.prefix(5))")
  }
}
