import Model

/// What a replay comes to, in order of time: the events of a session, or what was written to a terminal.
protocol Moments: Sendable {
  var count: Int { get }
  var start: Timestamp { get }
  var end: Timestamp { get }
  /// When the moment with an index that is below `count` was.
  func time(of index: Int) -> Timestamp
  /// The first moment at or after a time; `count` when there is none.
  func index(at time: Timestamp) -> Int
}

extension Timeline: Moments {
  var count: Int { events.count }
  func time(of index: Int) -> Timestamp { events[index].at }
}
