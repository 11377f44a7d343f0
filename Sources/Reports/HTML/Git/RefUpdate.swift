import Model
import Replay

/// What a push asked of one reference.
struct RefUpdate {
  enum Fate {
    case created
    case deleted
    /// The new commit descends from the old one.
    case moved
    /// Commits were taken away: the new commit does not descend from the old one.
    case forced
    /// The commits at hand do not reach the old one.
    case perhapsForced
    case unknown
  }

  let name: String
  let old: String?
  let new: String?
  let fate: Fate

  private static let limit = 500

  /// Out of `old new name` among the parameters.
  static func all(of action: Action, _ log: PushLog) -> [RefUpdate] {
    let values = action.parameters.flatMap(ParameterValues.read) ?? []
    return values.prefix(limit).compactMap { value in
      guard let words = value?.split(separator: " ", maxSplits: 2), words.count == 3 else { return nil }
      guard words.prefix(2).allSatisfy({ PushLog.isObjectID($0) }) else { return nil }
      let (old, new) = (object(words[0]), object(words[1]))
      var name = String(words[2])
      var isForced = action.message?.contains("\(name) is rewritten") == true
      if name.hasSuffix(" forced") {
        name.removeLast(7)
        isForced = true
      }
      return RefUpdate(
        name: name, old: old, new: new, fate: isForced ? .forced : fate(from: old, to: new, log))
    }
  }

  /// Nil for the id of zeros, which is none.
  private static func object(_ word: Substring) -> String? { word.utf8.allSatisfy { $0 == 0x30 } ? nil : String(word) }

  private static func fate(from old: String?, to new: String?, _ log: PushLog) -> Fate {
    guard let new else { return .deleted }
    guard let old else { return .created }
    let parents = Dictionary(log.commits.map { ($0.id, $0.parents) }, uniquingKeysWith: { first, _ in first })
    guard parents[new] != nil else { return .unknown }
    var seen: Set<String> = []
    var waiting = [new]
    var isWhole = log.omittedCount == 0 && !log.isCut
    while let id = waiting.popLast() {
      if id == old { return .moved }
      guard seen.insert(id).inserted else { continue }
      guard let more = parents[id] else {
        // What the server had already is not in the push.
        isWhole = false
        continue
      }
      waiting += more
    }
    return isWhole ? .forced : .perhapsForced
  }

  /// In a word, and whether it takes something away.
  var verdict: (word: String, isBad: Bool)? {
    switch fate {
    case .created: ("created", false)
    case .deleted: ("deleted", true)
    case .moved: nil
    case .forced: ("forced: earlier commits were taken away", true)
    case .perhapsForced: ("the old commit is no ancestor of what was pushed, as far as it shows", true)
    case .unknown: nil
    }
  }
}
