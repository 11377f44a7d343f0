import Foundation
import Model
import Replay

/// Plays in a real terminal: reads keys, waits, and prints what the player says.
struct PlayerScreen {
  let transcript: Transcript

  func run(_ player: inout Player) throws {
    let terminal = RawTerminal()
    defer {
      clearStatus()
      terminal.restore()
    }
    StandardOutput.write(transcript.header)
    while true {
      if player.needsRedraw { StandardOutput.write("\u{1b}[2J\u{1b}[H" + transcript.header) }
      switch player.next {
      case .end: return
      case .wait:
        status(player)
        guard try key(&player, waitNanoseconds: nil) else { return }
      case .show(let index, let wait):
        status(player)
        if wait > 0 {
          // A key changes what comes next; then the wait begins anew.
          switch waitForKey(nanoseconds: wait) {
          case .none: break
          case .some(let pressed):
            guard pressed.map({ player.press($0) }) ?? true else { return }
            continue
          }
        } else if let pressed = waitForKey(nanoseconds: 0), let key = pressed {
          guard player.press(key) else { return }
        }
        clearStatus()
        StandardOutput.write(try transcript.text(of: player.timeline.events[index]))
        player.shown()
      }
    }
  }

  private func key(_ player: inout Player, waitNanoseconds: Int64?) throws -> Bool {
    guard let pressed = waitForKey(nanoseconds: waitNanoseconds), let key = pressed else { return true }
    return player.press(key)
  }

  /// A key: nil when none came in time, an inner nil for one that means nothing.
  private func waitForKey(nanoseconds: Int64?) -> Player.Key?? {
    var descriptor = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    let milliseconds = nanoseconds.map { Int32(clamping: $0 / 1_000_000) } ?? -1
    guard unsafe poll(&descriptor, 1, milliseconds) > 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 8)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
    guard count > 0 else { return .some(.quit) }
    switch String(decoding: bytes.prefix(count), as: UTF8.self) {
    case " ": return .some(.pause)
    case "\u{1b}[C", "l", "n": return .some(.forward)
    case "\u{1b}[D", "h", "p": return .some(.back)
    case "+", "=", "\u{1b}[A": return .some(.faster)
    case "-", "\u{1b}[B": return .some(.slower)
    case "s": return .some(.skipIdle)
    case "g": return .some(.first)
    case "G": return .some(.last)
    case "q", "\u{3}", "\u{4}": return .some(.quit)
    default: return .some(nil)
    }
  }

  private func status(_ player: Player) {
    StandardOutput.write("\r\u{1b}[K\u{1b}[7m \(player.status)  space ←→ + - s g G q \u{1b}[0m")
  }

  private func clearStatus() { StandardOutput.write("\r\u{1b}[K") }
}

/// A terminal that gives keys one by one, until it is restored.
struct RawTerminal {
  private var saved = termios()

  init() {
    _ = unsafe tcgetattr(0, &saved)
    var raw = saved
    raw.c_lflag &= ~UInt32(ICANON | ECHO | ISIG)
    _ = unsafe tcsetattr(0, TCSANOW, &raw)
  }

  func restore() {
    var saved = saved
    _ = unsafe tcsetattr(0, TCSANOW, &saved)
  }
}
