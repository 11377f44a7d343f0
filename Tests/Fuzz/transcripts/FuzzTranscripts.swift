import Bytes
import Importers
import Model

/// The first byte says how the rest is cut into pieces. It is read twice, whole and in pieces, which must tell the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 1 else { return 0 }
  let input = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let size = Int(input[0]) * 4 + 1
  let text = Array(input.dropFirst())
  let path = input[0] & 1 == 0 ? "s1/subagents/agent-a1.jsonl" : "session.jsonl"
  let whole = read(text, by: text.count, path: path)
  let pieces = read(text, by: size, path: path)
  guard whole == pieces else { fatalError("what is told depends on the cuts") }
  return 0
}

private func read(_ bytes: [UInt8], by size: Int, path: String) -> [ConversationEvent] {
  let head = TranscriptHead(
    bytes: Array(bytes.prefix(TranscriptHead.byteCount)), isWhole: bytes.count <= TranscriptHead.byteCount, path: path)
  guard var reader = TranscriptReader(head, TranscriptFile(source: 0, path: path)) else { return [] }
  var events: [ConversationEvent] = []
  var rest = bytes[...]
  while !rest.isEmpty {
    let piece = Array(rest.prefix(max(1, size)))
    rest = rest.dropFirst(piece.count)
    reader.receive(piece.span, into: &events)
  }
  reader.finish(into: &events)
  return events
}
