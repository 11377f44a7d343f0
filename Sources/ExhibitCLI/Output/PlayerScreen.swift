import Foundation
import Model
import Replay

/// Gives a player a real terminal: keys, size, time, signals.
struct PlayerScreen {
  /// Typed, it stops the program as `ISIG` would have had it.
  private static let controlZ: UInt8 = 0x1A

  /// Plays until the person leaves, the input ends, or a signal ends the program; the terminal is as it was then.
  func run(_ player: inout Player) throws {
    let signals = try SignalPipe()
    let terminal = RawTerminal()
    enter(terminal, &player)
    defer { leave(terminal) }
    while !player.isFinished {
      player.resize(to: Self.size)
      StandardOutput.write(try player.output(at: Self.now))
      let ready = Self.wait(player.wait, signals.descriptor)
      for signal in ready.hasSignal ? signals.take() : [] {
        switch signal {
        case SIGTSTP: suspend(signals, terminal, &player)
        // Whoever stopped the program may have changed the terminal.
        case SIGCONT: enter(terminal, &player)
        case SIGWINCH: break
        default:
          leave(terminal)
          signals.deliver(signal)
          // Still here: whoever started the program has it ignore the signal.
          enter(terminal, &player)
        }
      }
      guard ready.hasKeys else {
        if !ready.hasSignal { try player.receive([], at: Self.now) }
        continue
      }
      guard var bytes = Self.keys() else {
        player.finish()
        break
      }
      if bytes.contains(Self.controlZ) {
        suspend(signals, terminal, &player)
        bytes.removeAll { $0 == Self.controlZ }
      }
      try player.receive(bytes, at: Self.now)
    }
  }

  private func enter(_ terminal: RawTerminal, _ player: inout Player) {
    terminal.enter()
    StandardOutput.write(Player.begin)
    player.redraw()
  }

  private func leave(_ terminal: RawTerminal) {
    StandardOutput.write(Player.end)
    terminal.restore()
  }

  /// Stops the program, with the terminal as it was, and goes on when it is told to.
  private func suspend(_ signals: SignalPipe, _ terminal: RawTerminal, _ player: inout Player) {
    leave(terminal)
    signals.deliver(SIGTSTP)
    enter(terminal, &player)
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

  /// Waits for keys or a signal, and for no longer than that.
  private static func wait(_ nanoseconds: Int64?, _ signals: Int32) -> (hasKeys: Bool, hasSignal: Bool) {
    var descriptors = [
      pollfd(fd: 0, events: Int16(POLLIN), revents: 0), pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
    ]
    // Half a second at the most, for systems that do not tell of a new size.
    let milliseconds = nanoseconds.map { min(500, max(1, ($0 + 999_999) / 1_000_000)) } ?? 500
    let count = unsafe descriptors.withUnsafeMutableBufferPointer { buffer in
      unsafe poll(buffer.baseAddress, nfds_t(buffer.count), Int32(milliseconds))
    }
    guard count > 0 else { return (false, false) }
    return (descriptors[0].revents != 0, descriptors[1].revents != 0)
  }

  /// What was typed; nil at the end of the input.
  private static func keys() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { return [] }
    return count > 0 ? Array(bytes.prefix(count)) : nil
  }
}

/// A terminal that gives keys one by one, until it is restored.
struct RawTerminal {
  private var saved = termios()

  init() { _ = unsafe tcgetattr(0, &saved) }

  func enter() {
    var raw = saved
    raw.c_lflag &= ~UInt32(ICANON | ECHO | ISIG)
    _ = unsafe tcsetattr(0, TCSANOW, &raw)
  }

  func restore() {
    var saved = saved
    _ = unsafe tcsetattr(0, TCSANOW, &saved)
  }
}
