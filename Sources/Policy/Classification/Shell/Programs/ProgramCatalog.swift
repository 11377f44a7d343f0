/// All programs that are known, one family a file.
enum ProgramCatalog {
  static let families: [[ShellProgram]] = [
    BuiltinPrograms.all, ReaderPrograms.all, FilePrograms.all, TextPrograms.all, WrapperPrograms.all,
    SystemPrograms.all, NetworkPrograms.all, GitPrograms.all, ContainerPrograms.all, CloudPrograms.all,
    PackagePrograms.all, BuildPrograms.all, DatabasePrograms.all, InterpreterPrograms.all,
  ]

  private static let byName: [String: ShellProgram] = Dictionary(
    families.joined().flatMap { program in
      program.names.split(separator: " ").map { (String($0), program) }
    }, uniquingKeysWith: { first, _ in first })

  static func program(_ name: String) -> ShellProgram? {
    if let program = byName[name] { return program }
    // `python3.11`, `gcc-12`, `clang++-17`
    let stem = name.reversed().drop { $0.isNumber || $0 == "." || $0 == "-" }
    guard stem.count < name.count, stem.count > 1 else { return nil }
    let short = String(stem.reversed())
    return versioned.contains(short) ? byName[short] : nil
  }

  private static let versioned: Set<String> = [
    "python", "pip", "gcc", "g++", "clang", "clang++", "ruby", "php", "perl", "node",
  ]

  /// Whether a question such as `--version` is all that a known program is asked.
  static func isQuestion(_ invocation: ShellInvocation) -> Bool {
    guard let last = invocation.arguments.last, invocation.arguments.count <= 3 else { return false }
    if invocation.arguments.count == 1, ["-V", "-v", "-version"].contains(last.text) {
      return versionLetters.contains(invocation.name)
    }
    return ["--version", "--help"].contains(last.text)
      && invocation.arguments.dropLast().allSatisfy { !$0.text.hasPrefix("-") && $0.isKnown }
  }

  private static let versionLetters: Set<String> = [
    "python", "python3", "node", "npm", "java", "javac", "ruby", "perl", "php", "ssh", "tmux", "psql", "gcc", "cargo",
    "rustc", "bun", "deno", "pnpm", "yarn", "tsc", "nginx", "make", "pip", "pip3", "docker", "helm",
  ]
}
