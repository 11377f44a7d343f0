import Importers
import Model

/// The first byte chooses the API; a NUL ends the request, and the rest is the answer. The call is read twice.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 1 else { return 0 }
  let input = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let paths = [
    "/v1/messages", "/chat/completions", "/responses", "/models/g:generateContent", "/model/m/converse-stream",
  ]
  let parts = input.dropFirst().split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map(Array.init)
  var call = Call(head: CallHead(version: "2", method: "POST", target: paths[Int(input[0]) % paths.count]))
  func body(_ bytes: [UInt8]) -> CallBody {
    CallBody(content: Payload(layout: .bytes, bytes: bytes), codedByteCount: UInt64(bytes.count))
  }
  call.requestBody = parts.first.map(body)
  call.responseBody = parts.dropFirst().first.map(body)
  if input[0] & 0x80 != 0 { call.responseBody?.mediaType = "application/vnd.amazon.eventstream" }
  var reader = LLMTrafficReader()
  var events: [ConversationEvent] = []
  for second in 0..<2 {
    let time = Timestamp(nanoseconds: Int64(second))
    reader.read(call, startedAt: time, endedAt: nil, origin: .unknown, into: &events)
  }
  reader.finish(into: &events)
  return 0
}
