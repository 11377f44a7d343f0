import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Reports

struct HTMLSafetyTests {
  /// The opening tags of a page in order, without what is inside scripts and styles.
  private func tags(_ page: String) -> [String] {
    let bare = page.replacing(/<(script|style)([^>]*)>[\s\S]*?<\/\1>/) { "<\($0.output.1)></\($0.output.1)>" }
    return bare.matches(of: /<([a-zA-Z!\/][a-zA-Z0-9]*)/).map { String($0.output.1) }
  }

  @Test
  func `hostile text changes no tag of the page`() throws {
    let hostile = HostileCase(HostileCase.hostile)
    let harmless = HostileCase(HostileCase.harmless)
    let one = try page(hostile.reading, hostile.verdict)
    let two = try page(harmless.reading, harmless.verdict)
    #expect(tags(one) == tags(two))
    #expect(tags(one).count > 300)
  }

  @Test
  func `hidden characters are shown as marks and none is left`() throws {
    let hostile = HostileCase(HostileCase.hostile)
    let html = try page(hostile.reading, hostile.verdict)
    let hidden = html.unicodeScalars.filter {
      $0 != "\n" && ($0.value < 0x20 || $0.value >= 0x7F && VisibleText.isHidden($0))
    }
    // Tabs stand in no text of this case.
    #expect(hidden.isEmpty, "\(hidden.map(\.value))")
    for mark in [
      "⟨NUL⟩", "⟨ESC⟩[31m", "⟨DEL⟩", "⟨U+0085⟩", "⟨U+202E⟩", "⟨U+200B⟩", "⟨U+FEFF⟩", "⟨U+2028⟩", "⟨U+E0041⟩",
      "⟨U+FFFE⟩",
    ] {
      #expect(html.contains(mark), "\(mark)")
    }
    #expect(html.contains("日本 עברית 🙂"))
  }

  @Test
  func `the data blocks keep hostile text exactly`() throws {
    let hostile = HostileCase(HostileCase.hostile)
    let html = try page(hostile.reading, hostile.verdict)
    let block = try #require(
      html.firstMatch(of: /<script type="application\/json" class="texts-data">([\s\S]*?)<\/script>/))
    #expect(!block.output.1.contains("<") && !block.output.1.contains("\u{2028}"))
    let parsed = try JSONSerialization.jsonObject(with: Data(block.output.1.utf8)) as? [Any]
    let strings = try #require(parsed?.first as? [String])
    #expect(strings.contains { $0.unicodeScalars.elementsEqual(HostileCase.hostile.unicodeScalars) })
  }

  @Test
  func `nothing on the page can run, style or fetch by itself`() throws {
    for (reading, verdict) in [
      (DemoCase().reading, DemoCase().verdict),
      (HostileCase(HostileCase.hostile).reading, HostileCase(HostileCase.hostile).verdict),
    ] {
      let html = try page(reading, verdict)
      let bare = html.replacing(/<(script|style)([^>]*)>[\s\S]*?<\/\1>/, with: "")
      for tag in bare.matches(of: /<[a-zA-Z][^>]*>/).map({ String($0.output) }) {
        #expect(tag.firstMatch(of: /\ (on[a-z]+|style|src|action|srcdoc)="/) == nil || tag.contains("&quot;"), "\(tag)")
        if let link = tag.firstMatch(of: /\ href="([^"]*)"/) { #expect(link.output.1.hasPrefix("#"), "\(tag)") }
      }
    }
  }

  @Test
  func `the policy names the digests of exactly what is there`() throws {
    let demo = DemoCase()
    let html = try page(demo.reading, demo.verdict)
    let policy = try #require(html.firstMatch(of: /Content-Security-Policy" content="([^"]*)"/)).output.1
      .replacing("&#39;", with: "'")
    func digest(_ text: Substring) -> String {
      "'sha256-\(Data(SHA256.digest(of: String(text)).bytes).base64EncodedString())'"
    }
    let styles = html.matches(of: /<style>([\s\S]*?)<\/style>/).map { digest($0.output.1) }
    let scripts = html.matches(of: /<script>([\s\S]*?)<\/script>/).map { digest($0.output.1) }
    #expect(styles.count == 2 && scripts.count == 1)
    #expect(policy.contains("script-src \(scripts[0]);"))
    #expect(policy.contains("style-src \(styles.joined(separator: " "));"))
    #expect(policy.hasPrefix("default-src 'none';") && policy.contains("require-trusted-types-for 'script'"))
  }

  @Test
  func `a line of a megabyte is cut with its true size`() throws {
    let reading = PlainCases.clean.reading
    reading.storedActions[0].text = "SELECT '" + String(repeating: "é", count: 1 << 19) + "'"
    let html = try page(reading, verdict(reading))
    #expect(readable(html).contains("1,048,585 bytes in all"))
    #expect(html.utf8.count < 400_000)
  }

  @Test(arguments: [
    ("plain/db.pcap", "plain/db.pcap"), ("with space", "'with space'"), ("it's", "'it'\\''s'"), ("-rf", "./-rf"),
    ("a\nb\u{1B}", "$'a\\x0ab\\x1b'"), ("$(reboot)", "'$(reboot)'"), ("", "''"),
  ])
  func `a path is one word of a shell`(_ path: String, _ word: String) {
    #expect(ShellQuoting.word(path) == word)
  }

  @Test
  func `quoted words reach a real shell unchanged`() throws {
    let shell = try #require(Browser.tool("bash"))
    for path in [HostileCase.hostile.replacing("\u{0}", with: ""), "a'b\\c\n\t$x`y`", "é\u{202E}", "--help"] {
      let output = try Browser.run(shell, ["-c", "printf %s \(ShellQuoting.word(path))"])
      let expected = path.hasPrefix("-") ? "./" + path : path
      #expect(output.out.unicodeScalars.elementsEqual(expected.unicodeScalars))
    }
  }
}
