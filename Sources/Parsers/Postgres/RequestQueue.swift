/// Requests in the order in which they were sent, which is the order in which they are answered.
struct RequestQueue {
  private var requests: [PostgresRequest] = []
  private var first = 0
  /// Bytes of all that wait.
  private(set) var byteCount: UInt64 = 0
  /// How many of them stand for lost bytes.
  private(set) var lostCount = 0

  var count: Int { requests.count - first }
  var isEmpty: Bool { first == requests.count }
  var head: PostgresRequest? { isEmpty ? nil : requests[first] }
  var last: PostgresRequest? { isEmpty ? nil : requests[requests.count - 1] }

  subscript(distance: Int) -> PostgresRequest? {
    let index = first + distance
    return index < requests.count ? requests[index] : nil
  }

  /// How far a search for the request that an answer belongs to goes.
  private static let searchLimit = 1_000

  /// How many requests stand before the first for which `isWanted` holds.
  func distance(where isWanted: (PostgresRequest) -> Bool) -> Int? {
    let end = min(requests.count, first + Self.searchLimit)
    return (first..<end).first { isWanted(requests[$0]) }.map { $0 - first }
  }

  mutating func append(_ request: consuming PostgresRequest) {
    byteCount += request.byteCount
    if request.isLost { lostCount += 1 }
    requests.append(request)
  }

  /// How many requests stand up to the last one that ends a cycle or is lost.
  var countToLastEnd: Int {
    var index = requests.count - 1
    while index >= first, !requests[index].endsCycle, !requests[index].isLost { index -= 1 }
    return max(0, index - first + 1)
  }

  mutating func popFirst() -> PostgresRequest? {
    guard first < requests.count else { return nil }
    let request = requests[first]
    byteCount -= min(byteCount, request.byteCount)
    if request.isLost { lostCount -= 1 }
    requests.stepOver(&first, keepingCapacityUpTo: 4096)
    return request
  }

  /// Takes out the requests right behind the head for which `isUnwanted` holds; the head gets their bytes.
  mutating func removeAfterHead(while isUnwanted: (PostgresRequest) -> Bool) {
    var end = first + 1
    while end < requests.count, isUnwanted(requests[end]) {
      requests[first].byteCount += requests[end].byteCount
      end += 1
    }
    guard end > first + 1 else { return }
    requests.removeSubrange((first + 1)..<end)
  }

  /// Takes out the newest requests for which `isUnwanted` holds; the one before them gets their bytes.
  mutating func removeLast(while isUnwanted: (PostgresRequest) -> Bool) {
    while count > 1, isUnwanted(requests[requests.count - 1]) {
      requests[requests.count - 2].byteCount += requests.removeLast().byteCount
    }
  }

  /// Takes out the last request.
  mutating func removeLast() {
    guard let last else { return }
    byteCount -= min(byteCount, last.byteCount)
    if last.isLost { lostCount -= 1 }
    requests.removeLast()
  }

  /// Changes the oldest request.
  mutating func updateHead(_ body: (inout PostgresRequest) -> Void) {
    guard !isEmpty else { return }
    body(&requests[first])
  }

  /// Changes the newest request for which `isWanted` holds, if it is among the last few.
  mutating func updateLast(where isWanted: (PostgresRequest) -> Bool, _ body: (inout PostgresRequest) -> Void) {
    var index = requests.count - 1
    while index >= first, index > requests.count - 8 {
      if isWanted(requests[index]) { return body(&requests[index]) }
      index -= 1
    }
  }

  /// Changes all that wait.
  mutating func updateAll(_ body: (inout PostgresRequest) -> Void) {
    for index in requests[first...].indices { body(&requests[index]) }
  }

  /// Adds bytes that belong to the oldest request.
  mutating func addBytes(_ count: Int) {
    guard !isEmpty else { return }
    requests[first].byteCount += UInt64(count)
    byteCount += UInt64(count)
  }
}
