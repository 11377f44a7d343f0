/// A conversation through a channel of which it is known what it can do.
public enum ChannelConversation: Sendable, Hashable {
  case sftp
  /// A push of git to a repository, as the command names it.
  case push(repository: String)
  /// A fetch of git: it changes nothing.
  case fetch(repository: String)

  /// Where OpenSSH's packages put its server of files.
  private static let fileServers: Set<String> = [
    "sftp-server", "/usr/lib/openssh/sftp-server", "/usr/lib/ssh/sftp-server", "/usr/lib/sftp-server",
    "/usr/libexec/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/local/libexec/sftp-server",
  ]
  private static func names(_ service: String) -> Set<[String]> {
    [["git-\(service)"], ["/usr/bin/git-\(service)"], ["git", service], ["/usr/bin/git", service]]
  }
  private static let pushes = names("receive-pack")
  private static let fetches = names("upload-pack")

  public init?(subsystem: String) {
    guard subsystem == "sftp" else { return nil }
    self = .sftp
  }

  /// Of a command line that is nothing but such a program, from where it is installed, without options: of any other nobody
  /// knows what it would do.
  public init?(command: String) {
    guard let words = SSHCommandLine(command)?.words else { return nil }
    if words.count == 1, let program = words.first, Self.fileServers.contains(program) {
      self = .sftp
    } else if let repository = words.last, !repository.hasPrefix("-"), Self.pushes.contains(Array(words.dropLast())) {
      self = .push(repository: repository)
    } else if let repository = words.last, !repository.hasPrefix("-"), Self.fetches.contains(Array(words.dropLast())) {
      self = .fetch(repository: repository)
    } else {
      return nil
    }
  }

  /// Programs whose standard output is no text, by whatever path and options they are started.
  public enum Transfer: Sendable {
    case scp
    case rsync
    case git
  }

  public static func transfer(in command: String) -> Transfer? {
    guard let line = SSHCommandLine(command) else { return nil }
    if line.program == "scp" { return .scp }
    if line.program == "rsync" { return .rsync }
    return line.gitService == nil ? nil : .git
  }
}
