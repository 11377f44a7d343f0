/// The operations of a GraphQL document (GraphQL specification, October 2021, §2) with the fields at their top.
struct GraphQLDocument {
  struct Operation {
    /// `query`, `mutation`, `subscription`.
    var type: String
    var name: String?
    /// Names of the top-level fields, not their aliases, those of fragments included; without repeats.
    var fields: [String] = []
  }

  private struct Fragment {
    var fields: [String]
    var spreads: [String]
  }

  /// Brackets within brackets, at most.
  private static let depthLimit = 128

  private(set) var operations: [Operation] = []

  /// Nil when the text is no executable document, or has no operation.
  init?(_ text: String) {
    guard var lexer = GraphQLLexer(text) else { return nil }
    var fragments: [String: Fragment] = [:]
    var found: [(operation: Operation, top: Fragment)] = []
    while let token = lexer.peek() {
      var top = Fragment(fields: [], spreads: [])
      guard case .name(let word) = token else {
        guard token == .mark("{"), GraphQLDocument.selections(&lexer, &top, depth: 0) else { return nil }
        found.append((Operation(type: "query"), top))
        continue
      }
      lexer.skip()
      switch word {
      case "query", "mutation", "subscription":
        var operation = Operation(type: word)
        if case .name(let name)? = lexer.peek() {
          operation.name = name
          lexer.skip()
        }
        if lexer.peek() == .mark("("), !GraphQLDocument.brackets(&lexer) { return nil }
        guard GraphQLDocument.directives(&lexer), GraphQLDocument.selections(&lexer, &top, depth: 0) else { return nil }
        found.append((operation, top))
      case "fragment":
        guard case .name(let name)? = lexer.next(), lexer.next() == .name("on"), case .name? = lexer.next(),
          GraphQLDocument.directives(&lexer), GraphQLDocument.selections(&lexer, &top, depth: 0)
        else { return nil }
        fragments[name] = top
      default: return nil
      }
    }
    guard !found.isEmpty else { return nil }
    operations = found.map { operation, top in
      var operation = operation
      var seen: Set<String> = []
      operation.fields = GraphQLDocument.resolve(top, fragments).filter { seen.insert($0).inserted }
      return operation
    }
  }

  /// The fields of a selection and of the fragments that it names, each fragment once.
  private static func resolve(_ top: Fragment, _ fragments: [String: Fragment]) -> [String] {
    var fields = top.fields
    var pending = top.spreads
    var seen: Set<String> = []
    while let name = pending.popLast() {
      guard seen.insert(name).inserted else { continue }
      // What an unknown fragment holds cannot be told.
      guard let fragment = fragments[name] else {
        fields.append("...\(name)")
        continue
      }
      fields += fragment.fields
      pending += fragment.spreads
    }
    return fields
  }

  /// `{ field  alias: field(arguments) @directive { … }  ...Fragment  ... on Type { … } }`
  private static func selections(_ lexer: inout GraphQLLexer, _ top: inout Fragment, depth: Int) -> Bool {
    guard depth < depthLimit, lexer.next() == .mark("{") else { return false }
    var isEmpty = true
    while let token = lexer.next() {
      switch token {
      case .mark("}"): return !isEmpty
      case .spread:
        if case .name(let name)? = lexer.peek(), name != "on" {
          lexer.skip()
          top.spreads.append(name)
          guard directives(&lexer) else { return false }
        } else {
          if lexer.peek() == .name("on") {
            lexer.skip()
            guard case .name? = lexer.next() else { return false }
          }
          guard directives(&lexer), selections(&lexer, &top, depth: depth + 1) else { return false }
        }
      case .name(var name):
        if lexer.peek() == .mark(":") {
          lexer.skip()
          guard case .name(let real)? = lexer.next() else { return false }
          name = real
        }
        top.fields.append(name)
        if lexer.peek() == .mark("("), !brackets(&lexer) { return false }
        guard directives(&lexer) else { return false }
        if lexer.peek() == .mark("{"), !brackets(&lexer) { return false }
      default: return false
      }
      isEmpty = false
    }
    return false
  }

  private static func directives(_ lexer: inout GraphQLLexer) -> Bool {
    while lexer.peek() == .mark("@") {
      lexer.skip()
      guard case .name? = lexer.next() else { return false }
      if lexer.peek() == .mark("("), !brackets(&lexer) { return false }
    }
    return true
  }

  /// Passes over a bracket and all that it holds.
  private static func brackets(_ lexer: inout GraphQLLexer) -> Bool {
    var open: [Character] = []
    while let token = lexer.next() {
      guard case .mark(let mark) = token else { continue }
      switch mark {
      case "(": open.append(")")
      case "[": open.append("]")
      case "{": open.append("}")
      case ")", "]", "}":
        guard open.popLast() == mark else { return false }
        if open.isEmpty { return true }
      default: break
      }
      guard open.count <= depthLimit else { return false }
    }
    return false
  }
}
