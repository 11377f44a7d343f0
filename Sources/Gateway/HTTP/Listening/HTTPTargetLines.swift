import NIOCore

/// The connections to targets that one client's connection has: those on which nothing is under way, and those of HTTP/2, which many
/// requests share. Used on the connection's event loop.
final class HTTPTargetLines {
  typealias Finish = (Result<HTTPTargetLine, GatewayError>) -> Void

  /// Connections of HTTP/1.1 that are kept for the next request.
  private static let idleLimit = 16

  private let listener: HTTPListener
  /// How a connection to a place is opened; the second says that it is to speak HTTP/1.1.
  var dial: (HTTPPlace, Bool, @escaping (HTTPTargetWay) -> Void) -> Void
  private var idle: [HTTPTargetLine] = []
  private var streams: [String: HTTP2TargetSide] = [:]
  /// Requests that wait until it is known what a server speaks.
  private var waiting: [String: [Finish]] = [:]
  /// Servers that do not speak HTTP/2.
  private var plain: Set<String> = []
  private var isOver = false

  init(_ listener: HTTPListener, _ limits: GatewayConfiguration.Limits, on loop: any EventLoop) {
    self.listener = listener
    dial = { place, isHTTP1, finish in
      listener.connect(place, limits: limits, on: loop, isHTTP1: isHTTP1, finish: finish)
    }
  }

  /// A connection to a place, or a stream of one.
  ///
  /// `isHTTP1`: what is asked is not to be had in HTTP/2.
  func line(to place: HTTPPlace, isHTTP1: Bool, _ finish: @escaping Finish) {
    if let line = takeIdle(place) { return finish(.success(line)) }
    let name = "\(place.target.isSecure) \(place.server)"
    guard !isHTTP1, listener.offersHTTP2(to: place), !plain.contains(name) else {
      return dial(place, isHTTP1) { finish($0.line) }
    }
    if let known = streams[name] {
      if known.isOpen { return known.open(finish) }
      streams[name] = nil
    }
    guard waiting[name] == nil else { return waiting[name, default: []].append(finish) }
    waiting[name] = [finish]
    dial(place, false) { [weak self] way in
      guard let self else { return way.close() }
      self.settle(place, name, way)
    }
  }

  private func settle(_ place: HTTPPlace, _ name: String, _ way: HTTPTargetWay) {
    var all = waiting[name] ?? []
    waiting[name] = nil
    guard !isOver else { return way.close() }
    switch way {
    case .streams(let side):
      streams[name] = side
      for finish in all { side.open(finish) }
    case .line(let line):
      plain.insert(name)
      guard !all.isEmpty else { return keep(line) }
      all.removeFirst()(.success(line))
      for finish in all { self.line(to: place, isHTTP1: true, finish) }
    case .failed(let error): for finish in all { finish(.failure(error)) }
    }
  }

  private func takeIdle(_ place: HTTPPlace) -> HTTPTargetLine? {
    idle.removeAll { !$0.isOpen }
    guard let index = idle.firstIndex(where: { $0.place.isSame(as: place) && $0.inbox.readableBytes == 0 }) else {
      return nil
    }
    return idle.remove(at: index)
  }

  /// Takes back a connection on which nothing is under way.
  func keep(_ line: HTTPTargetLine) {
    line.relay = nil
    guard !isOver, line.isReusable, line.isOpen, line.inbox.readableBytes == 0, idle.count < Self.idleLimit else {
      return line.close()
    }
    idle.append(line)
    line.outbox.read()
  }

  func close() {
    isOver = true
    for line in idle { line.close() }
    for side in streams.values { side.close() }
    (idle, streams) = ([], [:])
    waiting = [:]
  }
}

/// What came of a connection to a target.
enum HTTPTargetWay {
  case line(HTTPTargetLine)
  case streams(HTTP2TargetSide)
  case failed(GatewayError)

  /// Of one that was to speak HTTP/1.1.
  var line: Result<HTTPTargetLine, GatewayError> {
    switch self {
    case .line(let line): return .success(line)
    case .failed(let error): return .failure(error)
    case .streams(let side):
      side.close()
      return .failure(GatewayError("it speaks HTTP/2 unasked"))
    }
  }

  func close() {
    switch self {
    case .line(let line): line.close()
    case .streams(let side): side.close()
    case .failed: break
    }
  }
}
