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
    guard ["--version", "--help"].contains(last.text) else { return false }
    // Behind other words the question may be one for what a program runs: `bash x.sh --help`, `npm run x --help`.
    let words = invocation.arguments.dropLast()
    return words.isEmpty
      || asking.contains(invocation.name)
        && words.allSatisfy { !$0.text.hasPrefix("-") && $0.isKnown && $0.text != "run" && $0.text != "exec" }
  }

  /// Programs whose subcommands have `--help`.
  private static let asking: Set<String> = [
    "git", "kubectl", "helm", "aws", "gcloud", "az", "gh", "glab", "docker", "podman", "terraform", "systemctl",
    "apt", "apt-get", "pip", "pip3", "brew",
  ]

  private static let versionLetters: Set<String> = [
    "python", "python3", "node", "npm", "java", "javac", "ruby", "perl", "php", "ssh", "tmux", "psql", "gcc", "cargo",
    "rustc", "bun", "deno", "pnpm", "yarn", "tsc", "nginx", "make", "pip", "pip3", "docker", "helm",
  ]
}
