import Bytes
import Model
import Parsers

/// Calls of git's smart protocol on one connection of HTTP: a byte for each with service, method, version and framing, the
/// lengths of both bodies in 16 bits each, and the bodies. Cut anywhere they must tell the same.
func fuzzCalls(_ bytes: [UInt8]) {
  let calls = calls(bytes)
  let (whole, single) = (run(calls, stride: .max), run(calls, stride: 1))
  if whole != single {
    for text in whole { print("whole: \(text)") }
    for text in single { print("split: \(text)") }
    preconditionFailure("split pieces give other calls: \(whole.count) and \(single.count) events")
  }
  // Heads are our own and whole, so that each call is told, whatever its bodies hold.
  precondition(whole.count { $0.hasPrefix("exchange(") } >= calls.count, "a call is not told")
}

private struct Call {
  var request: [UInt8] = []
  var response: [UInt8] = []
  /// Bytes of either body that were not captured, at its end.
  var gap: (direction: Direction, count: Int)?
}

private func calls(_ bytes: [UInt8]) -> [Call] {
  var calls: [Call] = []
  var reader = ByteReader(bytes.span)
  while let kind = try? reader.readUInt8(), let asked = try? reader.readUInt16(), let told = try? reader.readUInt16() {
    let request = (try? reader.read(min(Int(asked), reader.remaining)).array) ?? []
    let response = (try? reader.read(min(Int(told), reader.remaining)).array) ?? []
    calls.append(call(kind, request, response))
  }
  return calls
}

private func call(_ kind: UInt8, _ asked: [UInt8], _ told: [UInt8]) -> Call {
  let service = ["git-upload-pack", "git-receive-pack", "git-upload-archive", "git-upload-pack"][Int(kind & 3)]
  let isList = kind & 4 != 0
  let isChunked = kind & 16 != 0
  var call = Call()
  var head = isList ? "GET /r.git/info/refs?service=\(service)" : "POST /r.git/\(service)"
  head += " HTTP/1.1\r\nHost: h\r\n" + (kind & 8 != 0 ? "Git-Protocol: version=2\r\n" : "")
  if !isList { head += "Content-Type: application/x-\(service)-request\r\n" }
  let asked = isList ? [] : asked
  // The last bytes of a body may be missing in the capture.
  let lost = kind & 32 != 0 ? 5 : 0
  let isLostAsked = kind & 64 != 0 && !isList
  call.request = Array(head.utf8) + body(asked, isChunked, lost: isLostAsked ? lost : 0)
  let type = "application/x-\(service)-\(isList ? "advertisement" : "result")"
  call.response =
    Array("HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\n".utf8) + body(told, isChunked, lost: isLostAsked ? 0 : lost)
  if lost > 0 { call.gap = (isLostAsked ? .fromClient : .fromServer, lost) }
  return call
}

/// The fields that frame a body, and the body without the bytes that are lost of it.
private func body(_ bytes: [UInt8], _ isChunked: Bool, lost: Int) -> [UInt8] {
  guard isChunked, lost == 0 else {
    return Array("Content-Length: \(bytes.count + lost)\r\n\r\n".utf8) + bytes
  }
  var written = Array("Transfer-Encoding: chunked\r\n\r\n".utf8)
  for start in stride(from: 0, to: bytes.count, by: 700) {
    let end = min(start + 700, bytes.count)
    written += Array((String(end - start, radix: 16) + "\r\n").utf8) + bytes[start..<end] + Array("\r\n".utf8)
  }
  return written + Array("0\r\n\r\n".utf8)
}

private func run(_ calls: [Call], stride: Int) -> [String] {
  let options = ParserOptions(bodyLimit: 256, secrets: SecretHasher(key: [1]), flow: FlowID(0))
  var parser = HTTPParser(options: options)
  var events: [ParserEvent] = []
  var offsets: [UInt64] = [0, 0]
  func position(_ direction: Direction) -> StreamPosition {
    StreamPosition(time: .epoch, origin: Origin(source: 0, packet: 1, offset: offsets[Int(direction.rawValue)]))
  }
  for call in calls {
    for (direction, bytes) in [(Direction.fromClient, call.request), (.fromServer, call.response)] {
      var index = 0
      while index < bytes.count {
        let next = min(bytes.count, index + min(stride, bytes.count - index))
        parser.receive(bytes.span.extracting(index..<next), from: direction, at: position(direction), into: &events)
        offsets[Int(direction.rawValue)] += UInt64(next - index)
        index = next
      }
      guard let gap = call.gap, gap.direction == direction else { continue }
      let missing = Gap(byteCount: UInt64(gap.count), reason: .notCaptured)
      parser.skip(missing, from: direction, at: position(direction), into: &events)
      offsets[Int(direction.rawValue)] += UInt64(gap.count)
    }
  }
  parser.finish(at: StreamPosition(time: .epoch, origin: .unknown), into: &events)
  return events.map { "\($0)" }
}
