import Importers
import Model

/// The first byte chooses the API, the second where request and answer are cut; a NUL ends the request, and the rest is
/// the answer. The call is read twice, the second time with its answer as records.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 2 else { return 0 }
  let input = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let paths = [
    "/v1/messages", "/chat/completions", "/responses", "/models/g:generateContent", "/model/m/converse-stream",
    "/other",
  ]
  let parts = input.dropFirst(2).split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map(Array.init)
  let request = parts.first ?? []
  let answer = parts.dropFirst().first ?? []
  var call = Call(head: CallHead(version: "2", method: "POST", target: paths[Int(input[0] & 0x3F) % paths.count]))
  let isCut = input[1] & 1 == 1
  func body(_ bytes: [UInt8]) -> CallBody {
    var builder = PayloadBuilder(layout: .bytes, limit: isCut ? bytes.count / 2 : bytes.count)
    builder.append(bytes.span)
    return CallBody(content: builder.finish(), codedByteCount: UInt64(bytes.count))
  }
  call.requestBody = body(request)
  call.responseBody = body(answer)
  if input[0] & 0x80 != 0 { call.responseBody?.mediaType = "application/vnd.amazon.eventstream" }
  if input[0] & 0x40 != 0 { call.upgrade = "websocket" }

  var reader = LLMTrafficReader()
  var events: [ConversationEvent] = []
  let time = Timestamp(nanoseconds: 1)
  reader.read(call, startedAt: time, endedAt: nil, origin: .unknown, into: &events)
  if input[1] & 2 != 0 {
    call.records = Payload(layout: .records, bytes: answer)
  } else {
    var records = StreamRecordBuilder(limit: isCut ? answer.count / 2 : answer.count * 16)
    records.append(StreamRecord(at: time, direction: .fromClient, kind: .text, bytes: request))
    for (index, line) in answer.split(separator: 0x0A).enumerated() {
      let at = Timestamp(nanoseconds: Int64(index))
      let kind: StreamRecord.Kind = call.upgrade == nil ? .event : .text
      records.append(StreamRecord(at: at, direction: .fromServer, kind: kind, bytes: Array(line)))
    }
    call.records = records.finish()
  }
  reader.read(call, startedAt: Timestamp(nanoseconds: 2), endedAt: time, origin: .unknown, into: &events)
  reader.finish(into: &events)
  _ = LLMTrafficReader.model(of: call)
  return 0
}
