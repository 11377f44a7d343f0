import Bytes
import Foundation
import Importers
import Model
import TestKit

/// What a transcript tells, and the format it was taken for.
struct TranscriptReading {
  var format: String?
  var events: [ConversationEvent] = []

  /// Reads a file's bytes in pieces of the sizes that `next` gives.
  init(
    _ bytes: [UInt8], path: String = "session.jsonl", modifiedAt: Timestamp? = nil, next: () -> Int = { .max }
  ) {
    let head = TranscriptHead(
      bytes: Array(bytes.prefix(TranscriptHead.byteCount)), isWhole: bytes.count <= TranscriptHead.byteCount, path: path
    )
    guard var reader = TranscriptReader(head, TranscriptFile(source: 1, path: path, modifiedAt: modifiedAt)) else {
      return
    }
    format = reader.format
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(max(1, next())))
      rest = rest.dropFirst(piece.count)
      reader.receive(piece.span, into: &events)
    }
    reader.finish(into: &events)
  }

  init(_ text: String, path: String = "session.jsonl") { self.init(Array(text.utf8), path: path) }

  /// A file of the shared corpus.
  init(corpus path: String) throws {
    let root = try SharedCorpus.corpus()
    self.init([UInt8](try Data(contentsOf: root.appending(path: "transcripts/\(path)"))), path: path)
  }

  var conversations: [Conversation] {
    events.compactMap { if case .conversation(let noun) = $0 { noun } else { nil } }
  }
  var prompts: [Prompt] { events.compactMap { if case .prompt(let noun) = $0 { noun } else { nil } } }
  var calls: [ToolCall] { events.compactMap { if case .toolCall(let noun) = $0 { noun } else { nil } } }
  var completions: [Completion] { events.compactMap { if case .completion(let noun) = $0 { noun } else { nil } } }
  var anomalies: [String] { events.compactMap { if case .anomaly(let noun) = $0 { noun.code.name } else { nil } } }

  /// `kind: text` of each prompt.
  var texts: [String] { prompts.map { "\($0.kind.rawValue): \($0.text)" } }

  func call(_ id: String) -> ToolCall? { calls.first { $0.nativeID == id } }
}

enum SharedCorpus {
  struct Missing: Error {}
  static func corpus() throws -> URL {
    guard let root = Corpus.root else { throw Missing() }
    return root
  }
}
