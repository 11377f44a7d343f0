/// Which path on the server a name in the protocol stands for.
///
/// The protocol carries last components only; the rest is on the command line, and whether a target is a folder is known
/// to the server alone unless the client says so (`-d`, a trailing slash).
struct SCPPaths {
  /// Files go to the server (`-t`); else they come from it (`-f`).
  let isSink: Bool
  let arguments: [String]
  let isTargetFolder: Bool
  /// Folders entered: their full paths.
  private(set) var folders: [String] = []

  /// Folders that are followed into one another.
  static let depth = 256

  init(isSink: Bool, arguments: [String], isTargetFolder: Bool) {
    self.isSink = isSink
    self.arguments = arguments
    self.isTargetFolder = isTargetFolder
  }

  /// The path, and what is to be said of it when it is not certain.
  func path(of name: String) -> (path: String, note: String?) {
    if let folder = folders.last { return (SCPPaths.join(folder, name), nil) }
    guard let argument = arguments.count == 1 ? arguments.first : arguments.first(where: { SCPPaths.last($0) == name })
    else { return (name, "its folder is one of \(arguments.joined(separator: " "))") }
    if isSink {
      if isTargetFolder || argument.hasSuffix("/") || argument == "." || argument == ".." {
        return (SCPPaths.join(argument, name), nil)
      }
      if SCPPaths.last(argument) == name { return (argument, nil) }
      return (argument, "sent as \(name); where the target is a folder, it is \(SCPPaths.join(argument, name))")
    }
    let last = SCPPaths.last(argument)
    if last == name { return (argument, nil) }
    if last.contains(where: { "*?[".contains($0) }) { return (String(argument.dropLast(last.count)) + name, nil) }
    return (argument, "sent as \(name)")
  }

  mutating func enter(_ path: String) { if folders.count < SCPPaths.depth { folders.append(path) } }

  /// False when there is none to leave.
  mutating func leave() -> Bool { folders.popLast() != nil }

  private static func last(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  private static func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}
