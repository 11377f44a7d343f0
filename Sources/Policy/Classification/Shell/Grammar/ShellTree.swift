/// A text that was read as far as it is a script.
struct ShellScript: Sendable {
  var source: [UInt8]
  var list: ShellList
  /// Bodies of here-documents, by the number that their redirection has.
  var hereDocuments: [ShellWord]
  /// How much was read, what was read twice counted twice.
  var readByteCount: Int
  /// Why the rest was not read.
  var failure: ShellSyntaxError?
  /// A here-document has no end.
  var hasOpenDocument = false

  /// More may follow what is there.
  var isIncomplete: Bool {
    if hasOpenDocument || source.reversed().prefix(while: { $0 == Byte.backslash }).count % 2 == 1 { return true }
    guard let failure else { return false }
    return failure.reason == "unexpected end" || failure.reason.hasPrefix("missing ")
  }
}

/// What newlines, `;` and `&` separate.
struct ShellList: Sendable {
  var items: [ShellAndOr] = []
}

/// Pipelines joined by `&&` and `||`.
struct ShellAndOr: Sendable {
  enum Joint: String, Sendable { case and = "&&", or = "||" }

  var pipelines: [ShellPipeline]
  /// One fewer than pipelines.
  var joints: [Joint]
  var isBackground = false
}

/// Commands joined by `|` and `|&`.
struct ShellPipeline: Sendable {
  var commands: [ShellCommand]
  var isNegated = false
  var isTimed = false
}

/// One command with its redirections.
struct ShellCommand: Sendable {
  indirect enum Form: Sendable {
    case simple(ShellSimpleCommand)
    case group(ShellList)
    case subshell(ShellList)
    case conditional([Branch], otherwise: ShellList?)
    /// `while` and `until`.
    case loop(condition: ShellList, body: ShellList)
    /// `for`; nil words are the positional parameters.
    case forEach(name: String, words: [ShellWord]?, body: ShellList)
    /// `for ((…))`
    case count(ShellWord, body: ShellList)
    case select(name: String, words: [ShellWord]?, body: ShellList)
    case cases(ShellWord, [Arm])
    case function(name: String, body: ShellCommand)
    /// `[[ … ]]`: its words without operators.
    case test([ShellWord])
    /// `((…))`
    case arithmetic(ShellWord)
    case coprocess(ShellCommand)
  }

  struct Branch: Sendable {
    var condition: ShellList
    var body: ShellList
  }

  struct Arm: Sendable {
    var patterns: [ShellWord]
    var body: ShellList
  }

  var form: Form
  var redirections: [ShellRedirection] = []
  var range: Range<Int>
}

/// Assignments and words. With words, the assignments hold for that command only.
struct ShellSimpleCommand: Sendable {
  var assignments: [ShellAssignment] = []
  var words: [ShellWord] = []
}

/// `name=value`, `name+=value`, `name[…]=value`, `name=(…)`
struct ShellAssignment: Sendable {
  var name: String
  var isAppending = false
  /// What stands in the brackets, with them.
  var brackets: ShellWord?
  var value: ShellWord
  /// The elements of `(…)`.
  var elements: [ShellWord]?
  var range: Range<Int>
}

/// `2>&1`, `> file`, `<<EOF`
struct ShellRedirection: Sendable {
  enum Kind: String, Sendable {
    case input = "<"
    case output = ">"
    case append = ">>"
    case clobber = ">|"
    case readWrite = "<>"
    case duplicateInput = "<&"
    case duplicateOutput = ">&"
    case both = "&>"
    case bothAppend = "&>>"
    case hereString = "<<<"
    case hereDocument = "<<"
    case hereDocumentWithoutTabs = "<<-"
  }

  var kind: Kind
  /// The number before the operator.
  var descriptor: Int?
  /// The file, the descriptor, the text of a here-string, or the delimiter.
  var target: ShellWord
  /// Which body of the script's is meant.
  var hereDocument: Int?
  var range: Range<Int>
}
