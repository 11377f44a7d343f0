import Foundation
import Model
import TestKit
import Testing

@testable import Reports

/// The player of a terminal, used as a person uses it.
@Suite(
  .serialized,
  .enabled(if: Browser.chromium != nil && Browser.node != nil, "there is no headless Chromium or no node here"))
struct HTMLPlayerTests {
  private func drive(_ steps: [BrowserDriver.Step]) throws -> [String] {
    let folder = try Folder()
    let story = SSHStory()
    let said = try BrowserDriver.run(try folder.write(try page(story.story, story.verdict), "page.html"), steps)
    #expect(said.last == "", "the console is silent")
    return said.dropLast().filter { $0 != "undefined" }
  }

  private static let row = "document.getElementById('a-\(SSHStory.shell)')"
  private static let box = "\(row).querySelector('.terminal')"
  private static let screen = "\(box).querySelector('.t-screen').innerText"
  private static let time = "\(box).querySelector('.t-time').textContent"
  private static let open = BrowserDriver.Step.evaluate("\(row).querySelector('.t-open').click()")
  private static let focus = BrowserDriver.Step.evaluate("\(box).querySelector('.t-screen').focus()")

  @Test func `it opens on the last screen, in place and in a detail`() throws {
    let said = try drive([
      Self.open, .until("\(Self.screen).includes('logout')"),
      .evaluate("\(Self.box).querySelectorAll('.t-row').length"),
      .evaluate("document.activeElement.className"),
      .evaluate("location.hash = '#a-\(SSHStory.shell)'; 0"),
      .until("document.querySelector('#timeline-detail .t-screen')?.innerText.includes('logout')"),
    ])
    #expect(said == ["true", "28", "t-screen", "0", "true"])
  }

  @Test func `commands, keys and the slider seek`() throws {
    let said = try drive([
      Self.open, .evaluate("\(Self.box).querySelectorAll('.t-command').length"),
      .evaluate("\(Self.box).querySelectorAll('.t-inferred')[3].textContent"),
      .evaluate("\(Self.box).querySelectorAll('.t-command')[2].click()"),
      .evaluate("\(Self.screen).includes('journalctl -u shop -n 3') && !\(Self.screen).includes('cache is cold')"),
      .evaluate("\(Self.box).querySelector('[aria-current]').innerText.includes('journalctl')"),
      Self.focus, .key("ArrowDown"), .evaluate("\(Self.screen).includes('vim config.yaml')"),
      .key("Home"), .evaluate(Self.time), .key("ArrowRight"), .evaluate(Self.time), .key("End"),
      .evaluate("\(Self.screen).includes('logout')"), .key("ArrowUp"), .key("ArrowUp"),
      .evaluate("\(Self.screen).includes('rm -rf') && !\(Self.screen).includes('Permission')"),
      .evaluate(
        "(() => { const s = \(Self.box).querySelector('.t-slider'); s.value = 0; s.dispatchEvent(new Event('input')); return \(Self.time) })()"
      ),
    ])
    #expect(said.count == 10)
    #expect(said.prefix(5) == ["6", "inferred 75%", "true", "true", "true"], "\(said)")
    #expect(said[5].hasPrefix("0:00 / ") && said[6].hasPrefix("0:05 / ") && said[9].hasPrefix("0:00 / "), "\(said)")
    #expect(said[7] == "true" && said[8] == "true", "\(said)")
  }

  @Test func `space plays, and stops; idle time is passed over`() throws {
    let said = try drive([
      Self.open, Self.focus, .key("Home"),
      .evaluate("\(Self.box).querySelector('select').value = '8'; 0"), .key(" "),
      .until("\(Self.screen).includes('release-1.4.tar.gz')"),
      .evaluate("\(Self.box).querySelector('.t-play').getAttribute('aria-pressed')"), .key(" "),
      .evaluate("\(Self.box).querySelector('.t-play').getAttribute('aria-pressed')"),
      .evaluate("\(Self.time).startsWith('0:0')"),
    ])
    #expect(said == ["0", "true", "true", "false", "true"], "\(said)")
  }

  @Test func `search finds what is no longer on the screen`() throws {
    let said = try drive([
      Self.open, Self.focus, .key("/"), .type("cache is cold"),
      .until("\(Self.box).querySelector('.t-tally').textContent.includes('place')"), .key("Enter"),
      .evaluate("\(Self.box).querySelector('.t-hit').textContent"),
      .evaluate("\(Self.screen).includes('cache is cold')"),
    ])
    #expect(said == ["true", "cache is cold", "true"], "\(said)")
  }

  @Test func `text can be selected, wide characters take two cells, colours are there`() throws {
    let said = try drive([
      Self.open, .evaluate("\(Self.box).querySelectorAll('.t-command')[1].click()"),
      .evaluate(
        "(() => { const s = getSelection(), r = [...\(Self.box).querySelectorAll('.t-row')].find(e => e.textContent.includes('deploy.sh')); s.selectAllChildren(r); return s.toString().trim() })()"
      ),
      .evaluate(
        "(() => { const w = [...\(Self.box).querySelectorAll('.t-wide')], c = document.createElement('span'); c.textContent = '0'; w[0].parentElement.append(c); const n = w[0].getBoundingClientRect().width / c.getBoundingClientRect().width; c.remove(); return w.length + ' ' + n.toFixed(2) })()"
      ),
      .evaluate(
        "[...\(Self.box).querySelectorAll('.t-row span')].some(e => e.textContent === 'bin' && getComputedStyle(e).color !== getComputedStyle(e.parentElement).color)"
      ),
    ])
    #expect(said == ["bin  deploy.sh  release-1.4.tar.gz  日本語.txt  README.md", "3 2.00", "true"], "\(said)")
  }

  @Test func `a push is shown whole in its detail`() throws {
    let push = "\(SSHStory.work).\(SSHStory().story.storedActions.first { $0.verb == "git push" }?.sequence ?? 0)"
    let said = try drive([
      .evaluate("location.hash = '#a-\(push)'; 0"),
      .until("document.querySelectorAll('#timeline-detail .commit').length"),
      .evaluate("document.querySelectorAll('#timeline-detail .refs .bad').length"),
      .evaluate("document.querySelectorAll('#timeline-detail .d-add').length"),
      .evaluate("document.querySelector('#timeline-detail .trailer').textContent"),
      .evaluate("document.getElementById('query').focus()"), .type("grace hopper"),
      .until("document.getElementById('found').innerText.startsWith('1 ')"),
    ])
    #expect(said == ["0", "2", "2", "2", "Co-authored-by: Grace Hopper <grace@example.com>", "true"], "\(said)")
  }

  @Test func `every player opens, also those of hostile terminals`() throws {
    let said = try drive([
      .evaluate("document.querySelectorAll('.session').forEach(s => { s.open = true; }); 0"),
      .evaluate(
        "document.querySelectorAll('.t-open').forEach(b => b.click()); document.querySelectorAll('.terminal').length"),
      .evaluate("document.querySelectorAll('.t-screen script, .t-screen img, .t-command script').length"),
      .evaluate(
        "[...document.querySelectorAll('.terminal')].every(t => { const s = t.querySelector('.t-slider'); s.value = 0; s.dispatchEvent(new Event('input')); return t.querySelectorAll('.t-row').length > 0 })"
      ),
      .evaluate("document.title.startsWith('Case ')"),
    ])
    #expect(said == ["0", "13", "0", "true", "true"], "\(said)")
  }
}
