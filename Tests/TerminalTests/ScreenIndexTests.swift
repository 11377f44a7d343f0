import Bytes
import Model
import Terminal
import TestKit
import Testing

@Suite struct ScreenIndexTests {
  /// A recording that does a bit of everything, with the same numbers for the same seed.
  private func records(_ count: Int, seed: UInt64) -> [StreamRecord] {
    var generator = SeededGenerator(seed: seed)
    var time: Int64 = 1_700_000_000_000_000_000
    let pieces = [
      "line of text\r\n", "漢字\r\n", "\u{1b}[1;32mgreen\u{1b}[0m", "\u{1b}[2J\u{1b}[H", "\u{1b}[5;10H", "\u{1b}[?1049h",
      "\u{1b}[?1049l", "\u{1b}[K", "\u{1b}[2;6r", "\u{1b}[r", "\t", "\u{8}", "x", "e\u{301}",
    ]
    return (0..<count).map { number in
      time += Int64.random(in: 0...3_000_000_000, using: &generator)
      if number % 37 == 36 {
        let columns = Int.random(in: 20...100, using: &generator)
        return record(time, .resize, "\(columns)x\(Int.random(in: 5...40, using: &generator))")
      }
      let text = (0..<20).compactMap { _ in pieces.randomElement(using: &generator) }.joined()
      return record(time, number % 11 == 10 ? .input : .output, text)
    }
  }

  private func record(_ time: Int64, _ kind: StreamRecord.Kind, _ text: String) -> StreamRecord {
    StreamRecord(at: Timestamp(nanoseconds: time), direction: .fromServer, kind: kind, bytes: Array(text.utf8))
  }

  @Test func `a screen that is sought is the screen that was seen, wherever keyframes stand`() {
    let records = records(400, seed: 7)
    for keyframes in [2, 5, 256] {
      var limits = ScreenIndex.Limits()
      (limits.byteDistance, limits.keyframes) = (500, keyframes)
      var index = ScreenIndex(size: .standard, limits: limits)
      var played = Emulator(size: .standard, options: ScreenIndex.Limits.options)
      var screens: [Screen] = [played.screen]
      for record in records {
        index.append(record)
        guard record.kind != .input else { continue }
        if record.kind == .resize {
          if let size = TerminalSize(text: String(decoding: record.bytes, as: UTF8.self)) { played.resize(size) }
        } else {
          played.write(record.bytes)
        }
        screens.append(played.screen)
      }
      #expect(index.count == screens.count - 1)
      for position in stride(from: 0, through: index.count, by: 7) {
        var sought = index.emulator(after: position)
        #expect(sought.screen == screens[position])
      }
      if let last = index.last { #expect(index.screen(at: last) == screens.last) }
      #expect(index.screen(at: Timestamp(nanoseconds: 0)) == screens.first)
    }
  }

  @Test func `going on from a screen leads where seeking leads`() {
    var limits = ScreenIndex.Limits()
    (limits.byteDistance, limits.keyframes) = (300, 8)
    var index = ScreenIndex(size: .standard, limits: limits)
    for record in records(300, seed: 8) { index.append(record) }
    var generator = SeededGenerator(seed: 9)
    for round in 0..<60 {
      let from = Int.random(in: 0...index.count, using: &generator)
      let to = Int.random(in: from...index.count, using: &generator)
      var terminal = index.emulator(after: from)
      index.advance(&terminal, from: from, to: to)
      var sought = index.emulator(after: to)
      #expect(terminal.screen == sought.screen, "round \(round), \(from) to \(to), seed 9")
    }
    var end = index.end
    index.advance(&end, from: index.count, to: index.count + 5)
    var wanted = index.end
    #expect(end.screen == wanted.screen)
    #expect(index.time(of: 0) == index.first)
    #expect(index.time(of: index.count) == index.last)
  }

  @Test func `what is erased at the beginning of a record has the time at which it was written`() {
    var text = ScreenText(size: TerminalSize(columns: 20, rows: 4))
    text.append(record(1_000_000_000, .output, "\u{1b}[?1049hin the pager"))
    text.append(record(1_050_000_000, .output, "\u{1b}[?1049l$ "))
    text.append(record(1_060_000_000, .output, "\u{1b}[2J\u{1b}[Hclear"))
    text.finish()
    #expect(text.lines.map(\.text) == ["in the pager", "$", "clear"])
    #expect(text.lines.map { $0.at.nanoseconds / 1_000_000 } == [1000, 1050, 1060])
  }

  @Test func `cells are told one by one, whatever joins in a text`() {
    var terminal = Emulator(size: TerminalSize(columns: 30, rows: 1))
    terminal.write(Array("e\u{301}x🇩🇪\u{1112}\u{1161}漢字 é".utf8))
    for run in terminal.screen.rows[0].runs {
      #expect(run.cells.count * (run.isWide ? 2 : 1) == run.width, "\(run)")
      #expect(run.cells.joined() == run.text)
    }
  }

  @Test func `a payload is read up to where it is damaged`() {
    var builder = StreamRecordBuilder()
    builder.append(record(1, .output, "one"))
    builder.append(record(2, .output, " two"))
    let payload = builder.finish().bytes
    #expect(ScreenIndex(records: payload, size: .standard).damage == nil)
    #expect(ScreenIndex(records: payload, size: .standard).screen(at: Timestamp(nanoseconds: 2)).text == "one two")
    let cut = ScreenIndex(records: Array(payload.dropLast()), size: .standard)
    #expect(cut.damage != nil)
    #expect(cut.screen(at: Timestamp(nanoseconds: 2)).text == "one")
  }

  @Test func `every line that was to be read is found once, with its time`() {
    var text = ScreenText(size: TerminalSize(columns: 20, rows: 4))
    let second: Int64 = 1_000_000_000
    text.append(record(second, .output, "$ "))
    for (number, letter) in "make".enumerated() {
      text.append(record(2 * second + Int64(number), .output, "\(letter)"))
    }
    text.append(record(3 * second, .output, "\r\none\r\ntwo\r\nthree\r\nfour\r\nfive\r\none\r\n"))
    text.append(record(4 * second, .output, "a line that is longer than the screen is wide\r\n"))
    text.append(record(5 * second, .output, "gone\u{1b}[2J\u{1b}[H\u{1b}[?1049hin vim\u{1b}[?1049lafter"))
    text.finish()
    #expect(
      text.lines.map(\.text) == [
        "$", "$ make", "one", "two", "three", "four", "five", "a line that is longer than the screen is wide", "gone",
        "in vim", "after",
      ])
    #expect(text.lines.first { $0.text == "in vim" }?.at.nanoseconds == 5 * second)
    #expect(!text.isCut)
  }

  @Test func `text is bounded and says so`() {
    var limits = ScreenText.Limits()
    limits.lines = 5
    var text = ScreenText(size: .standard, limits: limits)
    text.append(record(1, .output, (0..<100).map { "line \($0)\r\n" }.joined()))
    text.finish()
    #expect(text.lines.map(\.text) == ["line 0", "line 1", "line 2", "line 3", "line 4"])
    #expect(text.isCut)
  }
}
