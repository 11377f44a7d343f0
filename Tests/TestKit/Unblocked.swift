public import Foundation

extension Process {
  /// Sets the program up to run with no signal blocked.
  ///
  /// A test's thread blocks signals and its children inherit that: a server or tcpdump could not be told to end. A server
  /// that goes on in the background must also not hold the descriptor by which `Process` learns of an end.
  public func setUnblocked(_ path: String, _ arguments: [String], startsServer: Bool = false) {
    let unblock =
      "import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); "
      + (startsServer ? "os.closerange(3, 1024); " : "") + "os.execvp(sys.argv[1], sys.argv[1:])"
    executableURL = URL(filePath: "/usr/bin/python3")
    self.arguments = ["-c", unblock, path] + arguments
  }
}
