import Bytes
import Foundation
import Model

/// Says what the statements of a text do, with PostgreSQL's own grammar.
///
/// Traffic has few shapes: what was found for one text holds for every text that differs in constants only, unless the
/// effect depends on a constant. Those are parsed each time.
public struct SQLClassifier {
  private var cache = ShapeCache()
  /// Kept from text to text for the sake of its room.
  private var shape = SQLShape()

  public init() {}

  /// One element for each statement of the text; empty for blanks and comments.
  public mutating func classify(_ text: String, in context: inout SQLContext) -> [ClassifiedStatement] {
    shape.read(text)
    if shape.statements.isEmpty { return [] }
    let entry = context.isPlain ? cache.entry(shape.shape) : nil
    if let entry, let known = entry.classifications, known.count == shape.statements.count {
      return join(text, known, entry)
    }
    let isPlain = context.isPlain
    let (found, isShared) = judge(text, shape, &context)
    let classifications = found.map(\.classification)
    let fresh = ShapeCache.Entry(shape: shape.shape, classifications: isShared ? classifications : nil)
    if entry == nil, isPlain, context.isPlain { cache.insert(fresh) }
    guard found.allSatisfy({ $0.range == nil }) else { return found.map { split(text, $0) } }
    return join(text, classifications, isShared ? fresh : nil)
  }

  /// The shape of a text that is one statement without comments and with nothing to hide, where it was judged before.
  mutating func known(_ text: String) -> KnownShape? {
    shape.read(text)
    guard shape.statements.count == 1, shape.comments.isEmpty, !shape.mayHoldSecrets else { return nil }
    return cache.entry(shape.shape).flatMap { KnownShape($0) }
  }

  /// The statements as the tokens have them, with what is to be hidden in each; what they do is not asked, which is
  /// what costs.
  mutating func statements(unjudged text: String) -> [ClassifiedStatement] {
    shape.read(text)
    let unknown = Classification(verb: "UNKNOWN", effect: .unknown)
    return join(text, shape.statements.map { _ in unknown }, nil)
  }

  /// The statements as the tokens have them.
  private func join(
    _ text: String, _ classifications: [Classification], _ entry: ShapeCache.Entry?
  ) -> [ClassifiedStatement] {
    let redactions = shape.mayHoldSecrets ? Redactions.find(in: text, shape) : []
    if shape.statements.count == 1, redactions.isEmpty, let range = shape.statements.first,
      let classification = classifications.first
    {
      let form: StatementForm
      if shape.constants.isEmpty {
        form =
          entry?.plainForm(text, classification) ?? StatementForm(shape: text, classification: classification)
      } else {
        form =
          entry?.form
          ?? StatementForm(shape: String(decoding: shape.shape, as: UTF8.self), classification: classification)
      }
      return [
        ClassifiedStatement(range: range, form: form, redactions: [], constants: searchable(text, shape.constants[...]))
      ]
    }
    return zip(shape.statements, classifications).map { range, classification in
      let own = shape.constants.filter { range.contains($0.lowerBound) }
      return ClassifiedStatement(
        range: range, form: StatementForm(shape: text.utf8Part(range), classification: classification),
        redactions: redactions.filter { range.contains($0.lowerBound) },
        constants: redactions.isEmpty ? searchable(text, own[...]) : [])
    }
  }

  /// A statement where the grammar's own idea of it differs from the tokens'.
  private func split(_ text: String, _ found: Found) -> ClassifiedStatement {
    let range = found.range ?? 0..<text.utf8.count
    return ClassifiedStatement(
      range: range, form: StatementForm(shape: text.utf8Part(range), classification: found.classification),
      redactions: Redactions.find(in: text, shape).filter { range.contains($0.lowerBound) }, constants: [])
  }

  /// The constants, for the search index, and the comments, which no form has.
  private func searchable(_ text: String, _ constants: ArraySlice<Range<Int>>) -> [UInt8] {
    guard !constants.isEmpty else { return [] }
    var text = text
    return text.withUTF8 { buffer in
      let bytes = unsafe buffer.span
      var out: [UInt8] = []
      out.reserveCapacity(64)
      for range in constants where range.upperBound <= bytes.count { out.appendWord(bytes, range) }
      if shape.statements.count == 1 {
        for range in shape.comments where range.upperBound <= bytes.count { out.appendWord(bytes, range) }
      }
      return out
    }
  }

  private struct Found {
    var classification: Classification
    /// Where the grammar's own idea of the statement differs from the tokens'.
    var range: Range<Int>?
  }

  /// Asks the grammar.
  private func judge(
    _ text: String, _ shape: SQLShape, _ context: inout SQLContext
  ) -> (found: [Found], isShared: Bool) {
    guard text.utf8.count <= SQLGrammar.textLimit else {
      let reason = "longer than \(SQLGrammar.textLimit) bytes; judged by its words"
      return (fallback(text, reason).map { Found(classification: $0) }, false)
    }
    guard !text.utf8.contains(0), case .tree(let json) = SQLGrammar.parse(text) else {
      return (judgeEach(text, shape, &context), false)
    }
    guard let statements = TreeNode.statements(json) else {
      return (fallback(text, "nested too deeply to be read").map { Found(classification: $0) }, false)
    }
    var isShared = true
    var found: [Found] = []
    for statement in statements {
      let reader = TreeReader(statement.node, context)
      var classification = reader.classification
      let own = statements.count == 1 ? text : text.utf8Part(statement.range)
      classification.fingerprint = SQLGrammar.fingerprint(own)
      remember(statement.node, reader, &context)
      if reader.dependsOnConstants { isShared = false }
      found.append(
        Found(
          classification: classification, range: statements.count == shape.statements.count ? nil : statement.range))
    }
    return (found, isShared && statements.count == shape.statements.count)
  }

  /// The grammar refuses the whole: each statement is judged for itself, and those that it refuses by their words.
  private func judgeEach(_ text: String, _ shape: SQLShape, _ context: inout SQLContext) -> [Found] {
    shape.statements.map { range in
      let own = text.utf8Part(range)
      guard !own.utf8.contains(0) else {
        return Found(classification: Self.words(own, "holds a NUL"))
      }
      switch SQLGrammar.parse(own) {
      case .refused(let reason): return Found(classification: Self.words(own, "does not parse: \(reason)"))
      case .tree(let json):
        guard let statement = TreeNode.statements(json)?.first else {
          return Found(classification: Self.words(own, "nested too deeply to be read"))
        }
        let reader = TreeReader(statement.node, context)
        var classification = reader.classification
        classification.fingerprint = SQLGrammar.fingerprint(own)
        remember(statement.node, reader, &context)
        return Found(classification: classification)
      }
    }
  }

  private func fallback(_ text: String, _ reason: String) -> [Classification] {
    SQLShape.words(of: text).filter { !$0.isEmpty }.map { WordReader.classification($0, reason) }
  }

  private static func words(_ text: String, _ reason: String) -> Classification {
    WordReader.classification(SQLShape.words(of: text).first ?? [], reason)
  }

  /// What later statements depend on: what was prepared or declared by SQL, and what familiar names mean from here on.
  private func remember(_ node: TreeNode, _ reader: TreeReader, _ context: inout SQLContext) {
    let prepare = node["PrepareStmt"]
    if let name = prepare["name"].string {
      let own = TreeReader(prepare["query"], context, arguments: prepare["argtypes"])
      let known = SQLContext.Prepared(classification: own.classification, callsUnknown: !own.unknownNames.isEmpty)
      context.note(naming: name)
      let isKept = context.prepared.count < SQLContext.limit && context.isSettled(name)
      context.prepared[name] = isKept ? known : nil
    }
    let deallocate = node["DeallocateStmt"]
    if deallocate.isPresent {
      if let name = deallocate["name"].string { context.prepared[name] = nil } else { context.prepared = [:] }
    }
    if let name = node["DeclareCursorStmt"]["portalname"].string {
      context.cursors[name] = context.cursors.count < SQLContext.limit ? reader.effect : nil
    }
    if reader.shadows { context.isShadowed = true }
    context.plant(TreeReader.planted(by: node, context))
  }
}

extension String {
  /// The text between two UTF-8 offsets, clamped, without white space around it.
  func utf8Part(_ range: Range<Int>) -> String {
    let count = utf8.count
    let units = Array(utf8)
    let part = units[min(max(0, range.lowerBound), count)..<min(max(0, range.upperBound), count)]
    let isBlank = { (byte: UInt8) in byte == 0x20 || (9...13).contains(byte) }
    guard let first = part.firstIndex(where: { !isBlank($0) }), let last = part.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(decoding: part[first...last], as: UTF8.self)
  }
}

extension [UInt8] {
  /// Adds the beginning of a range, after a space.
  fileprivate mutating func appendWord(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    if !isEmpty { append(0x20) }
    append(contentsOf: bytes.extracting(range.lowerBound..<Swift.min(range.upperBound, range.lowerBound + 512)))
  }
}
