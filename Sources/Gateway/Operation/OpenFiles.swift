import Glibc

/// How many files and connections the process may have open.
enum OpenFiles {
  /// Takes all that the system allows: of each session there are two, and a shell gives a process about a thousand.
  ///
  /// - Returns: how many that are.
  static func raise() -> Int {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
    if limit.rlim_cur < limit.rlim_max {
      limit.rlim_cur = limit.rlim_max
      _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
    return Int(clamping: limit.rlim_cur)
  }

  /// Whether enough is left for the recording and for the targets of those who are connected already: without that the next
  /// client would cost all the others their sessions.
  static var hasRoom: Bool {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return true }
    let most = Int(clamping: limit.rlim_cur)
    // The lowest number that is free tells how many are taken.
    let free = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
    guard free >= 0 else { return false }
    close(free)
    return Int(free) < most - max(floor, most / 20)
  }

  /// Descriptors that are kept back at least.
  private static let floor = 64
}
