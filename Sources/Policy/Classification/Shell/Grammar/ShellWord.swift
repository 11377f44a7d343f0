/// One word before any expansion.
struct ShellWord: Sendable {
  var parts: [ShellWordPart]
  /// Bytes of the source.
  var range: Range<Int>

  /// The text when it is no more than unquoted letters: what a reserved word or a name has to be.
  var plain: String? {
    guard parts.count == 1, let part = parts.first, !part.isQuoted, case .literal(let bytes) = part.content else {
      return nil
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A piece of a word that is quoted and expanded in one way.
struct ShellWordPart: Sendable {
  indirect enum Content: Sendable {
    /// Bytes after the removal of quotes.
    case literal([UInt8])
    case parameter(ShellParameter)
    /// `$(…)`: in the same source.
    case command(ShellList)
    /// `` `…` ``: a source of its own, as backslashes were taken off.
    case script(ShellScript)
    /// `<(…)` and `>(…)`.
    case process(ShellList, isInput: Bool)
    /// `$((…))`, with the substitutions in it.
    case arithmetic([ShellWordPart])
    /// What could not be read, in a text that is expanded later than it is parsed.
    case unread
  }

  var content: Content
  /// No field splitting, no globbing.
  var isQuoted: Bool
  var range: Range<Int>
}

/// `$name` or `${…}` (POSIX 2.6.2).
struct ShellParameter: Sendable {
  /// A name, digits, or one of `@*#?-$!`; empty when it is none of these.
  var name: String
  /// `${#name}`
  var isLength = false
  /// `${!name}`
  var isIndirect = false
  /// `${name[…]}`
  var isSubscripted = false
  /// `:-`, `-`, `:=`, `=`, `:?`, `?`, `:+`, `+`, `#`, `##`, `%`, `%%`, `/`, `//`, `^`, `,`, `@`, `:`; empty without.
  var action = ""
  var argument: [ShellWordPart] = []
}
