import Model

/// Requests in the order in which they were sent; their answers come in the same order (RFC 9112 §9.3.2).
struct CallQueue {
  private var calls: [OpenCall?] = []
  private var head = 0

  var count: Int { calls.count - head }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ call: OpenCall) { calls.append(call) }

  /// The call whose response comes next or is coming.
  var first: OpenCall? {
    get { head < calls.count ? calls[head] : nil }
    _modify {
      var none: OpenCall?
      if head < calls.count { yield &calls[head] } else { yield &none }
    }
  }

  /// The call whose request was sent last.
  var last: OpenCall? {
    get { isEmpty ? nil : calls[calls.count - 1] }
    _modify {
      var none: OpenCall?
      if isEmpty { yield &none } else { yield &calls[calls.count - 1] }
    }
  }

  mutating func popFirst() -> OpenCall? {
    guard head < calls.count else { return nil }
    let call = calls[head]
    calls[head] = nil
    head += 1
    if head == calls.count || head >= 256 {
      calls.removeFirst(head)
      head = 0
    }
    return call
  }

  mutating func noteAll(_ reason: String) {
    for index in head..<calls.count { calls[index]?.note(reason) }
  }
}
