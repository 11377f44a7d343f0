import Foundation
import TestKit
import Testing

@testable import Reports

/// What the script adds, used as a person uses it.
@Suite(
  .serialized,
  .enabled(if: Browser.chromium != nil && Browser.node != nil, "there is no headless Chromium or no node here"))
struct HTMLInteractionTests {
  private func demo(_ steps: [BrowserDriver.Step]) throws -> [String] {
    let folder = try Folder()
    let demo = DemoCase()
    return try BrowserDriver.run(try folder.write(try page(demo.reading, demo.verdict), "page.html"), steps)
  }

  private static let status = "document.getElementById('status').textContent"
  private static let focus = BrowserDriver.Step.evaluate("document.getElementById('timeline-canvas').focus()")

  @Test
  func `the keyboard goes from change to change and opens one`() throws {
    let said = try demo([
      Self.focus, .key("Home"), .evaluate(Self.status), .key("ArrowRight"), .evaluate(Self.status), .key("End"),
      .evaluate(Self.status), .key("Enter"), .until("document.querySelector('#timeline-detail h3')?.textContent"),
      .evaluate("document.activeElement.id"), .key("Escape"),
      .evaluate("document.querySelector('#timeline-detail h3') === null"),
    ])
    #expect(said.count == 8)
    #expect(said.dropFirst().first?.contains("INSERT INTO orders") == true)
    #expect(said.dropFirst(2).first != said.dropFirst().first)
    #expect(said.dropFirst(4).first?.contains("·") == true)
    #expect(said.dropFirst(5).first == "timeline-canvas", "the focus stays where it was")
    #expect(said.dropFirst(6).first == "true")
    #expect(said.last == "", "the console is silent")
  }

  @Test
  func `search looks into statements, parameters and results`() throws {
    let found = "document.getElementById('found').textContent"
    let clear = BrowserDriver.Step.evaluate("document.getElementById('clear').click()")
    let focus = BrowserDriver.Step.evaluate("document.getElementById('query').focus()")
    let said = try demo([
      focus, .type("VAULT(TOKEN)"), .until("/ of 285/.test(\(found)) && \(found)"), clear,
      .until("!/ of /.test(\(found))"), focus, .type("p7@example.com"), .until("/ of 285/.test(\(found)) && \(found)"),
      .until("document.querySelector('#results tbody tr td code')?.textContent"),
    ])
    let values = said.filter { $0 != "undefined" }
    #expect(values.first == "1 of 285 actions")
    #expect(values.dropFirst(2).first == "1 of 285 actions")
    #expect(values.dropFirst(3).first == "SELECT id, email, card_pan FROM customers LIMIT 500")
    #expect(values.last == "", "the console is silent")
  }

  @Test
  func `filters narrow the list and the picture`() throws {
    let said = try demo([
      .evaluate(
        "document.getElementById('by-outcome').value = 'refused'; "
          + "document.getElementById('by-outcome').dispatchEvent(new Event('change'))"),
      .until("document.getElementById('found').textContent"),
      .evaluate("document.querySelectorAll('#results tbody tr').length"),
      .evaluate("document.querySelector('#results tbody button').click()"),
      .until("document.querySelector('#results .detail h3')?.textContent"),
    ])
    let values = said.filter { $0 != "undefined" }
    #expect(values.dropFirst().first == "7 of 285 actions")
    #expect(values.dropFirst(2).first == "7")
    #expect(values.dropFirst(3).first == "02:15:47.312000 · ALTER TABLE")
    #expect(values.last == "", "the console is silent")
  }

  @Test
  func `replay goes through the actions and stops on demand`() throws {
    let said = try demo([
      Self.focus, .evaluate("document.getElementById('speed').value = '4'"), .key(" "),
      .until("/[0-9] · app on shop · SELECT/.test(document.getElementById('playing').textContent)"),
      .evaluate("document.getElementById('play').getAttribute('aria-pressed')"), Self.focus, .key(" "),
      .evaluate("document.getElementById('play').getAttribute('aria-pressed')"),
    ])
    #expect(said.contains("true"))
    #expect(said.dropLast().last == "false")
    #expect(said.last == "", "the console is silent")
  }

  @Test
  func `a link finds an action that is not on the page itself`() throws {
    let folder = try Folder()
    let big = BigCase(actionCount: 9000, sessionCount: 4)
    let file = try folder.write(try page(big, big.verdict), "page.html")
    let said = try BrowserDriver.run(
      file,
      [
        .evaluate("document.getElementById('a-pg-1.1500') === null"), .evaluate("location.hash = '#a-pg-1.1500'; 0"),
        .until("document.querySelector('#timeline-detail article')?.getAttribute('aria-label')"),
      ])
    #expect(said.first == "true")
    #expect(said.dropFirst(2).first == "Action pg-1.1500")
    #expect(said.last == "", "the console is silent")
  }

  @Test(arguments: [Int.max, 0])
  func `a page whose data is packed finds and tells the same`(plainActions: Int) throws {
    let folder = try Folder()
    let big = BigCase(actionCount: 9000, sessionCount: 4)
    var limits = HTMLReport.Limits()
    limits.plainActions = plainActions
    let html = try page(big, big.verdict, limits: limits)
    #expect(html.contains("data-unpacked") == (plainActions == 0))
    let file = try folder.write(html, "page.html")
    let said = try BrowserDriver.run(
      file,
      [
        .evaluate("document.getElementById('query').value = 'shard = 17'; 0"),
        .evaluate("document.getElementById('query').dispatchEvent(new Event('input')); 0"),
        .until(
          "/^[0-9]/.test(document.getElementById('found').textContent) && document.querySelector('#results table')?.textContent.includes('shard = 17') && document.getElementById('found').textContent"
        ),
        .evaluate("document.querySelectorAll('#results tbody tr').length"),
        .evaluate(
          "document.querySelector('#results tbody button').click(); document.querySelector('#results article pre').textContent"
        ),
        .evaluate("document.querySelector('#results article').textContent.includes('@example.com')"),
      ])
    #expect(said.dropFirst(2).first == "225 of 9,000 actions")
    #expect(said.dropFirst(3).first == "50")
    #expect(said.dropFirst(4).first?.contains("WHERE o.shard = 17 AND") == true)
    #expect(said.dropFirst(5).first == "true")
    #expect(said.last == "", "the console is silent")
  }
}
