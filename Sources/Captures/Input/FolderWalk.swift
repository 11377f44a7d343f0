import Glibc

/// Lists the files of a folder and of those within, in the order of their names' bytes.
struct FolderWalk {
  enum Found {
    case file(InputPath)
    case problem(InputError)
  }

  private let depthLimit: Int
  private let countLimit: Int
  /// Folders on the way here and before: a link back to one of them is not followed.
  private var visited: Set<FileIdentity> = []
  private(set) var found: [Found] = []

  init(depthLimit: Int, countLimit: Int) {
    self.depthLimit = depthLimit
    self.countLimit = countLimit
  }

  mutating func walk(_ folder: InputPath, depth: Int = 0) {
    do throws(InputError) {
      let status = try FileStatus(folder, followsLinks: true)
      guard visited.insert(status.identity).inserted else { return }
      guard depth < depthLimit else {
        throw InputError(.inputLimit, path: folder.text, reason: "folders nested deeper than \(depthLimit)")
      }
      let names = try FolderWalk.names(in: folder)
      // An evidence log proves what stands beside it, and is verified as a whole.
      let isLog = names.contains(Array("checkpoint".utf8)) && names.contains(Array("tile".utf8))
      let isRecording = names.contains(Array("log".utf8)) && names.contains { $0.starts(with: "segment-".utf8) }
      let passedOver = isLog ? Self.logFiles : isRecording ? Self.recorderFiles : []
      for name in names where !passedOver.contains(String(decoding: name, as: UTF8.self)) {
        guard found.count < countLimit else { return }
        visit(InputPath(folder, name: name), depth: depth)
      }
    } catch {
      found.append(.problem(error))
    }
  }

  /// What an evidence log consists of (docs/formats/evidence-log.md); anything else in its folder is looked at.
  private static let logFiles: Set = ["checkpoint", "checkpoints", "tile", "epochs", "anchors", "lock"]
  /// Beside the segments of a recording, and no evidence (docs/formats/recordings.md).
  private static let recorderFiles: Set = ["reserve", "lock", "holds"]

  private mutating func visit(_ path: InputPath, depth: Int) {
    do throws(InputError) {
      let status = try FileStatus(path, followsLinks: true)
      switch status.kind {
      case .regular: found.append(.file(path))
      case .folder: walk(path, depth: depth + 1)
      case .link, .stream, .special:
        throw InputError(
          .specialFile, path: path.text, reason: "no regular file", advice: "name it by itself to read it")
      }
    } catch {
      found.append(.problem(error))
    }
  }

  private static func names(in folder: InputPath) throws(InputError) -> [[UInt8]] {
    guard let stream = unsafe folder.withCString({ unsafe opendir($0) }) else {
      throw InputError(errno: errno, path: folder.text)
    }
    defer { unsafe closedir(stream) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        unsafe tuple.withMemoryRebound(to: UInt8.self, capacity: 256) { start in
          unsafe Array(UnsafeBufferPointer(start: start, count: strnlen(start, 256)))
        }
      }
      if name != [0x2e], name != [0x2e, 0x2e] { names.append(name) }
    }
    guard errno == 0 else { throw InputError(errno: errno, path: folder.text) }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }
}
