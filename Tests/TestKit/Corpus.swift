public import Foundation

/// The shared corpus of real captures, which is not part of the repository; tests that need it are skipped without it.
public enum Corpus {
  /// `EXHIBIT_CORPUS`, or `../shared/corpus` beside the checkout.
  public static let root: URL? = {
    let named = ProcessInfo.processInfo.environment["EXHIBIT_CORPUS"]
    let beside = Checkout.root.appending(path: "../shared/corpus").standardizedFileURL
    let root = named.map { URL(filePath: $0) } ?? beside
    return FileManager.default.fileExists(atPath: root.appending(path: "INDEX.md").path) ? root : nil
  }()

  public static var isPresent: Bool { root != nil }

  /// What a skipped test says.
  public static let absence = "the shared corpus is not here"
}

/// This checkout, found from this file's own place in it.
public enum Checkout {
  public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
}
