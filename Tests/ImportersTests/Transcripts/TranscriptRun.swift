import Bytes
import Foundation
import Model
import TestKit

@testable import Importers

/// What a file told, read through the catalog.
struct TranscriptRun {
  var format: String?
  var events: [ConversationEvent] = []

  /// Reads bytes, cut where `cuts` says; the whole at once without them.
  init(_ bytes: [UInt8], path: String, cuts: [Int] = []) {
    let head = TranscriptHead(
      bytes: Array(bytes.prefix(TranscriptHead.byteCount)), isWhole: bytes.count <= TranscriptHead.byteCount, path: path
    )
    let file = TranscriptFile(source: 1, path: path, modifiedAt: Timestamp(nanoseconds: 1_790_000_000_000_000_000))
    guard var reader = TranscriptReader(head, file) else { return }
    format = reader.format
    var position = 0
    for cut in cuts.sorted() + [bytes.count] where cut > position {
      let piece = Array(bytes[position..<cut])
      reader.receive(piece.span, into: &events)
      position = cut
    }
    reader.finish(into: &events)
  }

  init(_ text: String, path: String) { self.init(Array(text.utf8), path: path) }

  /// A file of the corpus.
  init?(corpus path: String) {
    guard let root = Corpus.root, let data = try? Data(contentsOf: root.appending(path: "transcripts/\(path)")) else {
      return nil
    }
    self.init(Array(data), path: path)
  }

  var conversations: [Conversation] {
    events.compactMap { if case .conversation(let it) = $0 { it } else { nil } }
  }
  var prompts: [Prompt] { events.compactMap { if case .prompt(let it) = $0 { it } else { nil } } }
  /// Without instructions of the program.
  var asked: [Prompt] { prompts.filter { $0.kind != .system } }
  var calls: [ToolCall] { events.compactMap { if case .toolCall(let it) = $0 { it } else { nil } } }
  var answers: [Completion] { events.compactMap { if case .completion(let it) = $0 { it } else { nil } } }
  var anomalies: [Anomaly] { events.compactMap { if case .anomaly(let it) = $0 { it } else { nil } } }

  /// Whether each element comes after its conversation, and nothing is told twice in one. (A damaged byte can give two
  /// conversations one native id, which is then what the evidence says.)
  var isOrderly: Bool {
    var told: Set<String> = []
    var ids: Set<String> = []
    for event in events {
      switch event {
      case .conversation(let it): told.insert(it.id)
      case .prompt(let it): if !told.contains(it.conversationID) || !ids.insert(it.id).inserted { return false }
      case .toolCall(let it):
        if !told.contains(it.conversationID) || !ids.insert(it.conversationID + it.id).inserted { return false }
      case .completion(let it): if !told.contains(it.conversationID) { return false }
      case .anomaly: break
      }
    }
    return true
  }
}
