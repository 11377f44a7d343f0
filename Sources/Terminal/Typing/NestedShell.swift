/// Command lines that run a shell of their own: the next prompt is not that of the shell that they were entered at.
enum NestedShell {
  private static let shells: Set<Substring> = [
    "bash", "sh", "zsh", "dash", "ksh", "mksh", "fish", "csh", "tcsh", "rbash",
  ]
  private static let others: Set<Substring> = ["su", "chroot", "nsenter", "newgrp", "login", "nix-shell", "unshare"]
  /// Options of ssh that take the next word with them (ssh's manual).
  private static let valued = "BbcDEeFIiJLlmOopQRSWw"

  static func begins(with text: String) -> Bool {
    var words = text.prefix(4096).split(whereSeparator: \.isWhitespace)[...]
    while let word = words.first, word.contains("=") || ["exec", "command", "env", "time"].contains(word) {
      words = words.dropFirst()
    }
    guard let first = words.first, let name = first.split(separator: "/").last else { return false }
    let rest = words.dropFirst()
    if text.contains("|") || text.contains("<") { return false }
    if name == "sudo" || name == "doas" {
      if rest.contains("-i") || rest.contains("-s") || rest.contains("su") { return true }
      return begins(with: rest.drop { $0.hasPrefix("-") }.joined(separator: " "))
    }
    // A script or a command makes it run that and end.
    if shells.contains(name) { return rest.allSatisfy { $0.hasPrefix("-") && !$0.hasPrefix("-c") } }
    if others.contains(name) { return !rest.contains("-c") }
    if name == "ssh" || name == "mosh" { return asks(rest) }
    let runsInside = ["docker", "podman", "kubectl", "nerdctl"].contains(name)
    return runsInside && (rest.contains("exec") || rest.contains("run"))
      && rest.contains { $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.contains("t") && $0.contains("i") }
  }

  /// ssh with a host and no command.
  private static func asks(_ words: ArraySlice<Substring>) -> Bool {
    var rest = words
    var count = 0
    while let word = rest.popFirst() {
      if word.hasPrefix("-") {
        if word.count == 2, let letter = word.last, valued.contains(letter) { rest = rest.dropFirst() }
      } else {
        count += 1
      }
    }
    return count == 1
  }
}
