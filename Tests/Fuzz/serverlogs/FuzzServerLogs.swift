import Bytes
import Importers
import Model

/// The bytes are a server's log; read whole and cut in pieces, what is told is the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 1 else { return 0 }
  let input = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let whole = read(input, step: input.count)
  precondition(read(input, step: 1 + input.count / 7) == whole, "cuts change nothing")
  return 0
}

private func read(_ bytes: [UInt8], step: Int) -> [ServerLogEvent] {
  let head = TranscriptHead(
    bytes: Array(bytes.prefix(TranscriptHead.byteCount)), isWhole: bytes.count <= TranscriptHead.byteCount,
    path: "var/log/server.log")
  let file = TranscriptFile(source: 1, path: head.path, modifiedAt: Timestamp(nanoseconds: 1_790_000_000_000_000_000))
  guard var reader = ServerLogReader(head, file) else { return [] }
  var events: [ServerLogEvent] = []
  var position = 0
  while position < bytes.count {
    let end = min(position + step, bytes.count)
    let piece = Array(bytes[position..<end])
    reader.receive(piece.span, into: &events)
    position = end
  }
  reader.finish(into: &events)
  return events
}
