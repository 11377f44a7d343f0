import Bytes
import Foundation
import TestKit
import Testing

@testable import Evidence

/// What an independent implementation made of the leaves `event 0`, `event 1`, ….
struct LogVectors {
  let document: JSONValue

  static let isPresent = Corpus.isPresent

  init() throws {
    let file = try #require(Corpus.root).appending(path: "tlog/vectors/vectors.json")
    document = try #require(JSONValue.document(in: Array(try Data(contentsOf: file))))
  }

  subscript(name: String) -> JSONValue? { document[name] }

  func text(_ name: String) throws -> String { try #require(document[name]?.string) }

  static func digest(_ value: JSONValue?) throws -> Digest { try #require(value?.string.flatMap { Digest(hex: $0) }) }

  static func digests(_ value: JSONValue?) throws -> [Digest] {
    try #require(value?.elements).map { try digest($0) }
  }

  static func number(_ value: JSONValue?) throws -> UInt64 { try #require(value?.scalar.flatMap { UInt64($0) }) }

  /// The private key of the vectors, which sign nothing but tests.
  static let signer = NoteSigner(name: "replay.example/log1", seed: (0..<32).map { UInt8($0) })

  static func event(_ index: Int) -> [UInt8] { Array("event \(index)".utf8) }
}
