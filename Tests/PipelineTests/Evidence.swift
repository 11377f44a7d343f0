import Bytes
import Captures
import Foundation
import Model
import Parsers
import Streams
import TestKit

@testable import Pipeline

/// What a capture gives, for tests.
struct Evidence {
  var flows: [FlowID: Flow] = [:]
  var parsed: [FlowID: [ParserEvent]] = [:]
  var anomalies: [Anomaly] = []
  var gaps: [(FlowID, Gap)] = []
  var sources: [CaptureSource] = []

  init(_ paths: [String]) throws {
    let options = IngestOptions(bodyLimit: 1 << 22, secrets: SecretHasher(key: [1, 2, 3]))
    var reader = try EvidenceReader(inputs: paths, options: options)
    var failure: (any Error)?
    var evidence = self
    reader.run { message in
      switch message {
      case .events(let events): for event in events { evidence.take(event) }
      case .progress: break
      case .finished(let sources, _): evidence.sources = sources
      case .failed(let error): failure = error
      }
      return true
    }
    if let failure { throw failure }
    self = evidence
  }

  private mutating func take(_ event: FlowEvent) {
    switch event {
    case .opened(let flow, _, _): flows[flow.id] = flow
    case .parsed(let flow, let events):
      parsed[flow, default: []] += events
      for case .anomaly(let anomaly) in events { anomalies.append(anomaly) }
    case .gap(let flow, let gap, _, _, _): gaps.append((flow, gap))
    case .anomaly(let anomaly): anomalies.append(anomaly)
    case .closed: break
    }
  }

  func statements(_ flow: FlowID) -> [Statement] {
    (parsed[flow] ?? []).compactMap { event in
      if case .exchange(let exchange) = event, case .statement(let statement) = exchange.shape { return statement }
      return nil
    }
  }

  func exchanges(_ flow: FlowID) -> [Exchange] {
    (parsed[flow] ?? []).compactMap { event in
      if case .exchange(let exchange) = event { return exchange }
      return nil
    }
  }

  /// All that was learned of a flow's session.
  func facts(_ flow: FlowID) -> [SessionFacts] {
    (parsed[flow] ?? []).compactMap { event in
      if case .facts(let facts) = event { return facts }
      return nil
    }
  }
}
