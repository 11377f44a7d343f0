import Foundation
import Model
import TestKit
import Testing

@testable import Reports

/// Terminals, programs, files, tunnels and pushes of a case of SSH.
struct HTMLTerminalTests {
  private func storyPage(limits: HTMLReport.Limits = HTMLReport.Limits()) throws -> String {
    let story = SSHStory()
    return try page(story.story, story.verdict, limits: limits)
  }

  /// The documents of the players, in the order of the page.
  private func films(_ html: String) throws -> [[String: Any]] {
    try html.matches(
      of: /<script type="application\/json" class="terminal-data" data-index="[0-9]+">([\s\S]*?)<\/script>/
    )
    .map { match in
      #expect(!match.output.1.contains("<") && !match.output.1.contains("\u{202E}"))
      return try #require(try JSONSerialization.jsonObject(with: Data(match.output.1.utf8)) as? [String: Any])
    }
  }

  @Test func `a terminal stands in the page as text, with what was typed`() throws {
    let text = readable(try storyPage())
    for words in [
      "Terminal: as it was shown", "deploy@web-1:~/shop$ ls --color /srv/shop", "日本語.txt", "6 commands typed",
      "rm -rf /srv/shop/cache", "inferred, 95% sure", "exit 1", "logout",
    ] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(!text.contains("[01;34m"))
  }

  @Test func `the film of a terminal has its frames and its commands`() throws {
    let film = try #require(try films(try storyPage()).first)
    let commands = try #require(film["commands"] as? [[Any]])
    #expect(commands.count == 6)
    #expect(commands.map { $0[1] as? String }.last == "exit")
    #expect(commands.map { $0[2] as? Int } == [1, 1, 1, 1, 1, 0])
    #expect(commands.first.map { $0[3] as? Int } == 98)
    let times = commands.compactMap { $0[0] as? Int }
    #expect(times == times.sorted() && (times.first ?? 0) > 1000)
    let frames = try #require((film["film"] as? [String: Any])?["frames"] as? [[String: Any]])
    #expect(frames.count > 50)
    #expect(frames.first?["size"] as? [Int] == [80, 24])
    #expect(frames.contains { $0["size"] as? [Int] == [100, 28] })
  }

  @Test func `films stay within their budgets, and the page says so`() throws {
    var limits = HTMLReport.Limits()
    limits.terminalBytes = 2000
    let short = try films(try storyPage(limits: limits))
    let cut = (short.first?["film"] as? [String: Any])?["cut"] as? [Int]
    #expect(cut?.count == 2)
    limits.terminalBytesInAll = 0
    let html = try storyPage(limits: limits)
    #expect(try films(html).isEmpty)
    #expect(html.contains(#""terminals":13"#))
  }

  @Test func `a program without a terminal shows both its ends apart`() throws {
    let html = try storyPage()
    let text = readable(html)
    for words in [
      "Output: standard output, 46 bytes", "Error output: standard error, 105 bytes", "tar: shop/cache: Cannot mkdir",
      "exit status 2",
    ] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(html.contains(#"<details class="preview stderr">"#))
  }

  @Test func `files that moved stand in their tree`() throws {
    let html = try storyPage()
    let text = readable(html)
    for words in [
      "Which files moved?", "14 uploaded", "1 downloaded", "1 renamed", "1 removed", "1 failed or denied",
      "release-1.4.tar.gz", "48.2 MB",
      "remove denied",
      "→ /srv/shop/current", "1 look at folders and attributes moved nothing", "mode 4755", "SHA-256",
    ] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(html.contains(##"href="#a-ses-55000000001"##))
    let plain = HTTPStory()
    #expect(!readable(try page(plain.story, plain.verdict)).contains("Which files moved?"))
  }

  @Test func `files over the limit are counted`() throws {
    var limits = HTMLReport.Limits()
    limits.files = 3
    #expect(readable(try storyPage(limits: limits)).contains("further changes of files are not listed here"))
  }

  @Test func `what a tunnel carried is one click away`() throws {
    let text = readable(try storyPage())
    for words in [
      "Carried inside: 2 sessions.", "postgres to 10.20.0.5:5432 · 2 actions, 1 change", "opaque, 352",
      "inside deploy on web-1", "administratively prohibited: open failed",
    ] {
      #expect(text.contains(words), "\(words)")
    }
  }

  @Test func `a push shows its references, commits, trailers and changes`() throws {
    let html = try storyPage()
    let text = readable(html)
    for words in [
      "refs/heads/main", "created", "refs/heads/old", "deleted", "forced: earlier commits were taken away", "2 commits",
      "Refund orders in the currency they were paid in", "Amounts were converted twice.",
      "Co-authored-by: Grace Hopper <grace@example.com>", "Agent-Session: 7d3c1f02-44aa", "2 files, +1 −3",
      "+ amount = order.total", "src/refund.py", "binary", "(written +0100)",
    ] {
      #expect(text.contains(words), "\(words)")
    }
    for part in [#"<span class="d-add">"#, #"<span class="d-del">"#, #"<b class="kind-D">"#, #"class="trailer""#] {
      #expect(html.contains(part), "\(part)")
    }
  }

  @Test func `facts of a connection are told, and what is inferred is marked`() throws {
    let text = readable(try storyPage())
    for words in [
      "About the connection: 14 facts", "HASSH", "aae6b9604f6f3356543709a376d7f657", "Key of the user",
      "chacha20-poly1305@openssh.com", "About the connection: 9 facts, 4 inferred", "inferred from sizes and times",
      "not looked into",
    ] {
      #expect(text.contains(words), "\(words)")
    }
  }

  @Test func `hostile words of SSH and git leave no hidden character`() throws {
    let html = try storyPage()
    let hidden = html.unicodeScalars.filter {
      $0 != "\n" && $0 != "\t" && ($0.value < 0x20 || $0.value >= 0x7F && VisibleText.isHidden($0))
    }
    #expect(hidden.isEmpty, "\(hidden.map(\.value))")
    #expect(html.contains("⟨U+202E⟩") && html.contains("⟨ESC⟩"))
  }

  @Test func `hostile words of SSH and git change no tag`() throws {
    func tags(_ text: String) throws -> [String] {
      let story = MemoryCase("hostile")
      var script = SessionScript(
        story,
        Session(
          id: "s1", protocolName: "ssh", client: text, server: text, user: text, target: text, application: text,
          startedAt: SSHStory.at(300), endedAt: SSHStory.at(330)))
      SSHStory.attack(with: text, 0, &script, story)
      story.storedFacts["s1"] = ["ssh.client": text, "ssh.inferred.use": text, text: text]
      let html = try page(story, verdict(story))
      let bare = html.replacing(/<(script|style)([^>]*)>[\s\S]*?<\/\1>/) { "<\($0.output.1)></\($0.output.1)>" }
      return bare.matches(of: /<([a-zA-Z!\/][a-zA-Z0-9]*)/).map { String($0.output.1) }
    }
    // Paths become trees, and what holds control characters becomes a dump, so that both texts have neither.
    let scalars = HostileCase.hostile.unicodeScalars.filter { $0 != "/" && $0.value >= 0x20 && $0.value != 0x7F }
    let plain = String(String.UnicodeScalarView(scalars))
    let hostile = try tags(plain)
    #expect(try tags(String(repeating: "x", count: plain.utf8.count)) == hostile)
    #expect(hostile.count > 150)
  }

  @Test func `the same story gives the same bytes`() throws { #expect(try storyPage() == storyPage()) }

  @Test(.enabled(if: Browser.xmllint != nil, "there is no xmllint here"))
  func `an HTML parser finds every element closed`() throws {
    let folder = try Folder()
    let file = try folder.write(try storyPage(), "page.html")
    let output = try Browser.run(Browser.xmllint ?? "", ["--html", "--noout", file.path])
    let complaints = output.err.split(separator: "\n").filter {
      $0.contains("error :") && !$0.contains("invalid") && !$0.contains("htmlParseStartTag: invalid element name")
    }
    #expect(complaints.isEmpty, "\(complaints.prefix(3))")
  }
}
