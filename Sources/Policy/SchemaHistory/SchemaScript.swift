public import Model

/// A schema as a file of SQL has it: what `pg_dump --schema-only` writes.
public struct SchemaScript {
  /// What stands after the last statement.
  public private(set) var objects: [SchemaObject] = []
  /// Statements that the grammar refuses, by the line on which they begin.
  public private(set) var refused: [Int] = []

  /// Texts that the scanner takes apart and the grammar wants whole: a body of statements (`BEGIN ATOMIC … END`).
  static let joinLimit = 200

  /// Reads a script; data of COPY and commands of psql in it are passed over.
  public init(_ text: String) {
    var history = SchemaHistory()
    var session = SchemaSession(path: nil, login: nil)
    let plain = SchemaScript.withoutCommands(text)
    let bytes = Array(plain.utf8)
    var shape = SQLShape()
    shape.read(plain)
    var index = 0
    while index < shape.statements.count {
      let start = shape.statements[index].lowerBound
      var taken = 0
      for count in 1...SchemaScript.joinLimit where index + count <= shape.statements.count {
        let end = shape.statements[index + count - 1].upperBound
        guard start < end, end <= bytes.count, end - start <= SQLGrammar.textLimit else { break }
        let part = String(decoding: bytes[start..<end], as: UTF8.self)
        let trees = SchemaHistory.statements(part)
        if !trees.isEmpty {
          for tree in trees { history.apply(script: tree, source: Array(part.utf8), label: "script", &session) }
          taken = count
          break
        }
        if !part.lowercased().contains("begin atomic") { break }
      }
      if taken == 0, refused.count < 1_000 {
        refused.append(1 + bytes[..<min(start, bytes.count)].count { $0 == 0x0a })
      }
      index += max(1, taken)
    }
    objects = history.entries.filter { !$0.isDropped }.map(\.object)
  }

  /// Blanks lines that are psql's (`\restrict`, `\connect`) and the data after COPY … FROM stdin; lines keep their numbers.
  private static func withoutCommands(_ text: String) -> String {
    var out = ""
    var isData = false
    var isCopy = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      defer { out += "\n" }
      if isData {
        if line == "\\." { isData = false }
        continue
      }
      if line.hasPrefix("\\") { continue }
      if line.hasPrefix("COPY ") { isCopy = true }
      if isCopy, line.hasSuffix(" FROM stdin;") {
        (isData, isCopy) = (true, false)
        continue
      }
      out += line
    }
    return out
  }
}
