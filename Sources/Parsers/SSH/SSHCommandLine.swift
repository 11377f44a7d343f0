/// A command line that runs one program, as far as a shell's quoting is needed to know which.
struct SSHCommandLine {
  /// The program and its arguments, without their quotes.
  let words: [String]

  /// Nil when the line is more than one simple command: then what the program's streams carry is not known.
  init?(_ text: String) {
    var words: [String] = []
    var word = ""
    var isInWord = false
    var quote: Character?
    var isEscaped = false
    for character in text {
      if isEscaped {
        // Inside double quotes a backslash is only special before these.
        if quote == "\"", !"$`\"\\\n".contains(character) { word.append("\\") }
        word.append(character)
        isEscaped = false
        continue
      }
      if let open = quote {
        if character == open {
          quote = nil
        } else if character == "\\", open == "\"" {
          isEscaped = true
        } else if open == "\"", character == "$" || character == "`" {
          return nil
        } else {
          word.append(character)
        }
        continue
      }
      switch character {
      case "'", "\"":
        quote = character
        isInWord = true
      case "\\":
        isEscaped = true
        isInWord = true
      case " ", "\t":
        if isInWord { words.append(word) }
        word = ""
        isInWord = false
      case ";", "|", "&", "<", ">", "(", ")", "`", "$", "\n": return nil
      default:
        word.append(character)
        isInWord = true
      }
    }
    guard quote == nil, !isEscaped else { return nil }
    if isInWord { words.append(word) }
    guard !words.isEmpty else { return nil }
    self.words = words
  }

  /// The program's name without its folder.
  var program: String {
    let first = words.first ?? ""
    return first.split(separator: "/").last.map(String.init) ?? first
  }

  /// A service of git over SSH and the repository that it is asked for: `git-upload-pack '/srv/a.git'`.
  var gitService: (service: String, repository: String)? {
    var rest = words.dropFirst()
    var name = program
    if name == "git", let verb = rest.popFirst() { name = "git-" + verb }
    guard ["git-upload-pack", "git-receive-pack", "git-upload-archive"].contains(name) else { return nil }
    guard let repository = rest.last, !repository.hasPrefix("-") else { return nil }
    return (name, repository)
  }
}
