import Model

/// When requests were at work at a server, to find what an application did for them elsewhere.
struct RequestWindows {
  struct Window {
    var from: Int64
    var through: Int64
    var action: Int64
  }

  /// The call behind a request, and how likely that is.
  private(set) var owners: [Int64: (call: Int32, confidence: Double)] = [:]

  /// A time without a pause in which requests were at work.
  private struct Stretch {
    var from: Int64
    var through: Int64
    /// How long all stretches before it lasted, in nanoseconds.
    var before: Double
  }

  private var byHost: [String: [Window]] = [:]
  private var stretches: [String: [Stretch]] = [:]
  private var isSorted = true

  mutating func add(host: String, _ window: Window) {
    byHost[host, default: []].append(window)
    isSorted = false
  }

  /// Says that a request is a call's.
  mutating func own(_ action: Int64, _ call: Int32, confidence: Double) { owners[action] = (call, confidence) }

  mutating func sort() {
    guard !isSorted else { return }
    byHost = byHost.mapValues { $0.sorted { ($0.from, $0.action) < ($1.from, $1.action) } }
    stretches = byHost.mapValues { Self.stretches($0) }
    isSorted = true
  }

  private static func stretches(_ windows: [Window]) -> [Stretch] {
    var found: [Stretch] = []
    for window in windows {
      if let last = found.last, window.from <= last.through {
        found[found.count - 1].through = max(last.through, window.through)
      } else {
        let before = found.last.map { $0.before + Double($0.through) - Double($0.from) } ?? 0
        found.append(Stretch(from: window.from, through: window.through, before: before))
      }
    }
    return found
  }

  /// The share of a time in which a host was answering requests.
  func share(host: String, from: Int64, through: Int64) -> Double {
    guard let stretches = stretches[host], through > from else { return 0 }
    let answered = answered(stretches, until: through) - answered(stretches, until: from)
    return answered / (Double(through) - Double(from))
  }

  private func answered(_ stretches: [Stretch], until time: Int64) -> Double {
    var (low, high) = (0, stretches.count)
    while low < high {
      let middle = (low + high) / 2
      if stretches[middle].from <= time { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return 0 }
    let last = stretches[low - 1]
    return last.before + Double(min(time, last.through)) - Double(last.from)
  }

  /// The requests that a host was answering at a moment.
  func open(host: String, at time: Int64) -> [Window] {
    guard let windows = byHost[host] else { return [] }
    var (low, high) = (0, windows.count)
    while low < high {
      let middle = (low + high) / 2
      if windows[middle].from <= time { low = middle + 1 } else { high = middle }
    }
    return windows[max(0, low - 64)..<low].filter { $0.through >= time }
  }
}
