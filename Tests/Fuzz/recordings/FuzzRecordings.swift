import Bytes
import Model

/// The bytes are an exported PDU, or the JSON of an event: what can be read is written as something that reads the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  if let event = try? RecordedEvent(exportedPDU: input.span) { check(event) }
  if let event = try? RecordedEvent(json: input) { check(event) }
  _ = Endpoint(String(decoding: input, as: UTF8.self))
  return 0
}

private func check(_ event: RecordedEvent) {
  let json = event.json
  // Escapes may make it longer than one may be.
  guard json.count <= RecordedEvent.byteLimit else { return }
  guard let again = try? RecordedEvent(json: json) else { preconditionFailure("what was written cannot be read") }
  precondition(again.json == json, "a second reading is another")
}
