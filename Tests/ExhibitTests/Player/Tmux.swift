import Foundation
import TestKit
import Testing

/// A terminal that is not ours: a server of tmux with one window, which lives as long as a closure.
struct Tmux {
  struct Failure: Error, CustomStringConvertible { var description: String }

  /// Time after which a terminal that does not show what it should never will.
  private static let patience: TimeInterval = 30

  static let isPossible = ["tmux", "python3", "bash"].allSatisfy { name in
    ["/usr/bin", "/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
  }

  private let socket: String

  /// Runs a command line of bash in a window of that size.
  static func with<Result>(
    columns: Int, rows: Int, _ command: String, _ body: (Tmux) throws -> Result
  ) throws -> Result {
    try TemporaryFolder.with { folder in
      let tmux = Tmux(socket: folder.appending(path: "s").path)
      try tmux.run(
        "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
        "env -u NO_COLOR COLORTERM=truecolor bash --norc --noprofile -c \(quoted(command))",
        startsServer: true)
      defer { _ = try? tmux.run("kill-server") }
      return try body(tmux)
    }
  }

  static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

  @discardableResult
  private func run(_ arguments: String..., startsServer: Bool = false) throws -> String {
    let process = Process()
    process.setUnblocked("/usr/bin/tmux", ["-S", socket, "-f", "/dev/null"] + arguments, startsServer: startsServer)
    let output = Pipe()
    process.standardOutput = startsServer ? FileHandle.nullDevice : output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let said = startsServer ? Data() : try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(description: "tmux \(arguments): no success") }
    return String(decoding: said, as: UTF8.self)
  }

  /// Presses keys by tmux's names for them: `Space`, `Enter`, `Up`, `C-z`.
  func press(_ keys: String...) throws { for key in keys { try run("send-keys", key) } }

  func type(_ text: String) throws { try run("send-keys", "-l", text) }

  func resize(columns: Int, rows: Int) throws { try run("resize-window", "-x", "\(columns)", "-y", "\(rows)") }

  /// What the window shows, with the attributes as SGR if wanted; blanks at the ends of rows left out.
  func lines(attributes: Bool = false) throws -> [String] {
    let text = attributes ? try run("capture-pane", "-p", "-e") : try run("capture-pane", "-p")
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { line in
      var line = String(line)
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// A format of tmux: `cursor_x`, `alternate_on`, `cursor_flag`.
  func value(_ name: String) throws -> String {
    try run("display-message", "-p", "#{\(name)}").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Waits until it shows what is wanted.
  @discardableResult
  func wait(_ what: String, until isThere: ([String]) throws -> Bool) throws -> [String] {
    let end = Date().addingTimeInterval(Self.patience)
    var last: [String] = []
    repeat {
      last = try lines()
      if try isThere(last) { return last }
    } while Date() < end
    throw Failure(description: "not seen: \(what)\n" + last.joined(separator: "\n"))
  }

  @discardableResult
  func wait(for text: String) throws -> [String] { try wait(text) { $0.contains { $0.contains(text) } } }
}
