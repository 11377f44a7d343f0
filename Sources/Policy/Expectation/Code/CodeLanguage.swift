/// Languages whose literals are read.
enum CodeLanguage: String, Sendable, Hashable {
  case python, javascript, ruby, php, go, other

  init?(fileName: String) {
    guard let dot = fileName.lastIndex(of: ".") else { return nil }
    switch fileName[fileName.index(after: dot)...].lowercased() {
    case "py", "pyw", "ipynb": self = .python
    case "js", "ts", "mjs", "cjs", "mts", "cts", "jsx", "tsx": self = .javascript
    case "rb", "rake": self = .ruby
    case "php": self = .php
    case "go": self = .go
    case "rs", "java", "kt", "cs", "scala", "swift", "ex", "exs", "pl", "pm", "lua", "c", "cc", "cpp": self = .other
    default: return nil
    }
  }

  /// Of an interpreter, by its name.
  init?(interpreter name: String) {
    switch name.prefix(while: { !$0.isNumber && $0 != "." && $0 != "-" }) {
    case "python", "pypy", "ipython": self = .python
    case "node", "nodejs", "deno", "bun", "tsx", "ts", "esno", "jiti": self = .javascript
    case "ruby", "irb", "rails": self = .ruby
    case "php": self = .php
    case "go": self = .go
    case "perl", "lua", "elixir", "java": self = .other
    default: return nil
    }
  }

  var hasHashComments: Bool { self != .javascript && self != .go }
  var hasSlashComments: Bool { self != .python && self != .ruby }
}
