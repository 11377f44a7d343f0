import Bytes
import Model
import Replay

private let types: [String?] = [
  nil, "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b",
  "application/grpc", "application/x-protobuf", "application/vnd.kubernetes.protobuf", "text/html; charset=utf-8",
]
private let kinds: [StreamRecord.Kind] = [
  .text, .binary, .ping, .close, .event, .message, .input, .output, .errorOutput, .resize, .exit,
]

/// The first byte chooses the media type and whether the body is cut, the rest is a body, a message and terminal output.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  guard size > 0 else { return 0 }
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let choice = Int(bytes[0])
  let content = Array(bytes.dropFirst())
  let payload = StoredPayload(
    layout: choice & 8 == 0 ? .bytes : .text, bytes: content,
    byteCount: UInt64(content.count + (choice & 16 == 0 ? 0 : 7)), sha256: "", columns: [])
  let body = PrettyBody(
    payload, mediaType: types[choice & 7], limits: PrettyBody.Limits(textBytes: 1000, dumpBytes: 64))
  precondition(body.text.utf8.count < 8000)
  let record = StreamRecord(at: .epoch, direction: .fromClient, kind: kinds[choice % kinds.count], bytes: content)
  _ = MessageText(record, mediaType: types[choice & 7], limit: 500)
  var whole = TerminalStream()
  whole.feed(content)
  var pieces = TerminalStream()
  for byte in content { pieces.feed(CollectionOfOne(byte)) }
  precondition(whole.text == pieces.text)
  return 0
}
