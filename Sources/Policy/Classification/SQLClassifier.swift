import Foundation
import Model
import Synchronization

/// Says what the statements of a text do, with PostgreSQL's own grammar.
///
/// Traffic has few shapes: what was found for one text holds for every text that differs in constants only, unless the
/// effect depends on a constant. Those are parsed each time.
public final class SQLClassifier: Sendable {
  /// Shapes remembered.
  static let cacheLimit = 20_000

  private enum Entry {
    case shared([Classification])
    case dependsOnConstants
  }

  private let cache = Mutex<[[UInt8]: Entry]>([:])

  public init() {}

  /// One element for each statement of the text; empty for blanks and comments.
  public func classify(_ text: String, in context: inout SQLContext) -> [ClassifiedStatement] {
    let shape = SQLShape(text)
    if shape.statements.isEmpty { return [] }
    let entry = cache.withLock { $0[shape.shape] }
    if case .shared(let classifications) = entry, classifications.count == shape.statements.count {
      return join(text, shape, classifications)
    }
    let (classifications, isShared) = judge(text, shape, &context)
    if entry == nil {
      cache.withLock { cache in
        if cache.count >= SQLClassifier.cacheLimit { cache.removeAll(keepingCapacity: true) }
        cache[shape.shape] = isShared ? .shared(classifications.map(\.classification)) : .dependsOnConstants
      }
    }
    guard classifications.allSatisfy({ $0.range == nil }) else {
      return classifications.map { found in
        let range = found.range ?? shape.statements[0]
        return ClassifiedStatement(
          range: range, classification: found.classification,
          redactions: Redactions.find(in: text, shape).filter { range.contains($0.lowerBound) }, shape: nil,
          constants: [])
      }
    }
    return join(text, shape, classifications.map(\.classification))
  }

  private func join(
    _ text: String, _ shape: SQLShape, _ classifications: [Classification]
  ) -> [ClassifiedStatement] {
    let redactions = shape.mayHoldSecrets ? Redactions.find(in: text, shape) : []
    let isSingle = shape.statements.count == 1
    return zip(shape.statements, classifications).map { range, classification in
      let own = isSingle ? shape.constants[...] : shape.constants.filter { range.contains($0.lowerBound) }[...]
      return ClassifiedStatement(
        range: range, classification: classification,
        redactions: redactions.filter { range.contains($0.lowerBound) },
        shape: isSingle && !own.isEmpty ? String(decoding: shape.shape, as: UTF8.self) : nil,
        constants: redactions.isEmpty ? Self.constants(text, own) : [])
    }
  }

  /// The constants without their quotes, for the search index.
  private static func constants(_ text: String, _ ranges: ArraySlice<Range<Int>>) -> [UInt8] {
    guard !ranges.isEmpty else { return [] }
    var text = text
    return text.withUTF8 { buffer in
      let bytes = unsafe buffer.span
      var out: [UInt8] = []
      for range in ranges where range.upperBound <= bytes.count {
        if !out.isEmpty { out.append(0x20) }
        for index in range.prefix(512) { out.append(bytes[index]) }
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
    guard let statements = Self.statements(json) else {
      return (fallback(text, "nested too deeply to be read").map { Found(classification: $0) }, false)
    }
    var isShared = true
    var found: [Found] = []
    for statement in statements {
      let reader = TreeReader(statement.node, prepared: context.prepared)
      var classification = reader.classification
      let own = statements.count == 1 ? text : text.utf8Part(statement.range)
      classification.fingerprint = SQLGrammar.fingerprint(own)
      remember(statement.node, classification, &context)
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
        guard let statement = Self.statements(json)?.first else {
          return Found(classification: Self.words(own, "nested too deeply to be read"))
        }
        var classification = TreeReader(statement.node, prepared: context.prepared).classification
        classification.fingerprint = SQLGrammar.fingerprint(own)
        remember(statement.node, classification, &context)
        return Found(classification: classification)
      }
    }
  }

  private func fallback(_ text: String, _ reason: String) -> [Classification] {
    SQLShape(text, collectsWords: true).words.filter { !$0.isEmpty }.map { WordReader.classification($0, reason) }
  }

  private static func words(_ text: String, _ reason: String) -> Classification {
    WordReader.classification(SQLShape(text, collectsWords: true).words.first ?? [], reason)
  }

  /// PREPARE at the level of SQL: later EXECUTEs have its effect.
  private func remember(_ node: TreeNode, _ classification: Classification, _ context: inout SQLContext) {
    let prepare = node["PrepareStmt"]
    if let name = prepare["name"].string, context.prepared.count < SQLContext.preparedLimit {
      context.prepared[name] = TreeReader(prepare["query"], prepared: [:]).classification
    }
    let deallocate = node["DeallocateStmt"]
    if deallocate.isPresent {
      if let name = deallocate["name"].string { context.prepared[name] = nil } else { context.prepared = [:] }
    }
  }

  private static func statements(_ json: String) -> [(node: TreeNode, range: Range<Int>)]? {
    guard let tree = try? JSONSerialization.jsonObject(with: Data(json.utf8)) else { return nil }
    return TreeNode(tree)["stmts"].list.map { statement in
      let start = statement["stmt_location"].integer ?? 0
      let length = statement["stmt_len"].integer ?? 0
      return (statement["stmt"], start..<(length > 0 ? start + length : Int.max))
    }
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
