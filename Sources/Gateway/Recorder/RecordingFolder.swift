import Glibc
import Model

/// The folder of a recording: its segments, `segment-00000001.pcapng` and so on.
struct RecordingFolder: Sendable {
  let path: String
  /// Number of the segment to begin.
  let nextSegment: UInt32
  private let lock: FolderLock

  init(_ path: String) throws(RecorderError) {
    self.path = path
    if unsafe mkdir(path, 0o700) != 0, errno != EEXIST { throw RecorderError.system(errno, path) }
    lock = try FolderLock(path)
    var last: UInt32 = 0
    for name in try RecordingFolder.names(in: path) {
      if let number = RecordingFolder.number(ofSegment: name) { last = max(last, number) }
    }
    guard last < .max else { throw RecorderError(.folder, "\(path): no number is left for a segment") }
    nextSegment = last + 1
  }

  func path(ofSegment number: UInt32) -> String { path + "/" + RecordingFolder.name(ofSegment: number) }

  static func name(ofSegment number: UInt32) -> String {
    let digits = String(number)
    return "segment-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".pcapng"
  }

  static func number(ofSegment name: String) -> UInt32? {
    guard name.hasPrefix("segment-"), name.hasSuffix(".pcapng") else { return nil }
    guard let number = UInt32(name.dropFirst(8).dropLast(7)), self.name(ofSegment: number) == name else { return nil }
    return number
  }

  /// What an earlier recorder left behind that did not close its log.
  func tail(at time: Timestamp) -> [RecorderLeaf] { [] }

  static func names(in path: String) throws(RecorderError) -> [String] {
    guard let folder = unsafe opendir(path) else { throw RecorderError.system(errno, path) }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}

/// Keeps other recorders out of a folder for as long as it is held.
final class FolderLock: Sendable {
  private let descriptor: Int32

  init(_ path: String) throws(RecorderError) {
    descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw RecorderError.system(errno, path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw RecorderError(.folder, "\(path): another process records into it")
    }
  }

  deinit { close(descriptor) }
}
