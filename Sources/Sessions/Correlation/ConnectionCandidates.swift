/// The candidates of one connection, numbered in the order of their calls so that arrays hold what is known of each.
struct ConnectionCandidates {
  /// By action: its own candidates, in the order of their calls.
  private(set) var found: [[Evidence]]
  /// Calls that the connection as a whole speaks for.
  let whole: [Int32: Evidence]
  /// All of them; a candidate's number is its place here.
  let calls: [Int32]

  init(_ found: [[Evidence]], whole: [Int32: Evidence]) {
    var all = Array(whole.keys)
    for evidence in found { all += evidence.lazy.map(\.call) }
    all.sort()
    var calls: [Int32] = []
    for call in all where calls.last != call { calls.append(call) }
    self.calls = calls
    self.whole = whole
    self.found = found
    for action in found.indices {
      for place in found[action].indices {
        self.found[action][place].candidate = Self.number(of: found[action][place].call, in: calls)
      }
    }
  }

  /// The number of one of the calls.
  func number(of call: Int32) -> Int32 { Self.number(of: call, in: calls) }

  private static func number(of call: Int32, in calls: [Int32]) -> Int32 {
    var (low, high) = (0, calls.count)
    while low < high {
      let middle = (low + high) / 2
      if calls[middle] < call { low = middle + 1 } else { high = middle }
    }
    return Int32(low)
  }
}
