import Model

/// The server's end of rsync, as its command line tells: `rsync --server --sender -logDtpre.iLsfxCIvu . /srv/`.
///
/// Its protocol is not looked into: what depends on options that only the program knows cannot be told without guessing.
struct RsyncCommand {
  /// The server sends (`--sender`); else it receives.
  let isSender: Bool
  let paths: [String]

  /// Nil when the line does not run rsync as a server with paths: with `-s` they are sent through the channel.
  init?(_ command: SSHCommandLine) {
    guard command.program == "rsync", command.words.contains("--server") else { return nil }
    isSender = command.words.contains("--sender")
    // The arguments after the options begin with a dot of no meaning.
    var arguments = command.words.dropFirst().drop { $0.hasPrefix("-") }
    guard arguments.popFirst() == ".", !arguments.isEmpty else { return nil }
    paths = Array(arguments)
  }

  /// One operation for each path that the command names.
  func operations(channel: UInt32, exit: Command.Exit?) -> [FileOperation] {
    paths.map { path in
      var operation = FileOperation(.rsync, isSender ? .get : .put, path: path, channel: channel)
      operation.outcome =
        switch exit {
        case .status(0): .ok
        case .status(let status): .failed(code: "exit \(status)", message: "")
        case .signal(let name, let message, _): .failed(code: "signal \(name)", message: message)
        case nil: .unknown
        }
      operation.note = "the path is the command's; which files of it moved is not looked into"
      return operation
    }
  }
}
