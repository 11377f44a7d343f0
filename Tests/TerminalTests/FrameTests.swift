import Bytes
import Foundation
import Model
import Terminal
import TestKit
import Testing

/// Plays frames as the page does.
private struct FramePlayer {
  struct State: Equatable {
    var rows: [String]
    var cursor: [Int]
  }

  var times: [Int] = []
  var states: [State] = []
  var styles: [[Any?]] = []
  var cut: [Int]?

  init(_ document: [UInt8]) throws {
    let object = try #require(try JSONSerialization.jsonObject(with: Data(document)) as? [String: Any])
    let frames = try #require(object["frames"] as? [[String: Any]])
    styles = try #require(object["styles"] as? [[Any?]])
    cut = object["cut"] as? [Int]
    var state = State(rows: [], cursor: [])
    for frame in frames {
      times.append(try #require(frame["t"] as? Int))
      if let size = frame["size"] as? [Int] { state.rows = Array(repeating: "", count: size[1]) }
      if let up = frame["up"] as? Int {
        state.rows = Array(state.rows.dropFirst(up)) + Array(repeating: "", count: up)
      }
      if let cursor = frame["c"] as? [Int] { state.cursor = cursor }
      for (index, runs) in try #require(frame["r"] as? [String: [Any]]) {
        let text = try runs.map { run in
          if let text = run as? String { return text }
          let parts = try #require(run as? [Any])
          #expect(try #require(parts[0] as? Int) <= styles.count)
          return try #require(parts[1] as? String)
        }
        state.rows[try #require(Int(index))] = text.joined()
      }
      states.append(state)
    }
  }
}

@Suite struct FrameTests {
  private func record(_ milliseconds: Int64, _ kind: StreamRecord.Kind, _ text: String) -> StreamRecord {
    StreamRecord(
      at: Timestamp(nanoseconds: milliseconds * 1_000_000), direction: .fromServer, kind: kind, bytes: Array(text.utf8))
  }

  private func records(_ count: Int, seed: UInt64) -> [StreamRecord] {
    var generator = SeededGenerator(seed: seed)
    var time: Int64 = 5_000_000
    let pieces = [
      "a line of text\r\n", "\u{1b}[31m漢字</script>\u{1b}[0m\r\n", "\u{1b}[H\u{1b}[2J", "\u{1b}[3;5Hx", "\u{1b}[?1049h",
      "\u{1b}[?1049l", "\u{1b}[48;2;9;8;7m \u{1b}[K\u{1b}[m",
    ]
    return (0..<count).map { number in
      time += Int64.random(in: 0...120, using: &generator)
      if number % 61 == 60 { return record(time, .resize, number % 2 == 0 ? "60x12" : "80x24") }
      return record(time, .output, (0..<4).compactMap { _ in pieces.randomElement(using: &generator) }.joined())
    }
  }

  @Test func `frames show what the screen was at their time, at most 25 a second`() throws {
    let records = records(700, seed: 3)
    var writer = FrameWriter(size: .standard)
    var index = ScreenIndex(size: .standard)
    for record in records {
      writer.append(record)
      index.append(record)
    }
    let document = writer.finish()
    let player = try FramePlayer(document)
    #expect(player.cut == nil)
    #expect(zip(player.times, player.times.dropFirst()).dropLast().allSatisfy { $1 - $0 >= 40 })
    #expect(!String(decoding: document, as: UTF8.self).contains("<"))
    let begun = try #require(index.first)
    for (time, state) in zip(player.times, player.states) {
      // A frame stands for the records of its forty milliseconds: one of their screens is it.
      let from = index.position(at: Timestamp(nanoseconds: begun.nanoseconds + Int64(time - 40) * 1_000_000))
      let to = index.position(at: Timestamp(nanoseconds: begun.nanoseconds + Int64(time) * 1_000_000 + 999_999))
      let screens = (from...to).map { position -> FramePlayer.State in
        var emulator = index.emulator(after: position)
        return picture(emulator.screen)
      }
      #expect(screens.contains(state), "at \(time)")
    }
    var end = index.end
    #expect(player.states.last == picture(end.screen))
  }

  private func picture(_ screen: Screen) -> FramePlayer.State {
    FramePlayer.State(
      rows: screen.rows.map { $0.runs.map(\.text).joined() },
      cursor: [screen.cursor.row, screen.cursor.column, screen.cursor.isVisible ? 1 : 0])
  }

  @Test func `rows that only moved up are not written again`() throws {
    var writer = FrameWriter(size: .standard)
    for number in 0..<500 { writer.append(record(Int64(number) * 50, .output, "line \(number) of some length\r\n")) }
    let document = writer.finish()
    #expect(document.count < 500 * 100)
  }

  @Test func `a recording that is too long is cut, says so and still shows its end`() throws {
    var limits = FrameWriter.Limits()
    limits.bytes = 2000
    var writer = FrameWriter(size: .standard, limits: limits)
    for number in 0..<500 { writer.append(record(Int64(number) * 50, .output, "line \(number)\r\n")) }
    writer.append(record(60_000, .output, "the end"))
    writer.mark("somewhere", at: Timestamp(nanoseconds: 61_000_000_000))
    let document = writer.finish()
    let player = try FramePlayer(document)
    #expect(document.count < 5000)
    let cut = try #require(player.cut)
    #expect(cut.count == 2 && cut[0] < cut[1])
    #expect(player.states.last?.rows.last == "the end")
    #expect(player.times.last == 60_000)
  }

  @Test func `a recording that shows nothing has one blank frame`() throws {
    var writer = FrameWriter(size: .standard)
    let player = try FramePlayer(writer.finish())
    #expect(player.times == [0])
  }
}
