import Foundation
import TestKit
import Testing

/// What is said of statements, beside what they did to a real server.
@Suite struct ClassificationLiveTests {
  private static var isPossible: Bool {
    ["/usr/bin/psql", "/usr/bin/tcpdump"].allSatisfy(FileManager.default.isExecutableFile) && hasPython
  }

  /// Where scripts/lab/paths.sh says that it is.
  private static var hasPython: Bool {
    let environment = ProcessInfo.processInfo.environment
    let cache =
      environment["EXHIBIT_CACHE"]
      ?? (environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "/tmp") + "/.cache") + "/exhibit"
    return FileManager.default.isExecutableFile(
      atPath: (environment["EXHIBIT_VENV"] ?? cache + "/venv") + "/bin/python")
  }

  private struct Figures: Decodable {
    var statements: Int
    var writesCalledRead: Int
    var unknown: Int
    var unexpected: Int
    var unmatched: Int
    var hidden: Int
    var hiddenCalledRead: Int
  }

  @Test(.enabled(if: isPossible, "no psql, tcpdump or Python environment here"))
  func `no statement that changes something is called a read`() throws {
    let script = Checkout.root.appending(path: "Tests/Live/classification/run.sh").path
    let done = try ExhibitProcess.run([script, ExhibitProcess.executable.path], program: "/bin/bash")
    let line = try #require(done.out.split(separator: "\n").last { $0.hasPrefix("figures ") }, "\(done.error)")
    let figures = try JSONDecoder().decode(Figures.self, from: Data(line.dropFirst("figures ".count).utf8))
    #expect(figures.writesCalledRead == 0, "\(done.out)")
    #expect(figures.statements >= 800)
    #expect(figures.unknown * 100 <= figures.statements * 3, "\(done.out)")
    // Each ran as its file says, and each was found in the capture.
    #expect(figures.unexpected == 0 && figures.unmatched == 0, "\(done.out)")
    #expect(done.code == 0, "\(done.error)")
    // What no text shows is counted, and the documentation says how much of it there is.
    #expect(figures.hidden > 0 && figures.hiddenCalledRead <= figures.hidden)
  }
}
