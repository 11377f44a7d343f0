import TestKit

/// Peers in Python, by the libraries that `scripts/setup.sh --tests` installs.
enum PythonPeers {
  static func has(_ module: String) -> Bool {
    (try? ScratchPostgres.run(GatewayInProcess.python, ["-c", "import \(module)"]))?.status == 0
  }
}
