import Bytes
import Model
import Parsers
import Policy

/// The input is what goes through a channel whose requests are judged before they go on, or whose output is masked: a byte that says
/// which, then pieces, each a byte with its direction, a byte with its length, and bytes. However it is cut, what is asked and what
/// goes on is the same, and nothing of the client's goes on that is not in it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSSHRequests(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard let kind = bytes.first else { return 0 }
  let pieces = pieces(Array(bytes.dropFirst()))
  let stories: [(Int) -> String] = [{ files(pieces, $0) }, { push(pieces, $0) }, { output(pieces, $0) }]
  let story = stories[Int(kind) % stories.count]
  let whole = story(.max)
  for size in [1, 3] {
    let split = story(size)
    if split != whole { print("whole: \(whole)\nsplit: \(split)") }
    precondition(split == whole, "cut otherwise it is something else")
  }
  return 0
}

private typealias Piece = (isClient: Bool, bytes: [UInt8])

private func pieces(_ input: [UInt8]) -> [Piece] {
  var found: [Piece] = []
  var index = 0
  while index + 2 <= input.count {
    let end = min(input.count, index + 2 + Int(input[index + 1]))
    found.append((input[index] & 1 == 0, Array(input[(index + 2)..<end])))
    index = end
  }
  return found
}

private func cut(_ bytes: [UInt8], _ size: Int) -> [[UInt8]] {
  stride(from: 0, to: bytes.count, by: min(size, max(1, bytes.count))).map { start in
    Array(bytes[start..<min(bytes.count, start + min(size, bytes.count))])
  }
}

private let secrets = SecretHasher(key: [1])

private func files(_ pieces: [Piece], _ size: Int) -> String {
  var reader = SFTPRequestReader(channel: 0, software: "OpenSSH_9", secrets: secrets)
  var told = ""
  var said: [UInt8] = []
  var messages: [SFTPRequestReader.Message] = []
  do throws(DecodeError) {
    for piece in pieces {
      for part in cut(piece.bytes, size) {
        if piece.isClient {
          try reader.receive(fromClient: part, into: &messages)
        } else {
          try reader.receive(fromServer: part, into: &said)
        }
      }
    }
  } catch {
    told = "ends"
  }
  for message in messages { told += "\(message.request) \(message.bytes)\n" }
  // What the server says behind its last fault is not shown: how much of it was before depends on the cut.
  return told.contains("ends") ? told : "\(told)\(said) \(reader.unread)"
}

private func push(_ pieces: [Piece], _ size: Int) -> String {
  var reader = PushRequestReader(repository: "/r", secrets: secrets)
  var told = ""
  var passed: [UInt8] = []
  var sent: [UInt8] = []
  var isOver = false
  do throws(DecodeError) {
    for piece in pieces {
      for part in cut(piece.bytes, size) {
        guard piece.isClient else {
          reader.receive(fromServer: part)
          continue
        }
        sent += part
        var rest: [UInt8] = []
        if let commands = try reader.receive(fromClient: part, rest: &rest) {
          passed += commands
          let names = reader.push(at: .epoch)?.push.updates.map { "\($0.name) \($0.old ?? "-") \($0.new ?? "-")" }
          told += "\(names ?? []) \(reader.isEmpty) \(reader.isExact)"
          _ = reader.refusal("no\nway")
        }
        passed += rest
      }
    }
  } catch {
    isOver = true
  }
  precondition(sent.starts(with: passed), "something else goes on")
  return isOver ? "\(told) ends" : "\(told) \(passed) \(reader.unread)"
}

private let policy = try? PolicyDocument.parse(
  yaml: "version: 1\ndefault: allow\nmasking: [{ detect: [email, payment-card, jwt, password], action: redact }]",
  name: "fuzz")

private func output(_ pieces: [Piece], _ size: Int) -> String {
  guard let plan = policy?.masking.rules(protocolName: "ssh", database: nil, server: "a"),
    var mask = OutputMask(plan, hasher: secrets)
  else { preconditionFailure("nothing is masked") }
  var out: [UInt8] = []
  do throws(BodyMaskFailure) {
    for piece in pieces {
      for part in cut(piece.bytes, size) { out += try mask.feed(part.span) }
    }
  } catch {
    return "ends"
  }
  out += mask.finish()
  return "\(out)"
}
