import Model

/// The command line of tools that run one.
enum ToolCommand {
  /// Whether a tool runs commands, by its name.
  static func isShell(_ tool: String) -> Bool {
    let words: [StaticString] = ["bash", "shell", "exec", "terminal", "command"]
    return words.contains { tool.mentions($0) }
  }

  /// The command line in the arguments of a shell tool; nil for other tools.
  static func line(_ tool: String, _ arguments: JSONNode) -> String? {
    guard isShell(tool), let value = arguments[member: "command"] ?? arguments[member: "cmd"] else { return nil }
    return line(value)
  }

  /// A command line, or the words of one.
  static func line(_ value: JSONNode) -> String? {
    if value.isString { return value.string(limit: TranscriptNouns.textLimit + 4) }
    let words = value.elements.compactMap(\.string)
    return words.isEmpty ? nil : line(words)
  }

  /// The words of a command as a line; of `bash -lc SCRIPT`, which is how agents run one, the script.
  static func line(_ words: [String]) -> String {
    if words.count == 3, let script = words.last, words[1].hasPrefix("-"), words[1].hasSuffix("c"),
      ["bash", "sh", "zsh", "dash"].contains(words[0].split(separator: "/").last.map(String.init) ?? "")
    {
      return script
    }
    return words.map(quoted).joined(separator: " ")
  }

  /// The script of a line that only runs one: `/bin/bash -lc 'SCRIPT'`; the line itself when it is another one.
  static func unwrapped(_ line: String) -> String {
    let parts = line.split(separator: " ", maxSplits: 2)
    guard parts.count == 3, parts[1].hasPrefix("-"), parts[1].hasSuffix("c"),
      ["bash", "sh", "zsh", "dash"].contains(parts[0].split(separator: "/").last.map(String.init) ?? ""),
      let quote = parts[2].utf8.first, quote == 0x27 || quote == 0x22
    else { return line }
    var script: [UInt8] = []
    var rest = parts[2].utf8.dropFirst()
    while let byte = rest.popFirst() {
      if byte == quote {
        if rest.isEmpty { return String(decoding: script, as: UTF8.self) }
        // A quotation mark within single quotes is written by leaving them: `'\''` or `'"'"'`.
        let way = ["\\''", "\"'\"'"].first { quote == 0x27 && rest.starts(with: $0.utf8) }
        guard let way else { return line }
        rest = rest.dropFirst(way.utf8.count)
        script.append(0x27)
      } else if byte == 0x5C, quote == 0x22, let next = rest.first, "$`\"\\".utf8.contains(next) {
        script.append(next)
        rest = rest.dropFirst()
      } else {
        script.append(byte)
      }
    }
    return line
  }

  /// A word as a shell would have to be given it.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      case let other: "-_./:=@%+,".utf8.contains(other)
      }
    }
    return isPlain && !word.isEmpty
      ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
