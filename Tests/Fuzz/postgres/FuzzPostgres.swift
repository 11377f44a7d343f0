import Bytes
import Model
import Parsers

/// The input is a list of pieces: a byte with direction and kind, a length, bytes. The same is then fed a byte at a time,
/// which must give the same exchanges.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPostgres(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let whole = run(bytes, stride: .max)
  let single = run(bytes, stride: 1)
  if let whole, let single { precondition(whole == single, "split pieces give other exchanges") }
  return 0
}

private func run(_ bytes: [UInt8], stride: Int) -> [String]? {
  let options = ParserOptions(bodyLimit: 256, secrets: SecretHasher(key: [1]), flow: FlowID(0))
  var parser = PostgresParser(options: options)
  var events: [ParserEvent] = []
  var offsets: (client: UInt64, server: UInt64) = (0, 0)
  var index = 0
  var hasGap = false
  var isMidstream = false
  while index + 3 <= bytes.count {
    let direction: Direction = bytes[index] & 1 == 0 ? .fromClient : .fromServer
    let isGap = bytes[index] & 0x0e == 0x0e
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
      hasGap = true
      parser.skip(Gap(byteCount: UInt64(length), reason: .notCaptured), from: direction, at: position(), into: &events)
      advance(length)
      continue
    }
    let end = min(bytes.count, index + length)
    if direction == .fromClient, offsets.client == 0, index < end, bytes[index] != 0 { isMidstream = true }
    while index < end {
      let count = min(stride, end - index)
      let piece = Array(bytes[index..<(index + count)])
      parser.receive(piece.span, from: direction, at: position(), into: &events)
      advance(count)
      index += count
    }
  }
  parser.finish(at: StreamPosition(time: .epoch, origin: .unknown), into: &events)
  // Where the boundary is lost, the next is looked for in what has come so far, which a split changes.
  let isStrange = events.contains { event in
    if case .anomaly = event { return true }
    return false
  }
  return hasGap || isStrange || isMidstream ? nil : events.compactMap(describe)
}

private func describe(_ event: ParserEvent) -> String? {
  guard case .exchange(let exchange) = event, case .statement(let statement) = exchange.shape else { return nil }
  let results = statement.results.map { "\($0.outcome) \($0.rowCount ?? 0) \($0.rows?.byteCount ?? 0)" }
  return "\(statement.mode) \(statement.text) \(statement.parameters) \(results) \(exchange.incompleteReason ?? "")"
}
