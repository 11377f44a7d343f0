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
        terminal.write(Array(recording.bytes[begun..<moment.byteCount]))
        let screen = terminal.screen
        let place = "\(recording.name) after \(moment.byteCount) bytes"
        let ours = screen.cells(besides: moment.cells)
        if ours != moment.cells {
          let missing = moment.cells.filter { !Set(ours).contains($0) }.prefix(8)
          let needless = ours.filter { !Set(moment.cells).contains($0) }.prefix(8)
          Issue.record("\(place): tmux has \(missing), we have \(needless)")
          break
        }
        let theirs = moment.cursor.split(separator: " ").compactMap { Int($0) }
        let cursor = [screen.cursor.column, screen.cursor.row]
        #expect([min(theirs.first ?? -1, size.columns - 1), theirs.last ?? -1] == cursor, "\(place)")
        #expect(moment.isAlternate == screen.isAlternate, "\(place)")
      }
    }
  }
}
