import Bytes
import Model

/// Tells by content whether a stream is an SSH conversation in the clear: by its identification lines (RFC 4253 §4.2).
enum SSHRecognition {
  static func recognize(_ opening: borrowing Opening) -> Recognition {
    let client = identification(opening.fromClient, mayHaveLinesBefore: false)
    let server = identification(opening.fromServer, mayHaveLinesBefore: true)
    if client == .yes { return .yes }
    if server == .yes {
      // Only a server may send lines before; then the other end is the client, whatever is known of it.
      return client == .no && !opening.fromClient.isEmpty && !isPacket(opening.fromClient) ? .no : .yes
    }
    return client == .undecided && server != .no || server == .undecided && client != .no ? .undecided : .no
  }

  private enum Answer { case yes, no, undecided }

  private static func identification(_ bytes: Span<UInt8>, mayHaveLinesBefore: Bool) -> Answer {
    var start = 0
    for _ in 0..<SSHLimits.lines {
      let rest = bytes.extracting(start..<bytes.count)
      if rest.count < 4 {
        return rest.isEmpty ? .undecided : (isPrefix(rest) || start > 0 ? .undecided : .no)
      }
      if rest.starts(with: "SSH-") {
        // Version 1 has another conversation altogether.
        return rest.starts(with: "SSH-2.0-") || rest.starts(with: "SSH-1.99-")
          ? .yes : (rest.count < 9 ? .undecided : .no)
      }
      guard mayHaveLinesBefore else { return .no }
      guard let end = rest.firstIndex(of: 0x0a), end < SSHLimits.lineLength else { return .no }
      start += end + 1
      guard start < bytes.count else { return .no }
    }
    return .no
  }

  private static func isPrefix(_ bytes: Span<UInt8>) -> Bool {
    let tag: [UInt8] = [0x53, 0x53, 0x48, 0x2d]
    for index in bytes.indices where index < tag.count && bytes[index] != tag[index] { return false }
    return true
  }

  /// A client whose identification was not captured.
  private static func isPacket(_ bytes: Span<UInt8>) -> Bool {
    switch SSHFraming.measurePacket(bytes) {
    case .whole, .need: bytes[0] == 0
    case .malformed: false
    }
  }
}
