import Foundation
import Model
import TestKit
import Testing

@testable import Replay

/// The asciicast v3 export, read as its documentation says (docs.asciinema.org/manual/asciicast/v3), field by field, and as
/// asciinema 3 does: sizes of 16 bits, times and the timestamp without a sign.
@Suite struct Asciicast3Tests {
  private struct Mistake: Error, CustomStringConvertible { var description: String }

  /// A reader that refuses whatever the documentation does not have.
  private struct Cast {
    var columns = 0
    var rows = 0
    var terminal: String?
    var timestamp: Int?
    var title: String?
    var command: String?
    var environment: [String: String] = [:]
    /// Microseconds since the beginning, code, data.
    var events: [(at: Int, code: String, data: String)] = []

    init(_ text: String) throws {
      guard text.hasSuffix("\n") else { throw Mistake(description: "the last line has no end") }
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()[...]
      let first = lines.popFirst() ?? ""
      guard !first.hasPrefix("#") else { throw Mistake(description: "the first line is a comment") }
      guard let header = try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any] else {
        throw Mistake(description: "the header is no object")
      }
      try read(header)
      var at = 0
      for line in lines where !line.isEmpty && !line.hasPrefix("#") {
        guard let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any], event.count == 3,
          let interval = event[0] as? NSNumber, interval.doubleValue >= 0, let code = event[1] as? String,
          let data = event[2] as? String
        else { throw Mistake(description: "no event: \(line)") }
        at += Int((interval.doubleValue * 1e6).rounded())
        switch code {
        case "o", "i", "m": break
        case "r":
          let size = data.split(separator: "x", omittingEmptySubsequences: false).map { UInt16($0) }
          guard size.count == 2, size.allSatisfy({ $0.map { $0 > 0 } == true }) else {
            throw Mistake(description: "no size: \(data)")
          }
        case "x": guard Int32(data) != nil else { throw Mistake(description: "no exit status: \(data)") }
        default: throw Mistake(description: "no code of version 3: \(code)")
        }
        events.append((at, code, data))
      }
    }

    private mutating func read(_ header: [String: Any]) throws {
      for (name, value) in header {
        switch (name, value) {
        case ("version", let version as Int) where version == 3: break
        case ("term", let term as [String: Any]):
          for (name, value) in term {
            switch (name, value) {
            case ("cols", let number as Int) where UInt16(exactly: number) != nil: columns = number
            case ("rows", let number as Int) where UInt16(exactly: number) != nil: rows = number
            case ("type", let name as String): terminal = name
            case ("version", is String): break
            case ("theme", is [String: Any]): break
            default: throw Mistake(description: "term.\(name): \(value)")
            }
          }
        case ("timestamp", let seconds as Int) where seconds >= 0: timestamp = seconds
        case ("idle_time_limit", is NSNumber): break
        case ("title", let text as String): title = text
        case ("command", let text as String): command = text
        case ("env", let values as [String: String]): environment = values
        case ("tags", is [String]): break
        default: throw Mistake(description: "\(name): \(value)")
        }
      }
      guard header["version"] != nil, columns > 0, rows > 0 else { throw Mistake(description: "no version or size") }
    }
  }

  private func exported(_ id: String, _ story: MemoryCase, _ session: String, action: String? = nil) throws -> String {
    let whole = try #require(ExportCatalog.export(id))
    let export = try action.map { try #require(whole.only($0)) } ?? whole
    var text = ""
    try export.export(try #require(story.session(id: session)), from: story) { text += $0 }
    return text
  }

  @Test func `the header says what the recording knows`() throws {
    let remote = RemoteStory()
    let cast = try Cast(try exported("asciicast3", remote.story, RemoteStory.session))
    #expect((cast.columns, cast.rows) == (80, 24))
    #expect(cast.terminal == "xterm-256color")
    #expect(cast.timestamp == Int(RemoteStory.at(1).nanoseconds / 1_000_000_000))
    #expect(cast.title == "shell on db.internal")
    #expect(cast.command == nil)
    let command = try Cast(
      try exported("asciicast3", remote.story, RemoteStory.session, action: "\(RemoteStory.session).3"))
    #expect(command.command == "cat list")
  }

  @Test func `events are those of version 2, with times since the one before`() throws {
    let story = RemoteStory().story
    let cast = try Cast(try exported("asciicast3", story, RemoteStory.session))
    let old = try exported("asciicast", story, RemoteStory.session).split(separator: "\n").dropFirst().map { line in
      let event = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any])
      return (
        at: Int((try #require(event[0] as? Double) * 1e6).rounded()), code: try #require(event[1] as? String),
        data: try #require(event[2] as? String)
      )
    }
    #expect(cast.events.count == old.count)
    for (new, old) in zip(cast.events, old) {
      #expect(new.at == old.at)
      if new.code == "x" {
        #expect((old.code, old.data) == ("m", "exit status \(new.data)"))
      } else {
        #expect((new.code, new.data) == (old.code, old.data))
      }
    }
    #expect(cast.events.contains { $0.code == "x" && $0.data == "0" })
    #expect(cast.events.contains { $0.code == "r" && $0.data == "100x30" })
    #expect(cast.events.contains { $0.code == "m" && $0.data.hasPrefix("ls /nowhere") })
  }

  @Test func `whatever was captured, the cast is one`() throws {
    let seed: UInt64 = 3
    var generator = SeededGenerator(seed: seed)
    for round in 0..<40 {
      let written = (1...20).map { second in
        (Double(second) / 7, (0..<30).map { _ in UInt8.random(in: 0...255, using: &generator) })
      }
      let sizes = ["1x1", "0x0", "65536x70000", "x", "99999999999999999999x3", "120x50"]
      let resized = (1...5).map { (Double($0) / 3, sizes.randomElement(using: &generator) ?? "") }
      let typed = Hostile.statements.enumerated().map { (Double($0.offset) / 5, $0.element) }
      let story = TerminalStory(written: written, resized: resized, typed: typed, exit: 9)
      let cast = try Cast(try exported("asciicast3", story.story, TerminalStory.session))
      #expect(cast.events.contains { $0.code == "x" }, "round \(round), seed \(seed)")
    }
  }

  /// asciinema 3, where somebody has put it.
  private static let asciinema: String? = ["/usr/local/bin/asciinema", "/usr/bin/asciinema"].first { path in
    guard FileManager.default.isExecutableFile(atPath: path), let folder = try? ScratchFolder(),
      let run = try? folder.run(path, ["--version"])
    else { return false }
    return String(decoding: run.output, as: UTF8.self).hasPrefix("asciinema 3")
  }

  @Test(.enabled(if: Asciicast3Tests.asciinema != nil, "asciinema 3 is not here"))
  func `asciinema 3 reads the cast and gives back the bytes`() throws {
    let folder = try ScratchFolder()
    try folder.write(try exported("asciicast3", RemoteStory().story, RemoteStory.session), to: "session.cast")
    let run = try folder.run(try #require(Self.asciinema), ["convert", "-f", "raw", "session.cast", "-"])
    #expect(run.status == 0)
    #expect(run.output == RemoteStory.shown.flatMap(\.self))
  }
}
