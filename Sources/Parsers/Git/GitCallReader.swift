import Bytes
import Model

/// Reads what one HTTP call of git's smart protocol says (gitprotocol-http(5)): its decoded bodies.
struct GitCallReader {
  private var dialogue: GitDialogue
  private let options: ParserOptions
  /// Why the exchange is not whole, once it is finished.
  private(set) var incompleteReason: String?

  /// Nil when the call is none of git's.
  ///
  /// - Parameters:
  ///   - method: GET or POST.
  ///   - path: of the target, percent-encoded as sent; the repository is what stands before `/info/refs` or the service.
  ///   - query: behind the question mark, without it.
  ///   - requestType: Content-Type of the request.
  ///   - responseType: Content-Type of the response, when it is known yet.
  ///   - protocolHeader: the field `Git-Protocol`: `version=2`.
  ///   - options: what every parser is told.
  ///   - source: where objects are looked up that a pack builds on.
  init?(
    method: String, path: String, query: String, requestType: String?, responseType: String?, protocolHeader: String?,
    options: ParserOptions, source: (any ObjectSource)? = nil
  ) {
    let found: (service: GitService, repository: Substring, part: GitDialogue.Part)?
    if method == "GET", path.hasSuffix("/info/refs") {
      // Without a service it is the dumb protocol, or another server's page.
      let name = query.split(separator: "&").first { $0.hasPrefix("service=") }?.dropFirst(8)
      found = name.flatMap { GitService(rawValue: String($0)) }.map {
        ($0, path.dropLast("/info/refs".count), .advertisement)
      }
    } else if method == "POST" {
      let service = [GitService.uploadPack, .receivePack, .uploadArchive].first { path.hasSuffix("/" + $0.rawValue) }
      found = service.flatMap { service in
        let type = "application/x-\(service.rawValue)-request"
        guard requestType == nil || Self.isType(requestType, type) else { return nil }
        return (service, path.dropLast(service.rawValue.count + 1), .call)
      }
    } else {
      found = nil
    }
    guard let found else { return nil }
    let kind = found.part == .call ? "result" : "advertisement"
    guard responseType == nil || Self.isType(responseType, "application/x-\(found.service.rawValue)-\(kind)") else {
      return nil
    }
    self.options = options
    dialogue = GitDialogue(
      service: found.service, repository: String(found.repository), version: Self.version(protocolHeader),
      part: found.part, options: options, source: source)
  }

  mutating func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    var results: [GitDialogue.Result] = []
    dialogue.receive(bytes, from: direction, into: &results)
    report(results, at: position, &events)
  }

  mutating func skip(
    _ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    var results: [GitDialogue.Result] = []
    dialogue.skip(gap, from: direction, into: &results)
    report(results, at: position, &events)
  }

  /// What was asked and told, or nil when the call carried nothing: a client that tries whether it must log in.
  mutating func finish() -> RepositoryExchange? {
    var results: [GitDialogue.Result] = []
    dialogue.finish(into: &results)
    var anomalies: [String] = []
    var found: RepositoryExchange?
    for result in results {
      switch result {
      case .anomaly(_, let detail): anomalies.append(detail)
      case .exchange(let exchange, let reason):
        found = exchange
        incompleteReason = reason
      }
    }
    for detail in anomalies where found?.notes.contains(detail) == false { found?.notes.append(detail) }
    return found
  }

  private func report(
    _ results: [GitDialogue.Result], at position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    for case .anomaly(let code, let detail) in results {
      events.append(.anomaly(Anomaly(code, detail, origin: position.origin, flow: options.flow, time: position.time)))
    }
  }

  private static func isType(_ field: String?, _ type: String) -> Bool {
    let bare = field?.split(separator: ";").first ?? ""
    return bare.lowercased().filter { $0 != " " } == type
  }

  /// The highest of `version=1`, `version=2` in a list with colons.
  static func version(_ parameters: String?) -> Int {
    var version = 0
    for part in (parameters ?? "").split(separator: ":") where part.hasPrefix("version=") {
      version = max(version, Int(part.dropFirst(8)) ?? 0)
    }
    return min(version, 2)
  }
}
