/// Where on the server the names of rsync's list lie.
struct RsyncPaths {
  private let isSender: Bool
  private let isRelative: Bool
  private let hasFilesFrom: Bool
  private let arguments: [String]

  init(_ command: RsyncCommand) {
    isSender = command.isSender
    isRelative = command.options.isRelative
    hasFilesFrom = command.options.hasFilesFrom
    arguments = command.paths
  }

  /// - Parameters:
  ///   - name: of the list.
  ///   - isAlone: it is all that the list has, and no folder.
  /// - Returns: the path, and what needs saying where it cannot be known.
  func path(of name: String, isAlone: Bool = false) -> (path: String, note: String?) {
    isSender ? source(name) : target(name, isAlone)
  }

  private func target(_ name: String, _ isAlone: Bool) -> (path: String, note: String?) {
    let target = arguments.last ?? ""
    if isAlone, !target.hasSuffix("/"), !target.isEmpty {
      return (target, "or \(Self.join(target, name)), where the target is a folder")
    }
    return (Self.join(target, name), nil)
  }

  private func source(_ name: String) -> (path: String, note: String?) {
    if hasFilesFrom, let base = arguments.last { return (Self.join(base, name), nil) }
    if isRelative {
      let isAbsolute = arguments.allSatisfy { $0.hasPrefix("/") }
      return (isAbsolute && !name.hasPrefix("/") ? "/" + name : name, nil)
    }
    let first = name.prefix { $0 != "/" }
    let fitting = arguments.filter { Self.isContent($0) || Self.last($0) == first || Self.isPattern(Self.last($0)) }
    guard fitting.count == 1 || arguments.count == 1, let argument = fitting.first ?? arguments.first else {
      return (name, "under one of \(arguments.count) paths of the command")
    }
    let base = Self.isContent(argument) ? argument : Self.folder(argument)
    return (Self.join(base, name), Self.isPattern(base) ? "the folder is the command's pattern" : nil)
  }

  /// What is in the folder is meant, not the folder.
  private static func isContent(_ argument: String) -> Bool {
    argument.isEmpty || argument.hasSuffix("/") || argument == "." || argument.hasSuffix("/.")
  }

  private static func isPattern(_ text: some StringProtocol) -> Bool { text.contains { "*?[".contains($0) } }
  private static func last(_ path: String) -> Substring { path.split(separator: "/").last ?? "" }

  private static func folder(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  private static func join(_ base: String, _ name: String) -> String {
    if name == "." { return base }
    return base.isEmpty || base.hasSuffix("/") ? base + name : base + "/" + name
  }
}
