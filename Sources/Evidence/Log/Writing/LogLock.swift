import Glibc

/// That this process alone writes a log; the system takes it back however the process ends.
final class LogLock: Sendable {
  private let file: CInt

  init(_ folder: LogFolder) throws(EvidenceLogError) {
    let place = folder.place(LogFolder.lockName)
    file = unsafe open(place, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw LogFolder.failure(place) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      close(file)
      guard number == EWOULDBLOCK else { throw LogFolder.failure(place, number) }
      throw EvidenceLogError(.busy, folder.path, "another process writes this log")
    }
  }

  deinit { close(file) }
}
