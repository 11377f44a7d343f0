import Foundation
import Model
import Replay

/// Gives a player a real terminal: keys, size, time.
struct PlayerScreen {
  /// Plays until the person leaves, or the input ends.
  func run(_ player: inout Player) throws {
    let terminal = RawTerminal()
    StandardOutput.write(Player.begin)
    defer {
      StandardOutput.write(Player.end)
      terminal.restore()
    }
    while !player.isFinished {
      player.resize(to: Self.size)
      StandardOutput.write(try player.output(at: Self.now))
      switch Self.keys(within: player.wait) {
      case .none: player.finish()
      case .some(let bytes): try player.receive(bytes, at: Self.now)
      }
    }
  }

  static var size: WindowSize {
    var size = winsize()
    guard unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0 else { return WindowSize(columns: 0, rows: 0) }
    return WindowSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  /// Nanoseconds of a clock that never goes back.
  private static var now: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// What was typed; empty when nothing was in time, nil at the end of the input.
  private static func keys(within nanoseconds: Int64?) -> [UInt8]? {
    var descriptor = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    // Half a second at the most: a terminal that changes its size says so by a signal, which may have come before.
    let milliseconds = nanoseconds.map { min(500, max(1, ($0 + 999_999) / 1_000_000)) } ?? 500
    guard unsafe poll(&descriptor, 1, Int32(milliseconds)) > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { return [] }
    return count > 0 ? Array(bytes.prefix(count)) : nil
  }
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
