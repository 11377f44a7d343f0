import Bytes
import Model
import Parsers

/// The input is what goes through an SFTP or scp channel: a byte with direction and kind, a length, bytes, again and again.
/// The conversation around it is well-formed, so that all of it reaches the reader. The same bytes cut otherwise into
/// channel data must give the same operations.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSFTP(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  let whole = run(bytes, stride: .max)
  let split = run(bytes, stride: 3)
  if whole != split {
    for (left, right) in zip(whole + [""], split + [""]) where left != right {
      print("whole: \(left)\nsplit: \(right)")
    }
  }
  precondition(whole == split, "split data gives other operations")
  return 0
}

private func number(_ value: Int) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}

private func string(_ bytes: [UInt8]) -> [UInt8] { number(bytes.count) + bytes }

private func packet(_ payload: [UInt8]) -> [UInt8] {
  var padding = 8 - (payload.count + 5) % 8
  if padding < 4 { padding += 8 }
  return number(1 + payload.count + padding) + [UInt8(padding)] + payload + [UInt8](repeating: 0, count: padding)
}

/// The operations, without the sizes that depend on how the data was cut.
private func run(_ input: [UInt8], stride: Int) -> [String] {
  let options = ParserOptions(bodyLimit: 256, secrets: SecretHasher(key: [1]), flow: FlowID(0))
  var parser = SSHParser(options: options)
  var events: [ParserEvent] = []
  let position = StreamPosition(time: .epoch, origin: .unknown)
  func feed(_ bytes: [UInt8], _ direction: Direction) {
    parser.receive(bytes.span, from: direction, at: position, into: &events)
  }
  let isSCP = (input.first ?? 0) & 0x80 != 0
  feed(Array("SSH-2.0-OpenSSH_9\r\n".utf8), .fromClient)
  feed(Array("SSH-2.0-OpenSSH_9\r\n".utf8), .fromServer)
  feed(packet([90] + string(Array("session".utf8)) + number(0) + number(1 << 30) + number(1 << 20)), .fromClient)
  feed(packet([91] + number(0) + number(5) + number(1 << 30) + number(1 << 20)), .fromServer)
  let line = (input.first ?? 0) & 0x40 != 0 ? "scp -r -t /x" : "scp -r -f /x"
  let program =
    isSCP
    ? string(Array("exec".utf8)) + [0] + string(Array(line.utf8))
    : string(Array("subsystem".utf8)) + [0] + string(Array("sftp".utf8))
  feed(packet([98] + number(5) + program), .fromClient)
  var index = 0
  while index + 3 <= input.count {
    let direction: Direction = input[index] & 1 == 0 ? .fromClient : .fromServer
    let isGap = input[index] & 0x0e == 0x0e
    let length = Int(input[index + 1]) << 8 | Int(input[index + 2])
    index += 3
    if isGap {
      parser.skip(Gap(byteCount: 64, reason: .notCaptured), from: direction, at: position, into: &events)
      continue
    }
    let end = min(input.count, index + length)
    while index < end {
      let piece = Array(input[index..<min(end, index + min(stride, end - index))])
      feed(packet([94] + number(direction == .fromClient ? 5 : 0) + string(piece)), direction)
      index += piece.count
    }
  }
  parser.finish(at: position, into: &events)
  return events.compactMap { event in
    switch event {
    case .exchange(let exchange):
      if case .file(let file) = exchange.shape { "\(file) \(exchange.incompleteReason ?? "-")" } else { nil }
    case .anomaly(let anomaly): anomaly.code.name.hasPrefix("ssh-") ? nil : "\(anomaly)"
    case .facts, .tunnel: nil
    }
  }
}
