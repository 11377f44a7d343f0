import Bytes
import Model
import Parsers

/// The input is a list of messages: a byte with sender and whether it is refused, the type, a length, the body. What is asked
/// changes nothing: asked twice, the answer is the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPipeline(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  var pipeline = PostgresPipeline()
  var reader = ByteReader(bytes.span)
  var ticket: UInt64 = 0
  while let mark = try? reader.readUInt8(), let type = try? reader.readUInt8(), let length = try? reader.readUInt16(),
    let body = try? reader.read(Int(length))
  {
    let isWhole = mark & 4 == 0
    guard mark & 1 == 0 else {
      if case .violation = pipeline.receive(type, body) { return 0 }
      continue
    }
    let first = pipeline.ask(type, body, isWhole: isWhole)
    precondition("\(first)" == "\(pipeline.ask(type, body, isWhole: isWhole))", "asking changes the answer")
    switch (first, pipeline.ask(type, body, isWhole: isWhole, readsValues: false)) {
    case (.statement(let whole), .statement(var bare)):
      bare.parameters = whole.parameters
      precondition("\(whole)" == "\(bare)", "the values change the answer")
    case (.statement, _), (_, .statement): preconditionFailure("the values change the answer")
    default: break
    }
    switch first {
    case .violation: return 0
    case .skip, .wait: continue
    case .pass: pipeline.take(type, body, isWhole: isWhole)
    case .statement:
      ticket += 1
      pipeline.take(type, body, isWhole: isWhole, ticket: ticket, isRefused: mark & 2 != 0)
    }
    if mark & 8 != 0 { pipeline.forget(statement: nil) }
    if mark & 16 != 0 { pipeline.forgetPortals() }
    if mark & 32 != 0 { pipeline.doubtReading() }
  }
  return 0
}
