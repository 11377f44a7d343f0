/// Requests in the order in which they are answered; taking the first costs no more than the rest.
struct SSHRequestQueue<Request> {
  private var requests: [Request?] = []
  private var first = 0

  var count: Int { requests.count - first }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ request: Request) { requests.append(request) }

  mutating func popFirst() -> Request? {
    guard first < requests.count else { return nil }
    let request = requests[first]
    requests[first] = nil
    first += 1
    if first > 32, first * 2 > requests.count {
      requests.removeFirst(first)
      first = 0
    }
    return request
  }

  /// Changes the request at a place in the queue.
  mutating func update(at index: Int, _ change: (inout Request) -> Void) {
    guard index >= 0, index < count, var request = requests[first + index] else { return }
    change(&request)
    requests[first + index] = request
  }
}
