import Bytes
import Importers
import Model

/// The bytes are a file; read whole and cut in pieces, what is told is the same, and twice the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 1 else { return 0 }
  let input = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let whole = read(input, step: input.count)
  precondition(read(input, step: 1 + input.count / 7) == whole, "cuts change nothing")
  var told: Set<String> = []
  for event in whole {
    switch event {
    case .conversation(let it): told.insert(it.id)
    case .prompt(let it): precondition(told.contains(it.conversationID), "a conversation comes before its prompts")
    case .toolCall(let it): precondition(told.contains(it.conversationID), "a conversation comes before its calls")
    case .completion(let it): precondition(told.contains(it.conversationID), "a conversation comes before its answers")
    case .anomaly: break
    }
  }
  return 0
}

private func read(_ bytes: [UInt8], step: Int) -> [ConversationEvent] {
  let head = TranscriptHead(
    bytes: Array(bytes.prefix(TranscriptHead.byteCount)), isWhole: bytes.count <= TranscriptHead.byteCount,
    path: "sessions/one/events/1.json")
  guard var reader = TranscriptReader(head, TranscriptFile(source: 1, path: head.path)) else { return [] }
  var events: [ConversationEvent] = []
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
