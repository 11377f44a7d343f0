import Foundation

/// A program that is run with bytes on its standard input, for a limited time and with a limited answer. Blocks; so it is run
/// on a thread of its own.
struct BoundedProgram: Sendable {
  /// Why there is no answer: one line.
  struct Failure: Error, CustomStringConvertible { var description: String }

  /// Path and arguments.
  var words: [String]
  var seconds: Int64
  /// Bytes of its standard output that are read; more is a failure.
  var outputLimit = 1 << 20

  /// Runs it.
  ///
  /// - Returns: what it wrote to its standard output.
  /// - Throws: `Failure` when it cannot be started, ends with another status than 0, takes too long or says too much.
  func run(_ input: [UInt8]) throws(Failure) -> [UInt8] {
    var ends: [Int32] = [0, 0]
    var answers: [Int32] = [0, 0]
    guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw Failure(description: "no socket: \(errno)")
    }
    guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &answers) == 0
    else {
      for end in ends { close(end) }
      throw Failure(description: "no socket: \(errno)")
    }
    let child: pid_t
    do throws(Failure) {
      defer {
        close(ends[1])
        close(answers[1])
      }
      child = try start(ends[1], answers[1])
    } catch {
      close(ends[0])
      close(answers[0])
      throw error
    }
    defer { close(answers[0]) }
    let deadline = Date().addingTimeInterval(TimeInterval(seconds))
    let output = talk(input, ends[0], answers[0], deadline)
    let status = wait(child, until: output == nil ? Date() : deadline)
    guard let output else { throw Failure(description: "it took more than \(seconds) s, or said too much") }
    guard let status else { throw Failure(description: "it took more than \(seconds) s") }
    guard status == 0 else { throw Failure(description: "it ended with \(status)") }
    return output
  }

  /// What a program needs to know; passwords that the gateway has there are none of its business.
  private static var environment: [String] {
    let own = ProcessInfo.processInfo.environment
    return ["PATH", "HOME", "LANG", "TZ"].compactMap { name in own[name].map { "\(name)=\($0)" } }
  }

  private func start(_ input: Int32, _ output: Int32) throws(Failure) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // The gateway blocks signals; and what the program starts ends with it.
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    var defaults = sigset_t()
    unsafe sigemptyset(&defaults)
    unsafe sigaddset(&defaults, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let flags = Int(POSIX_SPAWN_SETSIGMASK) | Int(POSIX_SPAWN_SETSIGDEF) | Int(POSIX_SPAWN_SETPGROUP)
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    var arguments = unsafe words.map { unsafe strdup($0) }
    unsafe arguments.append(nil)
    var variables = unsafe Self.environment.map { unsafe strdup($0) }
    unsafe variables.append(nil)
    defer {
      unsafe arguments.forEach { unsafe free($0) }
      unsafe variables.forEach { unsafe free($0) }
    }
    var child: pid_t = 0
    let result = unsafe posix_spawn(&child, words.first ?? "", &actions, &attributes, arguments, variables)
    guard result == 0 else {
      throw Failure(description: "it cannot be started: \(unsafe String(cString: strerror(result)))")
    }
    return child
  }

  /// Gives it the input and takes its output to the end; nil when that takes too long, or is too much.
  private func talk(_ input: [UInt8], _ to: Int32, _ from: Int32, _ deadline: Date) -> [UInt8]? {
    var rest = input[...]
    var isOpen = true
    defer { if isOpen { close(to) } }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
    while true {
      if rest.isEmpty, isOpen {
        close(to)
        isOpen = false
      }
      let left = deadline.timeIntervalSinceNow
      guard left > 0 else { return nil }
      var events = [
        pollfd(fd: from, events: Int16(POLLIN), revents: 0),
        pollfd(fd: isOpen ? to : -1, events: Int16(POLLOUT), revents: 0),
      ]
      let count = unsafe poll(&events, 2, Int32(clamping: Int(min(left, 1) * 1000) + 1))
      guard count > 0 else { continue }
      if isOpen, events[1].revents != 0 {
        let sent = unsafe rest.withUnsafeBytes { unsafe send(to, $0.baseAddress, $0.count, flags) }
        // One that does not read what it is given may still answer.
        rest = sent > 0 ? rest.dropFirst(sent) : []
      }
      guard events[0].revents != 0 else { continue }
      let got = unsafe buffer.withUnsafeMutableBytes { unsafe recv(from, $0.baseAddress, $0.count, 0) }
      guard got > 0 else { return output }
      output += buffer.prefix(got)
      guard output.count <= outputLimit else { return nil }
    }
  }

  /// Its status, 128 and the signal where one ended it; nil when it had to be ended.
  private func wait(_ child: pid_t, until deadline: Date) -> Int32? {
    var status: Int32 = 0
    while true {
      let found = unsafe waitpid(child, &status, WNOHANG)
      if found == child { break }
      if found < 0, errno != EINTR { return nil }
      if Date() >= deadline {
        kill(-child, SIGKILL)
        while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        return nil
      }
      Thread.sleep(forTimeInterval: 0.01)
    }
    // What it left behind in its group goes too.
    kill(-child, SIGKILL)
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }
}
