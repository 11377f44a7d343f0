import Model

/// The server's end of rsync, as its command line tells: `rsync --server --sender -logDtpre.iLsfxCIvu . /srv/`.
struct RsyncCommand {
  /// The server sends (`--sender`); else it receives.
  let isSender: Bool
  let paths: [String]
  let options: RsyncOptions

  /// Nil when the line does not run rsync as a server with paths: with `-s` they are sent through the channel.
  init?(_ command: SSHCommandLine) {
    guard command.program == "rsync", command.words.contains("--server") else { return nil }
    isSender = command.words.contains("--sender")
    // The arguments after the options begin with a dot of no meaning.
    var arguments = command.words.dropFirst().drop { $0.hasPrefix("-") }
    guard arguments.popFirst() == ".", !arguments.isEmpty else { return nil }
    paths = Array(arguments)
    options = RsyncOptions(command.words.dropFirst().prefix { $0.hasPrefix("-") })
  }

  /// What is told beside the files that moved: an operation for each path that the command names, where not all was read
  /// of it or nothing of it moved.
  func operations(channel: UInt32, exit: Command.Exit?, _ summary: RsyncSummary?) -> [FileOperation] {
    let obstacle = summary.map(\.obstacle) ?? options.obstacle ?? "too much at once"
    let isFailed = if case .status(0) = exit { false } else { exit != nil }
    // A receiver removes without a word, unless it was asked to tell names.
    let isSilent = !isSender && options.removes && summary?.removedCount == 0
    if let summary, obstacle == nil, !isSilent, summary.movedCount > 0 || !isSender && !isFailed { return [] }
    return paths.map { path in
      let verb: FileOperation.Verb = !isSender ? .put : obstacle == nil && !isFailed ? .list : .get
      var operation = FileOperation(.rsync, verb, path: path, channel: channel)
      operation.outcome =
        switch exit {
        case .status(0): .ok
        case .status(let status): .failed(code: "exit \(status)", message: "")
        case .signal(let name, let message, _): .failed(code: "signal \(name)", message: message)
        case nil: .unknown
        }
      let count = summary?.movedCount ?? 0
      operation.note =
        if let obstacle {
          "the path is the command's; which files of it moved was \(count > 0 ? "read up to \(count) of them" : "not read"): \(obstacle)"
        } else if isSilent {
          "the path is the command's, which removes what the sender lacks (--delete); what was removed is not told without -v"
        } else {
          "\(summary?.listedCount ?? 0) files and folders in the list; nothing moved"
        }
      return operation
    }
  }
}
