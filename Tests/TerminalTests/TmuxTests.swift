import Foundation
import Terminal
import TestKit
import Testing

@Suite(.serialized) struct TmuxTests {
  @Test(
    .enabled(if: TmuxRecording.isPossible, "tmux, python3 and bash are needed"), .timeLimit(.minutes(3)),
    arguments: [TerminalSize(columns: 80, rows: 24), TerminalSize(columns: 132, rows: 43)])
  func `real programs look as tmux shows them, cell by cell, at every moment`(_ size: TerminalSize) throws {
    let recordings = try TemporaryFolder.with { folder in
      try TmuxRecording.record(columns: size.columns, rows: size.rows, in: folder)
    }
    #expect(recordings.count >= 8)
    for recording in recordings {
      var terminal = Emulator(size: size)
      for moment in recording.moments {
        let begun = Int(terminal.byteCount)
        let piece = Array(recording.bytes[begun..<moment.byteCount])
        terminal.write(piece)
        let screen = terminal.screen
        let place = "\(recording.name) after \(moment.byteCount) bytes"
        var ours = screen.cells(besides: moment.cells)
        var theirs = moment.cells
        if recording.name.hasPrefix("random") {
          // Blanks are left out: where half of a wide character goes, tmux takes the background with it.
          ours = ours.filter { !$0.contains("   ") }
          theirs = theirs.filter { !$0.contains("   ") }
        }
        if ours != theirs {
          let missing = theirs.filter { !Set(ours).contains($0) }.prefix(8)
          let needless = ours.filter { !Set(theirs).contains($0) }.prefix(8)
          Issue.record(
            "\(place): tmux has \(missing), we have \(needless) "
              + "(\(String(decoding: piece.suffix(120), as: UTF8.self).debugDescription))")
          break
        }
        let position = moment.cursor.split(separator: " ").compactMap { Int($0) }
        let cursor = [screen.cursor.column, screen.cursor.row]
        #expect([min(position.first ?? -1, size.columns - 1), position.last ?? -1] == cursor, "\(place)")
        #expect(moment.isAlternate == screen.isAlternate, "\(place)")
      }
    }
  }
}
