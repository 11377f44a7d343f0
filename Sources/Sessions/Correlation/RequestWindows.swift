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

  private var byHost: [String: [Window]] = [:]
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
    isSorted = true
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
