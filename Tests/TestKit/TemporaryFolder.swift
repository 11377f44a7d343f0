public import Foundation

/// A folder that lives as long as a closure.
public enum TemporaryFolder {
  /// Makes a folder, runs `body` in it, and removes it with all that it holds.
  public static func with<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "exhibit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}
