import Synchronization

@testable import Gateway

/// Real files, on a disk that takes so many bytes more.
final class ScarceDisk: RecordingDisk {
  private let room = Mutex<Int?>(nil)

  /// So many bytes more; nil for as many as come.
  func leave(_ byteCount: Int?) { room.withLock { $0 = byteCount } }

  func create(_ path: String) throws(RecorderError) -> any SegmentFile {
    ScarceFile(try SystemDisk().create(path), self, path)
  }

  func freeBytes(in folder: String) throws(RecorderError) -> UInt64 {
    UInt64(clamping: room.withLock { $0 } ?? .max)
  }

  fileprivate func take(_ count: Int) -> Int {
    room.withLock { room in
      guard let left = room else { return count }
      room = max(0, left - count)
      return min(left, count)
    }
  }
}

private final class ScarceFile: SegmentFile {
  private let file: any SegmentFile
  private let disk: ScarceDisk
  private let path: String

  init(_ file: any SegmentFile, _ disk: ScarceDisk, _ path: String) {
    (self.file, self.disk, self.path) = (file, disk, path)
  }

  func write(_ bytes: Span<UInt8>) throws(RecorderError) {
    let count = disk.take(bytes.count)
    if count > 0 { try file.write(bytes.extracting(0..<count)) }
    guard count == bytes.count else { throw RecorderError(.full, "\(path): No space left on device") }
  }

  func sync() throws(RecorderError) { try file.sync() }
  func truncate(to byteCount: UInt64) throws(RecorderError) { try file.truncate(to: byteCount) }
}
