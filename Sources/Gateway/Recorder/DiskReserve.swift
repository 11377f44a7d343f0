import Glibc

/// Room on the disk that is given up when it is full, so that it can still be said that it is.
struct DiskReserve: Sendable {
  /// Enough for some leaves and their tiles.
  private static let byteCount: off_t = 1 << 20
  private let path: String

  /// Takes the room; nothing is kept where there is none left.
  init(_ folder: RecordingFolder) {
    path = folder.path + "/reserve"
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    if posix_fallocate(descriptor, 0, DiskReserve.byteCount) != 0 { release() }
    close(descriptor)
  }

  func release() { _ = unsafe unlink(path) }
}
