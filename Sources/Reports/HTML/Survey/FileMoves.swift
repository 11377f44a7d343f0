import Model
import Replay

/// What was done to files and folders over SFTP, SCP and rsync, host by host.
struct FileMoves {
  struct Move {
    let actionID: String
    let session: Int
    let at: Timestamp
    /// `put`, `get`, `rename`.
    let verb: String
    /// Where a rename, link or copy goes.
    let other: String?
    let size: UInt64?
    let sha256: String?
    /// `mode 755`.
    let rights: String?
    let status: Action.Status
    let outcome: Decision.Outcome?
  }

  /// A file or folder and what is below it.
  struct Node {
    var moves: [Move] = []
    var children: [String: Node] = [:]

    var count: Int { children.values.reduce(moves.count) { $0 + $1.count } }
  }

  private(set) var hosts: [String: Node] = [:]
  private(set) var keptCount = 0
  /// Moves over the limit.
  private(set) var omittedCount = 0
  /// Looks at folders and attributes, which move nothing.
  private(set) var lookCount = 0
  /// Kept moves that failed or were denied.
  private(set) var failedCount = 0
  /// The other kept moves by verb.
  private(set) var verbs: [String: Int] = [:]

  /// Folders within folders that are drawn; what is deeper stays one name.
  private static let deepest = 24
  private static let hostLimit = 200
  /// Bytes of a path.
  private static let pathBytes = 4096
  private static let moving: Set<String> = [
    "get", "put", "edit", "rename", "remove", "mkdir", "rmdir", "symlink", "link", "copy", "setstat", "other",
  ]

  static func isFile(_ action: Action) -> Bool {
    action.kind == "sftp" || action.kind == "scp" || action.kind == "rsync"
  }

  mutating func take(_ action: Action, session: Int, of host: String, outcome: Decision.Outcome?, limit: Int) {
    guard Self.isFile(action) else { return }
    guard Self.moving.contains(action.verb) else {
      lookCount += 1
      return
    }
    guard keptCount < limit, hosts[host] != nil || hosts.count < Self.hostLimit,
      let path = action.resources.first?.name, !path.isEmpty
    else {
      omittedCount += 1
      return
    }
    keptCount += 1
    if action.status == .error || action.status == .denied {
      failedCount += 1
    } else {
      verbs[action.verb, default: 0] += 1
    }
    var (size, digest, rights): (UInt64?, String?, String?) = (nil, nil, nil)
    for case let value? in action.parameters.flatMap(ParameterValues.read) ?? [] {
      let words = value.split(separator: " ", maxSplits: 1)
      guard words.count == 2 else { continue }
      switch words[0] {
      case "size": size = UInt64(words[1]) ?? size
      case "read", "written": size = size ?? words[1].split(separator: " ").first.flatMap { UInt64($0) }
      case "sha256": digest = String(Excerpt(String(words[1]), limit: 64).text)
      case "mode": rights = String(Excerpt(value, limit: 20).text)
      default: break
      }
    }
    let other = action.resources.dropFirst().first.map { String(Excerpt($0.name, limit: Self.pathBytes).text) }
    let move = Move(
      actionID: action.id, session: session, at: action.startedAt, verb: action.verb, other: other, size: size,
      sha256: digest, rights: rights, status: action.status, outcome: outcome)
    hosts[host, default: Node()].add(move, at: Self.names(of: path)[...])
  }

  /// `/srv/shop/a` as `/`, `srv`, `shop`, `a`.
  static func names(of path: String) -> [String] {
    let path = String(Excerpt(path, limit: pathBytes).text)
    var names = path.split(separator: "/", maxSplits: deepest, omittingEmptySubsequences: true).map(String.init)
    if path.hasPrefix("/") { names.insert("/", at: 0) }
    return names.isEmpty ? [path] : names
  }
}

extension FileMoves.Node {
  fileprivate mutating func add(_ move: FileMoves.Move, at names: ArraySlice<String>) {
    guard let name = names.first else { return moves.append(move) }
    children[name, default: FileMoves.Node()].add(move, at: names.dropFirst())
  }
}
