public import Foundation

/// A folder of samples with a capture in it.
public struct Sample: Sendable, CustomStringConvertible {
  /// `postgres/auth`
  public let name: String
  public let folder: URL
  /// The file that begins with `input` or `evidence`.
  public let capture: URL
  /// `keys.log`, where what is encrypted can be opened.
  public var keys: URL? {
    let file = folder.appending(path: "keys.log")
    return FileManager.default.fileExists(atPath: file.path) ? file : nil
  }

  /// `transcripts`, where agents worked in the capture.
  public var transcripts: URL? {
    let folder = folder.appending(path: "transcripts")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }

  /// `server.csv`, what the server wrote down itself, where it is evidence too.
  public var serverLog: URL? {
    let file = folder.appending(path: "server.csv")
    return FileManager.default.fileExists(atPath: file.path) ? file : nil
  }

  public var description: String { name }

  /// All of the repository, in order of name.
  public static let all: [Sample] = {
    let root = Checkout.root.appending(path: "samples")
    let files =
      FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
    return files.compactMap { file -> Sample? in
      guard file.lastPathComponent.hasPrefix("input.") || file.lastPathComponent.hasPrefix("evidence.") else {
        return nil
      }
      let folder = file.deletingLastPathComponent()
      let name = folder.path.dropFirst(root.path.count + 1)
      return Sample(name: String(name), folder: folder, capture: file)
    }.sorted { $0.name < $1.name }
  }()
}
