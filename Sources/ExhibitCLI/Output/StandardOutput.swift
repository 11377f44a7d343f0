import Foundation
import Replay

/// Writes whole strings to file descriptor 1, collected into large writes.
enum StandardOutput {
  static func write(_ text: String) {
    write(Array(text.utf8), to: 1)
  }

  static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  static var isTerminal: Bool { isatty(1) == 1 }

  /// Lines can be written to any place of it. A dumb terminal gets text.
  static var canBePlayedOn: Bool {
    isTerminal && ColourDepth.isAddressable(ProcessInfo.processInfo.environment["TERM"] ?? "")
  }

  /// NO_COLOR (no-color.org) and a dumb terminal switch colour off.
  static var wantsColour: Bool {
    let environment = ProcessInfo.processInfo.environment
    return isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }
}

/// Writes to file descriptor 2.
enum StandardError {
  static func line(_ text: String) { StandardOutput.write(Array((text + "\n").utf8), to: 2) }
  static func text(_ text: String) { StandardOutput.write(Array(text.utf8), to: 2) }
  static var isTerminal: Bool { isatty(2) == 1 }
}
