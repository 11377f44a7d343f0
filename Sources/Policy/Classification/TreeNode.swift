import Foundation

/// A node of libpg_query's JSON: a dictionary, a list or a scalar.
struct TreeNode {
  let value: Any?

  init(_ value: Any?) { self.value = value }

  /// The statements of what the grammar gave, and where in the text they are; nil where it is nested too deeply.
  static func statements(_ json: String) -> [(node: TreeNode, range: Range<Int>)]? {
    guard let tree = try? JSONSerialization.jsonObject(with: Data(json.utf8)) else { return nil }
    return TreeNode(tree)["stmts"].list.map { statement in
      let start = statement["stmt_location"].integer ?? 0
      let length = statement["stmt_len"].integer ?? 0
      return (statement["stmt"], start..<(length > 0 ? start + length : Int.max))
    }
  }

  subscript(name: String) -> TreeNode { TreeNode((value as? [String: Any])?[name]) }

  var dictionary: [String: Any]? { value as? [String: Any] }
  var list: [TreeNode] { (value as? [Any])?.map { TreeNode($0) } ?? [] }
  var string: String? { value as? String }
  var bool: Bool { value as? Bool ?? false }
  var integer: Int? { value as? Int }
  var isPresent: Bool { value != nil }

  /// The node's type and content: nodes are objects with one member, named by the type.
  var typed: (type: String, content: TreeNode)? {
    guard let dictionary, dictionary.count == 1, let first = dictionary.first else { return nil }
    return (first.key, TreeNode(first.value))
  }

  /// The text of a `String` node.
  var sval: String? { self["String"]["sval"].string }

  /// `schema.name` of the fields of a RangeVar.
  var relation: String? {
    guard let name = self["relname"].string else { return nil }
    let parts = [self["catalogname"].string, self["schemaname"].string, name].compactMap { $0 }
    return parts.joined(separator: ".")
  }

  /// A list of `String` nodes joined by dots.
  var dotted: String { list.compactMap(\.sval).joined(separator: ".") }
}
