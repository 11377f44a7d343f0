import Bytes
import Model
import Parsers

/// An upgrade to SPDY/3.1 stands in front. The input is a list of pieces: a byte with direction and kind, a
/// length, bytes. The same is then fed a byte at a time, which must give the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSPDY(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  precondition(run(bytes, stride: .max) == run(bytes, stride: 1), "split pieces give other exchanges")
  return 0
}

private func run(_ bytes: [UInt8], stride: Int) -> [String] {
  let options = ParserOptions(bodyLimit: 256, secrets: SecretHasher(key: [1]), flow: FlowID(0))
  var parser = HTTPParser(options: options)
  var events: [ParserEvent] = []
  var offsets: [UInt64] = [0, 0]
  let request = Array("POST /a/portforward HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n".utf8)
  let answer = Array("HTTP/1.1 101 S\r\nUpgrade: SPDY/3.1\r\n\r\n".utf8)
  let start = StreamPosition(time: .epoch, origin: Origin(source: 0, packet: 1, offset: 0))
  parser.receive(request.span, from: .fromClient, at: start, into: &events)
  parser.receive(answer.span, from: .fromServer, at: start, into: &events)
  var index = 0
  while index + 3 <= bytes.count {
    let direction: Direction = bytes[index] & 1 == 0 ? .fromClient : .fromServer
    let side = Int(direction.rawValue)
    let isGap = bytes[index] & 0x0e == 0x0e
    let length = Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
    index += 3
    func position() -> StreamPosition {
      StreamPosition(time: .epoch, origin: Origin(source: 0, packet: 1, offset: offsets[side]))
    }
    if isGap {
      parser.skip(Gap(byteCount: UInt64(length), reason: .notCaptured), from: direction, at: position(), into: &events)
      offsets[side] += UInt64(length)
      continue
    }
    let end = min(bytes.count, index + length)
    while index < end {
      let piece = Array(bytes[index..<min(end, index + min(stride, end - index))])
      parser.receive(piece.span, from: direction, at: position(), into: &events)
      offsets[side] += UInt64(piece.count)
      index += piece.count
    }
  }
  parser.finish(at: StreamPosition(time: .epoch, origin: .unknown), into: &events)
  // How a tunnel's bytes are cut is the pieces' own affair.
  return events.compactMap { event in
    if case .tunnel = event { nil } else { "\(event)" }
  }
}
