import Bytes
import Captures
import Decryption
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

  init(_ paths: [String], keys: KeyRing = KeyRing()) throws {
    let options = IngestOptions(bodyLimit: 1 << 22, secrets: SecretHasher(key: [1, 2, 3]), keys: keys)
    var reader = try EvidenceReader(inputs: paths, options: options)
    var failure: (any Error)?
    var evidence = self
    reader.run { message in
      switch message {
      case .events(let events): for event in events { evidence.take(event) }
      case .progress, .heard, .told: break
      case .finished(let sources, _): evidence.sources = sources
      case .failed(let error): failure = error
      }
      return true
    }
    if let failure { throw failure }
    self = evidence
  }

  /// A sample, opened with the keys beside it.
  init(_ sample: Sample) throws { try self.init([sample.capture.path], keys: Evidence.keys(of: sample)) }

  static func keys(of sample: Sample) throws -> KeyRing {
    var keys = KeyRing()
    guard let file = sample.keys else { return keys }
    let bytes = Array(try Data(contentsOf: file))
    _ = keys.add(bytes.span)
    return keys
  }

  private mutating func take(_ event: FlowEvent) {
    switch event {
    case .opened(let flow, _, _): flows[flow.id] = flow
    case .parsed(let flow, let events):
      parsed[flow, default: []] += events
      for case .anomaly(let anomaly) in events { anomalies.append(anomaly) }
    case .gap(let flow, let gap, _, _, _): gaps.append((flow, gap))
    case .anomaly(let anomaly): anomalies.append(anomaly)
    case .closed, .recorded, .told: break
    }
  }

  func statements(_ flow: FlowID) -> [Statement] {
    (parsed[flow] ?? []).compactMap { event in
      if case .exchange(let exchange) = event, case .statement(let statement) = exchange.shape { return statement }
      return nil
    }
  }

  func calls(_ flow: FlowID) -> [Call] {
    exchanges(flow).compactMap { if case .call(let call) = $0.shape { call } else { nil } }
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
