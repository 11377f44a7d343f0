import Foundation

/// Chromium without a window, which prints a page to PDF.
struct PaperPrinter {
  private static let names = ["chromium-headless-shell", "chromium", "google-chrome"]
  /// Seconds after which it is taken to hang.
  private static let patience = 180.0

  private let program: URL

  /// Finds it on `PATH`.
  ///
  /// - Throws: `CommandError` when there is none.
  init() throws {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let candidates = Self.names.flatMap { name in path.split(separator: ":").map { "\($0)/\(name)" } }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw CommandError(
        "--pdf needs one of \(Self.names.joined(separator: ", ")) on PATH; install one, or print the HTML report "
          + "from a browser"
      )
    }
    program = URL(filePath: found)
  }

  /// Prints the page that `write` writes to the path it is given.
  ///
  /// - Throws: `CommandError` when there is no PDF afterwards; what `write` throws.
  func print(to path: String, _ write: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "exhibit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (page, paper) = (folder.appending(path: "report.html"), folder.appending(path: "report.pdf"))
    try write(page.path)
    let process = Process()
    process.executableURL = program
    // The page is ours and loads nothing; as root the sandbox does not start.
    process.arguments =
      (getuid() == 0 ? ["--no-sandbox"] : []) + [
        "--headless", "--disable-gpu", "--user-data-dir=\(folder.appending(path: "profile").path)",
        "--no-pdf-header-footer", "--print-to-pdf=\(paper.path)", page.absoluteString,
      ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let end = Date(timeIntervalSinceNow: Self.patience)
    while process.isRunning, Date() < end { Thread.sleep(forTimeInterval: 0.05) }
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
    guard process.terminationStatus == 0, let data = FileManager.default.contents(atPath: paper.path), !data.isEmpty
    else { throw CommandError("\(path): \(program.lastPathComponent) did not print the report") }
    try ReportFile.write(Array(data), to: path)
  }
}
