// From the bytes of a push to its commits and their differences, on one thread: what reading a pack costs.
//   bench-git-pack PACK TIP
import Bytes
import Foundation
import Model
import Parsers

guard CommandLine.arguments.count == 3, let pack = FileHandle(forReadingAtPath: CommandLine.arguments[1]) else {
  print("usage: bench-git-pack PACK TIP")
  exit(3)
}
let tip = CommandLine.arguments[2]
let none = String(repeating: "0", count: tip.count)

func packet(_ text: String) -> [UInt8] {
  let digits = String(text.utf8.count + 4, radix: 16)
  return Array((String(repeating: "0", count: 4 - digits.count) + digits + text).utf8)
}

/// The client's side of the push is what is read.
@MainActor func measure() throws {
  var parser = GitParser(options: ParserOptions(secrets: SecretHasher(key: [1]), flow: FlowID(0)))
  var events: [ParserEvent] = []
  let position = StreamPosition(time: .epoch, origin: .unknown)
  let clock = ContinuousClock()
  let begun = clock.now
  func give(_ bytes: [UInt8], _ direction: Direction) {
    parser.receive(bytes.span, from: direction, at: position, into: &events)
  }
  give(packet("git-receive-pack /bench.git\0host=bench\0"), .fromClient)
  give(packet("\(none) capabilities^{}\0report-status\n") + Array("0000".utf8), .fromServer)
  give(packet("\(none) \(tip) refs/heads/main\0report-status") + Array("0000".utf8), .fromClient)
  // Pieces as TCP delivers them.
  while let piece = try pack.read(upToCount: 64 << 10), !piece.isEmpty { give(Array(piece), .fromClient) }
  let read = clock.now - begun
  parser.finish(at: position, into: &events)
  let took = clock.now - begun
  for case .exchange(let exchange) in events {
    guard case .repository(let push) = exchange.shape else { continue }
    let size = push.pack.map { "\($0)" } ?? "-"
    print("\(push.commits.count) commits, \(push.history?.byteCount ?? 0) bytes of history, \(size)")
    print("notes: \(push.notes)")
  }
  print("pack \(read), in all \(took)")
}

try measure()
