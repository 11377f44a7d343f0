import Bytes

/// What the target's planner thinks that a statement would do.
struct RowEstimate: Sendable {
  enum Result: Sendable {
    /// Rows that it would read or change, and the planner's cost.
    case rows(Double, cost: Double)
    /// Why there is none.
    case unknown(String)
  }

  var result: Result

  func write(to json: inout JSONWriter) {
    json.key("estimate")
    json.object { json in
      switch result {
      case .rows(let rows, let cost):
        json.key("rows")
        json.value(rows)
        json.key("cost")
        json.value(cost)
      case .unknown(let why): json.member("error", why)
      }
    }
  }

  init(_ result: Result) { self.result = result }

  /// Reads what `EXPLAIN (FORMAT JSON)` answers. Of a change the rows are those of the node below it: without RETURNING
  /// the planner says that the change itself gives none.
  init(plan text: [UInt8]) {
    guard let document = JSONValue.document(in: text), var node = document.elements.first?["Plan"],
      let cost = node["Total Cost"]?.scalar.flatMap({ Double($0) })
    else {
      result = .unknown("the target's plan cannot be read")
      return
    }
    var depth = 0
    while node["Node Type"]?.string == "ModifyTable", depth < 8, let below = node["Plans"]?.elements.first {
      node = below
      depth += 1
    }
    guard let rows = node["Plan Rows"]?.scalar.flatMap({ Double($0) }) else {
      result = .unknown("the target's plan tells no rows")
      return
    }
    result = .rows(rows, cost: cost)
  }
}
