public import Yams

/// The nodes of a policy's YAML, each with its place: what a key takes, and a clear word where it is something else.
public struct PolicyNodes {
  /// Bytes of a file.
  static let textLimit = 1 << 20

  let file: String

  public init(file: String) { self.file = file }

  /// The root of a YAML text.
  ///
  /// - Throws: `PolicyError` for what is no YAML, or nothing.
  public static func root(of yaml: String, name: String) throws(PolicyError) -> Node {
    guard yaml.utf8.count <= textLimit else {
      throw PolicyError(file: name, line: 1, column: 1, "longer than \(textLimit) bytes")
    }
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      throw PolicyError(file: name, line: error.place.line, column: error.place.column, "not YAML: \(error.problem)")
    } catch {
      throw PolicyError(file: name, line: 1, column: 1, "not YAML: \(error)")
    }
    guard let root else { throw PolicyError(file: name, line: 1, column: 1, "empty; begin with: version: 1") }
    return root
  }

  public func choice<T>(
    _ node: Node, _ names: [String], _ make: (String) -> T?
  ) throws(PolicyError) -> T {
    guard let text = node.string, let value = make(text) else {
      throw error(node, "\(node.string ?? "this") is none of \(names.joined(separator: ", "))")
    }
    return value
  }

  /// A whole number of a range.
  public func number(_ node: Node, _ range: ClosedRange<Int>) throws(PolicyError) -> Int {
    guard let number = node.int, range.contains(number) else {
      throw error(node, "takes a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// `90s`, `30m`, `4h`, `2d`, in seconds.
  public func seconds(_ node: Node) throws(PolicyError) -> Int64 {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    guard let text = node.string, let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
      (1...100_000).contains(count)
    else { throw error(node, "takes a time such as 90s, 30m, 4h or 2d") }
    return count * unit
  }

  public func boolean(_ node: Node) throws(PolicyError) -> Bool {
    guard let value = node.bool else { throw error(node, "takes true or false") }
    return value
  }

  public func items(_ node: Node?) -> [Node] {
    guard let node else { return [] }
    return node.sequence.map { Array($0) } ?? [node]
  }

  public func strings(_ node: Node?) throws(PolicyError) -> [String] {
    var found: [String] = []
    for item in items(node) {
      guard let text = item.string else { throw error(item, "takes a word or a list of words") }
      found.append(text)
    }
    return found
  }

  func globs(_ node: Node?) throws(PolicyError) -> [Glob] { try strings(node).map { Glob($0) } }

  public func sequence(_ node: Node?, _ what: String) throws(PolicyError) -> [Node] {
    guard let node else { return [] }
    guard let sequence = node.sequence else { throw error(node, "\(what) takes a list") }
    return Array(sequence)
  }

  public func mapping(_ node: Node, _ what: String) throws(PolicyError) -> [String: Node] {
    guard let mapping = node.mapping else { throw error(node, "\(what) takes keys and values") }
    var members: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.string else { throw error(key, "a key of \(what) is no word") }
      guard members.updateValue(value, forKey: name) == nil else { throw error(key, "\(name) is given twice") }
    }
    return members
  }

  public func expect(_ members: [String: Node], _ names: [String], _ place: String) throws(PolicyError) {
    for (name, node) in members.sorted(by: { $0.key < $1.key }) where !names.contains(name) {
      let near = names.min { name.distance(to: $0) < name.distance(to: $1) }
      let hint = near.flatMap { name.distance(to: $0) <= 2 ? "; did you mean \"\($0)\"?" : nil } ?? ""
      throw error(node, "unknown key \"\(name)\" in \(place)\(hint)")
    }
  }

  public func error(_ node: Node, _ detail: String) -> PolicyError {
    PolicyError(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, detail)
  }
}

extension String {
  /// Levenshtein's distance; both are short.
  fileprivate func distance(to other: String) -> Int {
    let (a, b) = (Array(prefix(40)), Array(other.prefix(40)))
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var last = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let cost = Swift.min(row[j + 1] + 1, row[j] + 1, last + (x == y ? 0 : 1))
        (last, row[j + 1]) = (row[j + 1], cost)
      }
    }
    return row[b.count]
  }
}

extension YamlError {
  var place: (line: Int, column: Int) {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
      (mark.line, mark.column)
    default: (1, 1)
    }
  }

  var problem: String {
    switch self {
    case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
    default: "\(self)".split(separator: "\n").first.map(String.init) ?? "damaged"
    }
  }
}
