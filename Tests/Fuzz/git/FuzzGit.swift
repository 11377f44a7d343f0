import Bytes
import Model
import Parsers

/// The first byte says whether a whole conversation follows, the pack of a push or calls over HTTP. How it is cut must not
/// matter.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGit(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard bytes.count > 2 else { return 0 }
  if bytes[0] & 2 != 0 {
    fuzzCalls(Array(bytes.dropFirst()))
    return 0
  }
  let pieces = bytes[0] & 1 == 0 ? conversation(Array(bytes.dropFirst())) : push(Array(bytes.dropFirst()))
  let (whole, single) = (run(pieces, stride: .max), run(pieces, stride: 1))
  if whole != single {
    for text in whole { print("whole: \(text)") }
    for text in single { print("split: \(text)") }
    preconditionFailure("split pieces give another conversation: \(whole.count) and \(single.count) events")
  }
  return 0
}

private enum Piece {
  case bytes(Direction, [UInt8])
  case gap(Direction, UInt64)
}

private func packet(_ text: String) -> [UInt8] {
  let digits = String(text.utf8.count + 4, radix: 16)
  return Array((String(repeating: "0", count: 4 - digits.count) + digits + text).utf8)
}

/// A byte with the service; then pieces: a byte with direction and kind, a length, bytes.
private func conversation(_ bytes: [UInt8]) -> [Piece] {
  let services = ["git-upload-pack", "git-receive-pack", "git-upload-archive"]
  var pieces: [Piece] = [.bytes(.fromClient, packet("\(services[Int(bytes[0]) % 3]) /r\0host=h\0"))]
  var index = 1
  while index + 3 <= bytes.count {
    let direction: Direction = bytes[index] & 1 == 0 ? .fromClient : .fromServer
    let length = Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
    let isGap = bytes[index] & 0x0e == 0x0e
    index += 3
    if isGap {
      pieces.append(.gap(direction, UInt64(length)))
      continue
    }
    let end = min(bytes.count, index + length)
    pieces.append(.bytes(direction, Array(bytes[index..<end])))
    index = end
  }
  return pieces
}

/// A byte with the format of ids; then the pack, with whatever checksum.
private func push(_ bytes: [UInt8]) -> [Piece] {
  let isLong = bytes[0] & 1 == 1
  let none = String(repeating: "0", count: isLong ? 64 : 40)
  let some = String(repeating: "1", count: isLong ? 64 : 40)
  let format = isLong ? " object-format=sha256" : ""
  return [
    .bytes(.fromClient, packet("git-receive-pack /r\0host=h\0")),
    .bytes(.fromServer, packet("\(none) capabilities^{}\0report-status\(format)\n") + Array("0000".utf8)),
    .bytes(.fromClient, packet("\(none) \(some) refs/heads/x\0report-status\(format)") + Array("0000".utf8)),
    .bytes(.fromClient, Array(bytes.dropFirst())),
  ]
}

private func run(_ pieces: [Piece], stride: Int) -> [String] {
  var parser = GitParser(options: ParserOptions(bodyLimit: 4096, secrets: SecretHasher(key: [1]), flow: FlowID(0)))
  var events: [ParserEvent] = []
  let position = StreamPosition(time: .epoch, origin: .unknown)
  for piece in pieces {
    switch piece {
    case .gap(let direction, let count):
      parser.skip(Gap(byteCount: count, reason: .notCaptured), from: direction, at: position, into: &events)
    case .bytes(let direction, let bytes):
      var index = 0
      while index < bytes.count {
        let next = min(bytes.count, index + min(stride, bytes.count - index))
        parser.receive(bytes.span.extracting(index..<next), from: direction, at: position, into: &events)
        index = next
      }
    }
  }
  parser.finish(at: position, into: &events)
  // A piece in which one exchange ends and another begins is counted to the first of them.
  return events.map { event in
    let text = "\(event)"
    guard let from = text.firstRange(of: ", startedAt:"), let to = text.firstRange(of: ", incompleteReason:"),
      from.lowerBound < to.lowerBound
    else { return text }
    return String(text[..<from.lowerBound] + text[to.lowerBound...])
  }
}
