import Glibc

/// The folder of a recording: its segments, `segment-00000001.pcapng` and so on, `log` with the evidence log, and `holds`.
struct RecordingFolder: Sendable {
  struct Segment: Sendable, Hashable {
    var number: UInt32
    var byteCount: UInt64
    /// When it was last written to, in seconds since the epoch.
    var writtenAt: Int64

    var name: String { RecordingFolder.name(ofSegment: number) }
  }

  let path: String
  private let lock: FolderLock

  /// Makes the folder if it is missing, and keeps other recorders out of it.
  init(_ path: String) throws(RecorderError) {
    self.path = path
    if unsafe mkdir(path, 0o700) != 0, errno != EEXIST { throw RecorderError.system(errno, path) }
    lock = try FolderLock(path)
  }

  /// Lets other recorders in.
  func release() { lock.release() }

  var logPath: String { path + "/log" }
  var holdsPath: String { path + "/holds" }

  func path(ofSegment number: UInt32) -> String { path + "/" + RecordingFolder.name(ofSegment: number) }

  /// All that are there, in order.
  func segments() throws(RecorderError) -> [Segment] {
    var found: [Segment] = []
    for name in try RecordingFolder.names(in: path) {
      guard let number = RecordingFolder.number(ofSegment: name) else { continue }
      var status = stat()
      guard unsafe lstat(path + "/" + name, &status) == 0 else { throw RecorderError.system(errno, path + "/" + name) }
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw RecorderError(.folder, "\(path)/\(name): is no regular file")
      }
      found.append(
        Segment(
          number: number, byteCount: UInt64(clamping: status.st_size), writtenAt: Int64(status.st_mtim.tv_sec)))
    }
    return found.sorted { $0.number < $1.number }
  }

  static func name(ofSegment number: UInt32) -> String {
    let digits = String(number)
    return "segment-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".pcapng"
  }

  static func number(ofSegment name: String) -> UInt32? {
    guard name.hasPrefix("segment-"), name.hasSuffix(".pcapng") else { return nil }
    guard let number = UInt32(name.dropFirst(8).dropLast(7)), self.name(ofSegment: number) == name else { return nil }
    return number
  }

  /// Names in a folder, sorted.
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

  func release() { flock(descriptor, LOCK_UN) }

  init(_ path: String) throws(RecorderError) {
    descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw RecorderError.system(errno, path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw RecorderError(.folder, "\(path): another process records into it")
    }
  }

  deinit { close(descriptor) }
}
