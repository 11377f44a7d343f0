public import Foundation

/// Headless Chromium and other tools that look at a page from outside.
public enum Browser {
  public static let chromium = tool("chromium-headless-shell") ?? tool("chromium")
  public static let node = tool("node")
  public static let xmllint = tool("xmllint")
  public static let pdftotext = tool("pdftotext")

  public static func tool(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  public struct Output {
    public let status: Int32
    public let out: String
    public let err: String
  }

  public static func run(_ tool: String, _ arguments: [String]) throws -> Output {
    let folder = try Folder()
    let (out, err) = (folder.url.appending(path: "out"), folder.url.appending(path: "err"))
    for file in [out, err] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
    let process = Process()
    process.executableURL = URL(filePath: tool)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    try process.run()
    process.waitUntilExit()
    return Output(
      status: process.terminationStatus, out: String(decoding: try Data(contentsOf: out), as: UTF8.self),
      err: String(decoding: try Data(contentsOf: err), as: UTF8.self))
  }

  /// The page's document after its script ran, and what the console said.
  public static func open(_ page: URL, fragment: String = "", extra: [String] = []) throws -> Output {
    guard let chromium else { return Output(status: -1, out: "", err: "") }
    let profile = try Folder()
    return try run(
      chromium,
      [
        "--no-sandbox", "--headless", "--disable-gpu", "--enable-logging=stderr", "--v=0",
        "--user-data-dir=\(profile.url.path)",
      ] + extra + ["--dump-dom", page.absoluteString + fragment])
  }
}

/// A folder that is gone afterwards.
public final class Folder {
  public let url: URL

  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "exhibit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  public func write(_ text: String, _ name: String) throws -> URL {
    let file = url.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file
  }
}
