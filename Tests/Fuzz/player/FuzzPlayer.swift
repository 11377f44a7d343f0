import Model
import Replay
import TestKit

/// The first bytes are sizes, a depth of colours and how many keys follow; then keys, and what a program wrote. Whatever
/// they are, the player writes characters with a shape and sequences of its own.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPlayer(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard bytes.count > 8 else { return 0 }
  let keys = Array(bytes[6...].prefix(Int(bytes[5]) % 32))
  let story = story(
    Array(bytes.dropFirst(6 + keys.count)), size: "\(Int(bytes[2]) % 100 + 1)x\(Int(bytes[3]) % 40 + 1)")
  guard let session = story.sessions().first, let timeline = try? Timeline(of: session, from: story) else { return 0 }
  var options = Player.Options()
  options.colours = ColourDepth(rawValue: Int(bytes[4]) % 4) ?? .direct
  let window = WindowSize(columns: Int(bytes[0]) % 120, rows: Int(bytes[1]) % 40)
  var player = Player(timeline, from: story, options: options, size: window)
  guard (try? player.showTerminal(of: "\(session.id).1")) == true else { return 0 }
  var now: Int64 = 0
  func look() {
    guard let out = try? player.output(at: now) else { return }
    check(out)
    precondition((try? player.output(at: now))?.isEmpty != false, "what is shown is written again")
  }
  look()
  for (index, key) in keys.enumerated() {
    now += 700_000_000
    try? player.receive([key], at: now)
    if index % 7 == 6 { player.resize(to: WindowSize(columns: Int(key) % 150, rows: Int(key) % 50)) }
    look()
  }
  player.seek(to: .time(timeline.end))
  look()
  return 0
}

/// A shell that wrote the bytes, nine a record, with changes of size between.
private func story(_ bytes: [UInt8], size: String) -> MemoryCase {
  let story = MemoryCase("fuzz")
  let id = "ses-000000000001"
  story.add(
    Session(
      id: id, protocolName: "ssh", client: "a:1", server: "b:22", user: "u", target: "t",
      startedAt: Timestamp(nanoseconds: 0), endedAt: Timestamp(nanoseconds: 1_000_000_000_000)))
  var records: [StreamRecord] = []
  var at: Int64 = 1_000_000_000
  for start in stride(from: 0, to: bytes.count, by: 9) {
    let piece = Array(bytes[start..<min(start + 9, bytes.count)])
    at += Int64(piece[0]) * 10_000_000
    let isResize = start % 63 == 54
    records.append(
      StreamRecord(
        at: Timestamp(nanoseconds: at), direction: .fromServer, kind: isResize ? .resize : .output,
        bytes: isResize ? Array("\(piece[0])x\(start % 60)".utf8) : piece))
  }
  var shell = Action(
    id: "\(id).1", sessionID: id, sequence: 1, startedAt: Timestamp(nanoseconds: 0),
    endedAt: Timestamp(nanoseconds: at),
    kind: "shell", verb: "SHELL", text: "shell", effect: .execute, status: .ok)
  shell.parameters = "[\"terminal xterm \(size)\"]"
  story.add(shell, records: .records(records))
  for (index, text) in [String(decoding: bytes.prefix(40), as: UTF8.self), "ls"].enumerated() {
    var typed = Action(
      id: "\(id).\(index + 2)", sessionID: id, sequence: index + 2, startedAt: Timestamp(nanoseconds: at / 2),
      endedAt: Timestamp(nanoseconds: at), kind: "shell", verb: "ls", text: text, effect: .write, status: .ok)
    typed.parentID = shell.id
    story.add(typed)
  }
  return story
}

private func check(_ output: String) {
  var isSequence = false
  var hasBegun = false
  for scalar in output.unicodeScalars {
    if isSequence {
      if !hasBegun {
        precondition(scalar == "[", "an escape that is no CSI")
        hasBegun = true
      } else if scalar.value >= 0x40 {
        precondition("HGKJmhl".unicodeScalars.contains(scalar), "a sequence that is not the player's")
        isSequence = false
      } else {
        precondition("0123456789;?".unicodeScalars.contains(scalar), "a parameter that is not the player's")
      }
    } else if scalar == "\u{1b}" {
      (isSequence, hasBegun) = (true, false)
    } else {
      precondition(!TerminalText.isHidden(scalar), "a character without a shape")
    }
  }
  precondition(!isSequence, "an open sequence")
}
