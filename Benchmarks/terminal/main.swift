// From bytes to screens, on one thread: bench-terminal COLUMNS ROWS FILE…
import Bytes
import Foundation
import Model
import Terminal

/// Runs `body` over and over for a second at least; bytes a second.
func rate(_ byteCount: Int, _ body: () -> Int) -> (rate: Double, check: Int) {
  let clock = ContinuousClock()
  var best = Double.infinity
  var check = 0
  for _ in 0..<5 {
    let begun = clock.now
    check = body()
    let took = clock.now - begun
    best = min(best, Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18)
  }
  return (Double(byteCount) / 1e6 / best, check)
}

let arguments = CommandLine.arguments
guard arguments.count > 3, let columns = Int(arguments[1]), let rows = Int(arguments[2]) else {
  print("usage: bench-terminal COLUMNS ROWS FILE…")
  exit(3)
}
let size = TerminalSize(columns: columns, rows: rows)
for path in arguments.dropFirst(3) {
  let bytes = Array(try Data(contentsOf: URL(filePath: path)))
  let state = rate(bytes.count) {
    var terminal = Emulator(size: size)
    terminal.write(bytes)
    return terminal.cursor.column
  }
  // Records of 4 KiB, as a program writes them, ten to the second.
  let records = stride(from: 0, to: bytes.count, by: 4096).map { start in
    StreamRecord(
      at: Timestamp(nanoseconds: Int64(start / 4096) * 100_000_000), direction: .fromServer, kind: .output,
      bytes: Array(bytes[start..<min(start + 4096, bytes.count)]))
  }
  let screens = rate(bytes.count) {
    var index = ScreenIndex(size: size)
    var shown = 0
    for record in records {
      index.append(record)
      var now = index.end
      shown += now.screen.rows.count
    }
    return shown
  }
  let text = rate(bytes.count) {
    var text = ScreenText(size: size)
    for record in records { text.append(record) }
    text.finish()
    return text.lines.count
  }
  print(
    "\(path.split(separator: "/").last ?? ""), \(columns)x\(rows), \(bytes.count) bytes: state \(Int(state.rate)) MB/s, "
      + "keyframes and a screen every 4 KiB \(Int(screens.rate)) MB/s, text \(Int(text.rate)) MB/s (\(text.check) lines)"
  )
}
