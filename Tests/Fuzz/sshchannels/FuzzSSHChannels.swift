import Bytes
import Model
import Parsers

/// The input is a list of pieces: a byte with direction and kind, a length, bytes. The same is then fed a byte at a time,
/// which must give the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSSHChannels(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let whole = run(bytes, stride: .max)
  let single = run(bytes, stride: 1)
  if whole != single {
    for (left, right) in zip(whole + [""], single + [""]) where left != right {
      print("whole: \(left)\nsplit: \(right)")
    }
  }
  precondition(whole == single, "split pieces give other exchanges")
  return 0
}

private func run(_ bytes: [UInt8], stride: Int) -> [String] {
  let options = ParserOptions(bodyLimit: 256, secrets: SecretHasher(key: [1]), flow: FlowID(0))
  var parser = SSHParser(options: options)
  var events: [ParserEvent] = []
  var offsets: [UInt64] = [0, 0]
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
  return events.map(describe)
}

/// An event as text; what dictionaries hold is put in order, for theirs is any.
private func describe(_ event: ParserEvent) -> String {
  switch event {
  case .facts(var facts):
    let parameters = facts.parameters.sorted { $0.key < $1.key }
    facts.parameters = [:]
    return "\(facts) \(parameters)"
  case .exchange(var exchange):
    guard case .command(var command) = exchange.shape else { return "\(event)" }
    let modes = (command.terminal?.modes ?? [:]).sorted { $0.key < $1.key }
    command.terminal?.modes = [:]
    exchange.shape = .command(command)
    return "\(exchange) \(modes)"
  case .anomaly, .tunnel: return "\(event)"
  }
}
