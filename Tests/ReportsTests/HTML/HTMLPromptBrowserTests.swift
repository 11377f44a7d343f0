import Foundation
import Model
import TestKit
import Testing

@testable import Reports

/// The lane of prompts, used as a person uses it.
@Suite(
  .serialized,
  .enabled(if: Browser.chromium != nil && Browser.node != nil, "there is no headless Chromium or no node here"))
struct HTMLPromptBrowserTests {
  private func drive(_ html: String, _ steps: [BrowserDriver.Step]) throws -> [String] {
    let folder = try Folder()
    return try BrowserDriver.run(try folder.write(html, "page.html"), steps).filter { $0 != "undefined" }
  }

  private func story(_ steps: [BrowserDriver.Step]) throws -> [String] {
    let story = PromptCase()
    return try drive(try page(story.reading, story.verdict), steps)
  }

  private static let status = "document.getElementById('status').textContent"
  private static let arrows = "document.getElementById('timeline-canvas').dataset.arrows"
  private static let focus = BrowserDriver.Step.evaluate("void document.getElementById('timeline-canvas').focus()")
  /// A number that any change of the picture below the prompts changes.
  private static let picture = """
    (() => { const c = document.getElementById('timeline-canvas'), k = Math.round(56 * devicePixelRatio); let sum = 0;
    const copy = new OffscreenCanvas(c.width, c.height).getContext('2d', {willReadFrequently: true}); copy.drawImage(c, 0, 0);
    const data = copy.getImageData(0, k, c.width, c.height - k).data;
    for (let i = 0; i < data.length; i++) sum = (sum * 31 + data[i]) >>> 0; return String(sum); })()
    """

  @Test
  func `a prompt that is selected has arrows to what it caused`() throws {
    let said = try story([
      .until("\(Self.arrows) === '0'"), .evaluate("void (window.before = \(Self.picture))"), Self.focus, .key("Home"),
      .key("ArrowUp"), .key("ArrowUp"), .key("ArrowUp"), .key("ArrowUp"), .key("ArrowUp"), .key("ArrowUp"),
      .key("ArrowUp"), .key("Home"), .evaluate(Self.status), .until("\(Self.arrows) === '1' && 'one'"),
      .key("ArrowRight"), .evaluate(Self.status), .until("Number(\(Self.arrows)) > 4 && 'many'"),
      .evaluate("window.before !== \(Self.picture)"), .key("Enter"),
      .until("document.querySelector('#timeline-detail .quote')?.textContent"),
      .evaluate("document.querySelectorAll('#timeline-detail .deeds li').length > 5"), .key("Escape"),
      .until("\(Self.arrows) === '0' && 'none'"), .evaluate("window.before === \(Self.picture)"),
    ])
    let values = said.dropFirst()
    #expect(values.first == "02:15:01, prompt: \(PromptCase.pool) · came of it: 1 ambiguous.")
    #expect(values.dropFirst().first == "one")
    #expect(values.dropFirst(2).first?.hasPrefix("02:15:33, prompt: \(PromptCase.card) · came of it: 1 read") == true)
    #expect(Array(values.dropFirst(3).prefix(4)) == ["many", "true", PromptCase.card, "true"])
    #expect(Array(values.dropFirst(7).prefix(2)) == ["none", "true"])
    #expect(said.last == "", "the console is silent")
  }

  @Test
  func `an action that is selected shows its prompt and an arrow from it`() throws {
    let text = "document.querySelector('#timeline-detail dl')?.textContent"
    let said = try story([
      .evaluate("void (location.hash = '#a-pg-mig1.4')"), .until(text), .until("\(Self.arrows) === '1' && 'one'"),
      Self.focus, .key("p"), .evaluate(Self.status), .evaluate("void (location.hash = '#a-pg-mig1.2')"),
      .until("/One of 2/.test(\(text)) && \(text)"), .until("\(Self.arrows) === '2' && 'two'"),
      .evaluate("void (location.hash = '#a-pg-mig1.14')"),
      .until("/GRANT/.test(document.querySelector('#timeline-detail').textContent) && \(text)"),
      .until("\(Self.arrows) === '0' && 'none'"),
    ])
    #expect(said.first?.contains("Prompt\(PromptCase.card)") == true, "\(said)")
    #expect(said.first?.contains("Tool callBash psql -f migrations/0042.sql") == true)
    #expect(said.first?.contains("Becausenearly certain (99.1 %), by the exact text: the same statement") == true)
    #expect(said.dropFirst().first == "one")
    #expect(said.dropFirst(2).first?.contains(PromptCase.card) == true)
    #expect(said.dropFirst(3).first?.contains("\(PromptCase.pool) 02:15:01") == true)
    #expect(said.dropFirst(4).first == "two")
    #expect(said.dropFirst(5).first?.contains("Promptnot from any known prompt") == true)
    #expect(said.dropFirst(6).first == "none")
    #expect(said.last == "", "the console is silent")
  }

  @Test
  func `the list is narrowed to one prompt, or to what comes from none`() throws {
    let found = "document.getElementById('found').textContent"
    func choose(_ value: String) -> BrowserDriver.Step {
      .evaluate(
        "void (document.getElementById('by-prompt').value = '\(value)', "
          + "document.getElementById('by-prompt').dispatchEvent(new Event('change')))")
    }
    let said = try story([
      choose("2"), .until("/ of 285/.test(\(found)) && \(found)"),
      .evaluate("document.querySelector('#results .by').textContent"), choose("known"), .evaluate(found),
      choose("none"), .evaluate(found), .evaluate("document.querySelector('#results .by').textContent"),
      .evaluate("void document.getElementById('clear').click()"),
      .evaluate(
        "void (document.getElementById('query').value = 'checkout stops failing', document.getElementById('query').dispatchEvent(new Event('input')))"
      ),
      .until("/ of 285/.test(\(found)) && \(found)"),
    ])
    #expect(
      Array(said.dropLast()) == [
        "7 of 285 actions", PromptCase.card, "8 of 285 actions", "277 of 285 actions", "not from any known prompt",
        "7 of 285 actions",
      ])
    #expect(said.last == "", "the console is silent")
  }

  @Test
  func `a link to a prompt that has no room on the page opens its box`() throws {
    let story = PromptCase()
    var limits = HTMLReport.Limits()
    limits.promptCards = 0
    let html = try page(story.reading, story.verdict, limits: limits).replacing("id=\"p-prm-card\"", with: "")
    let said = try drive(
      html,
      [
        .evaluate("void (location.hash = '#p-prm-card')"),
        .until("document.querySelector('#timeline-detail article')?.getAttribute('aria-label')"),
        .until("Number(\(Self.arrows)) > 4 && 'arrows'"),
      ])
    #expect(said == ["Prompt prm-card", "arrows", ""])
  }

  @Test
  func `without transcripts there is no lane and nothing to choose a prompt by`() throws {
    let demo = DemoCase()
    let (with, without) = (PromptCase(), demo)
    let height = "document.getElementById('timeline-canvas').style.height"
    let one = try drive(try page(with.reading, with.verdict), [.until(height)])
    let two = try drive(
      try page(without.reading, without.verdict),
      [
        .until(height), Self.focus, .key("Home"), .key("ArrowUp"), .key("ArrowUp"), .key("ArrowUp"), .key("p"),
        .evaluate(Self.status),
        .evaluate("\(Self.arrows) === undefined && document.getElementById('by-prompt') === null"),
      ])
    let pixels = [one.first, two.first].map { $0.flatMap { Int($0.dropLast(2)) } ?? 0 }
    #expect(pixels.first == (pixels.last ?? 0) + 42)
    #expect(two.dropFirst().first?.contains("INSERT INTO orders") == true)
    #expect(Array(two.suffix(2)) == ["true", ""])
  }
}
