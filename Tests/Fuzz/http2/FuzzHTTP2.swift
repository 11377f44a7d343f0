import Bytes
import Model
import Parsers

/// The input is a list of pieces: a byte with direction and kind, a length, bytes. The same is then fed a byte at a time,
/// which must give the same. An input that begins with 0xFF is header blocks.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTP2(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  if bytes.first == 0xFF {
    decode(bytes)
    return 0
  }
  let whole = run(bytes, stride: .max)
  let single = run(bytes, stride: 1)
  if whole != single {
    for (left, right) in zip(whole + [""], single + [""]) where left != right {
      print("whole: \(left)\nsplit: \(right)")
    }
  }
  precondition(whole == single, "split pieces give other calls")
  return 0
}

/// Header blocks, each after its length, through one decoder.
private func decode(_ bytes: [UInt8]) {
  var decoder = HPACKDecoder()
  var index = 1
  while index + 2 <= bytes.count {
    let length = Int(bytes[index]) << 8 | Int(bytes[index + 1])
    index += 2
    let block = Array(bytes[index..<min(bytes.count, index + length)])
    let decoded = decoder.decode(block.span)
    precondition(decoded.fields.count <= 1_000 && decoded.listSize >= 0)
    index += block.count
  }
}

private func run(_ bytes: [UInt8], stride: Int) -> [String] {
  let options = ParserOptions(bodyLimit: 256, secrets: SecretHasher(key: [1]), flow: FlowID(0))
  var upgraded: Call?
  if bytes.first == 0xFE {
    var head = CallHead(version: "1.1", method: "GET", target: "/")
    head.requestFields = [HeaderField("HTTP2-Settings", "AAEAACAA")]
    upgraded = Call(head: head)
  }
  var connection = HTTP2Connection(options: options, upgradedRequest: upgraded)
  var events: [ParserEvent] = []
  var offsets: (client: UInt64, server: UInt64) = (0, 0)
  var index = 0
  while index + 3 <= bytes.count {
    let direction: Direction = bytes[index] & 1 == 0 ? .fromClient : .fromServer
    let isGap = bytes[index] & 0x0E == 0x0E
    let length = Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
    index += 3
    func position() -> StreamPosition {
      let offset = direction == .fromClient ? offsets.client : offsets.server
      return StreamPosition(time: .epoch, origin: Origin(source: 0, packet: 1, offset: offset))
    }
    func advance(_ count: Int) {
      if direction == .fromClient { offsets.client += UInt64(count) } else { offsets.server += UInt64(count) }
    }
    if isGap {
      guard length > 0 else { continue }
      let gap = Gap(byteCount: UInt64(length), reason: .notCaptured)
      connection.skip(gap, from: direction, at: position(), into: &events)
      advance(length)
      continue
    }
    let end = min(bytes.count, index + length)
    while index < end {
      let count = min(stride, end - index)
      let piece = Array(bytes[index..<(index + count)])
      connection.receive(piece.span, from: direction, at: position(), into: &events)
      advance(count)
      index += count
    }
  }
  connection.finish(at: StreamPosition(time: .epoch, origin: .unknown), into: &events)
  return events.compactMap(describe)
}

private func describe(_ event: ParserEvent) -> String? {
  switch event {
  case .exchange(let exchange):
    guard case .call(let call) = exchange.shape else { return nil }
    let bodies = [call.requestBody, call.responseBody].map { $0?.content.digest.hex ?? "" }
    let counts = "\(exchange.requestByteCount)/\(exchange.responseByteCount)"
    return "\(call.head) \(bodies) \(call.records?.digest.hex ?? "") \(counts) \(exchange.incompleteReason ?? "")"
  case .anomaly(let anomaly): return "\(anomaly.code.name) \(anomaly.detail) \(anomaly.origin)"
  case .facts, .tunnel: return nil
  }
}
