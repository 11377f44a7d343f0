import Model
import Terminal

/// The first two bytes are the terminal's size. Then records: a byte for kind and time (two low bits: output twice as
/// often as input or a new size; the others tens of milliseconds since the last), a byte for the length, the bytes.
/// Read whole and with its output cut in two, commands are the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 4 else { return 0 }
  let input = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let terminal = TerminalSize(columns: Int(input[0] & 127), rows: Int(input[1] & 63))
  var records: [StreamRecord] = []
  var position = 2
  var at: Int64 = 0
  while position + 2 <= input.count {
    let head = input[position]
    let end = min(position + 2 + Int(input[position + 1]), input.count)
    let bytes = Array(input[(position + 2)..<end])
    position = end
    at += Int64(head >> 2) * 10_000_000
    let kind: StreamRecord.Kind = head & 3 < 2 ? .output : head & 3 == 2 ? .input : .resize
    records.append(
      StreamRecord(
        at: Timestamp(nanoseconds: at), direction: kind == .output ? .fromServer : .fromClient, kind: kind,
        bytes: bytes))
  }
  let reading = read(records, terminal)
  for hidden in reading.hiddenInput {
    precondition(records.indices.contains(hidden.record), "hidden input is of a record")
    precondition(hidden.range.upperBound <= records[hidden.record].bytes.count, "hidden input is in its record")
    precondition(records[hidden.record].kind == .input, "hidden input is input")
  }
  for command in reading.commands {
    precondition(command.confidence >= 0 && command.confidence <= 1, "confidence is a share")
    precondition(!command.text.isEmpty, "a command has a text")
    precondition((command.endedAt ?? command.at) >= command.at, "a command ends after it begins")
  }
  var cut: [StreamRecord] = []
  for record in records {
    guard record.kind == .output, record.bytes.count > 1 else {
      cut.append(record)
      continue
    }
    var first = record
    var second = record
    first.bytes = Array(record.bytes.prefix(record.bytes.count / 2))
    second.bytes = Array(record.bytes.dropFirst(record.bytes.count / 2))
    cut += [first, second]
  }
  precondition(read(cut, terminal).commands == reading.commands, "cuts change nothing")
  return 0
}

private func read(_ records: [StreamRecord], _ size: TerminalSize) -> TypedReading {
  var reader = TypingReader(size: size)
  for record in records { reader.receive(record) }
  return reader.finish()
}
