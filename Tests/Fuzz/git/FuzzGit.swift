import Bytes
import Model

@testable import Parsers

/// The first byte chooses what is read: a conversation, a call over HTTP, a bare pack, two texts to compare. What the
/// pieces are must not matter.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGit(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard let kind = bytes.first else { return 0 }
  let rest = Array(bytes.dropFirst())
  switch kind % 4 {
  case 0:
    precondition(converse(rest, stride: .max) == converse(rest, stride: 1), "split pieces give another conversation")
  case 1: call(rest)
  case 2:
    precondition(unpack(rest, stride: .max) == unpack(rest, stride: 1), "split pieces give another pack")
  default: compare(rest)
  }
  return 0
}

private let options = ParserOptions(bodyLimit: 4096, secrets: SecretHasher(key: [1]), flow: FlowID(0))

/// A byte with the service; then pieces: a byte with direction and kind, a length, bytes.
private func converse(_ bytes: [UInt8], stride: Int) -> [String] {
  let services = ["git-upload-pack", "git-receive-pack", "git-upload-archive"]
  guard let first = bytes.first,
    var reader = GitReader(service: services[Int(first) % 3], repository: "/r", options: options)
  else { return [] }
  var events: [ParserEvent] = []
  var index = 1
  let position = StreamPosition(time: .epoch, origin: .unknown)
  while index + 3 <= bytes.count {
    let direction: Direction = bytes[index] & 1 == 0 ? .fromClient : .fromServer
    let length = Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
    let isGap = bytes[index] & 0x0e == 0x0e
    index += 3
    if isGap {
      reader.skip(
        Gap(byteCount: UInt64(length), reason: .notCaptured), from: direction, at: position, into: &events)
      continue
    }
    let end = min(bytes.count, index + length)
    while index < end {
      let next = min(end, index + min(stride, end - index))
      reader.receive(bytes.span.extracting(index..<next), from: direction, at: position, into: &events)
      index = next
    }
  }
  reader.finish(at: position, into: &events)
  return events.map { "\($0)" }
}

private func call(_ bytes: [UInt8]) {
  let path = bytes.first ?? 0
  let paths = ["/r/info/refs", "/r/git-upload-pack", "/r/git-receive-pack", "/r/git-upload-archive"]
  let query = path & 8 == 0 ? "service=git-upload-pack" : "service=git-receive-pack"
  guard
    var reader = GitCallReader(
      method: path & 3 == 0 ? "GET" : "POST", path: paths[Int(path & 3)], query: query, requestType: nil,
      responseType: nil, protocolHeader: path & 16 == 0 ? nil : "version=2", options: options)
  else { return }
  var events: [ParserEvent] = []
  let position = StreamPosition(time: .epoch, origin: .unknown)
  let middle = bytes.count > 1 ? min(bytes.count, 1 + Int(bytes[1]) * 4) : bytes.count
  if middle > 2 {
    reader.receive(bytes.span.extracting(2..<middle), from: .fromClient, at: position, into: &events)
  }
  reader.receive(bytes.span.extracting(middle..<bytes.count), from: .fromServer, at: position, into: &events)
  _ = reader.finish()
}

/// The bare pack, with whatever checksum, and its history.
private func unpack(_ bytes: [UInt8], stride: Int) -> [String] {
  guard let first = bytes.first else { return [] }
  var reader = PackReader(format: first & 1 == 0 ? .sha1 : .sha256)
  var index = 1
  while index < bytes.count {
    let next = min(bytes.count, index + min(stride, bytes.count - index))
    reader.receive(bytes.span.extracting(index..<next))
    index = next
  }
  reader.finish()
  var history = HistoryBuilder(objects: ObjectLookup(pack: reader.objects, source: nil), bodyLimit: 4096)
  history.build(commits: reader.objects.commits, tips: [])
  return ["\(reader.facts)", "\(reader.problem ?? "-")", "\(history.commits)", "\(history.text.map { "\($0)" } ?? "-")"]
}

/// Two texts, parted by the byte 0xff. Applied to the first, the difference must give the second.
private func compare(_ bytes: [UInt8]) {
  let parts = bytes.split(separator: 0xff, maxSplits: 1, omittingEmptySubsequences: false)
  guard parts.count == 2 else { return }
  let diff = LineDiff(Array(parts[0]), Array(parts[1]), stepLimit: 200_000)
  let kept = { (side: LineTable.Side) in
    (0..<side.count).filter { !side.isChanged[$0] }.map { side.bytes[side.starts[$0]..<side.starts[$0 + 1]] }
  }
  precondition(kept(diff.table.old) == kept(diff.table.new), "what did not change differs")
  _ = UnifiedDiff(Array(parts[0]), Array(parts[1]), stepLimit: 200_000)
}
