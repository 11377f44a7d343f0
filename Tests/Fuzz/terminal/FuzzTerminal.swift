import Bytes
import Model
import Terminal

/// The first bytes are sizes and where to cut; the rest is what a program wrote. Cut anywhere it must show the same,
/// and every screen must be well-formed.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTerminal(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard bytes.count > 5 else { return 0 }
  let first = TerminalSize(columns: Int(bytes[0]) % 100 + 1, rows: Int(bytes[1]) % 40 + 1)
  let second = TerminalSize(columns: Int(bytes[2]) % 100 + 1, rows: Int(bytes[3]) % 40 + 1)
  let text = Array(bytes[5...])
  let cut = min(Int(bytes[4]), text.count)
  var options = EmulatorOptions()
  options.scrollbackLimit = 16
  options.markLimit = 16
  options.stringLimit = 64
  var whole = Emulator(size: first, options: options)
  whole.write(Array(text[..<cut]))
  whole.resize(second)
  check(&whole)
  whole.write(Array(text[cut...]))
  check(&whole)
  var pieces = Emulator(size: first, options: options)
  for byte in text[..<cut] { pieces.write([byte]) }
  pieces.resize(second)
  for byte in text[cut...] { pieces.write([byte]) }
  precondition(pieces.screen == whole.screen, "a cut shows")
  precondition(pieces.takeMarks() == whole.takeMarks(), "a cut moves marks")
  precondition(pieces.scrollbackRows == whole.scrollbackRows, "a cut changes what was")
  whole.resize(first)
  check(&whole)

  var limits = ScreenIndex.Limits()
  (limits.byteDistance, limits.keyframes) = (8, 5)
  var index = ScreenIndex(size: first, limits: limits)
  var found = ScreenText(size: first)
  var time: Int64 = 0
  var start = 0
  while start < text.count {
    let end = min(start + 7, text.count)
    time += Int64(text[start]) * 10_000_000
    let record = StreamRecord(
      at: Timestamp(nanoseconds: time), direction: .fromServer, kind: start % 5 == 4 ? .resize : .output,
      bytes: start % 5 == 4 ? Array("\(text[start])x\(end % 30)".utf8) : Array(text[start..<end]))
    index.append(record)
    found.append(record)
    start = end
  }
  found.finish()
  let middle = index.count / 2
  var sought = index.emulator(after: middle)
  check(&sought)
  precondition(index.emulator(after: index.count).cursor == index.end.cursor)
  return 0
}

func check(_ terminal: inout Emulator) {
  let screen = terminal.screen
  precondition(screen.rows.count == terminal.size.rows)
  precondition(screen.cursor.row >= 0 && screen.cursor.row < terminal.size.rows)
  precondition(screen.cursor.column >= 0 && screen.cursor.column < terminal.size.columns)
  for row in screen.rows {
    precondition(row.runs.reduce(0) { $0 + $1.width } <= terminal.size.columns)
    for run in row.runs {
      precondition(run.cells.count * (run.isWide ? 2 : 1) == run.width, "cells that are not those of the run")
      precondition(!run.text.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) })
    }
  }
}
