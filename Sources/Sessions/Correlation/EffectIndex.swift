import Bytes
import Model

/// Finds the effects that an action may be, among those of all calls.
struct EffectIndex {
  /// How an action's text and an effect's agree.
  enum Fit: Int, Comparable {
    case fingerprint, pattern, exact

    static func < (left: Fit, right: Fit) -> Bool { left.rawValue < right.rawValue }
  }

  /// An effect that an action may be, and how many have the same text, pattern or fingerprint.
  struct Candidate {
    var effect: Int32
    var fit: Fit
    var count: Int
  }

  /// A call that an id names, and whether it is its own, its turn's or its conversation's.
  struct CallID {
    var scope: CarriedID.Scope
    var call: Int32
  }

  /// Effects of one text that are looked at for an action: those nearest in time.
  static let nearest = 12
  /// Different words of an action's text by which patterns are found.
  private static let wordLimit = 512
  /// Patterns tried for an action.
  private static let patternLimit = 256

  /// Numbers of the texts and patterns that effects have.
  private var texts: [String: Int32] = [:]
  private var patternTexts: [String: Int32] = [:]
  /// By text: the effects that have it, by time.
  private var members: [[Int32]] = []
  private var fingerprints: [String: [Int32]] = [:]
  /// By kind and the rarest word of a pattern.
  private var patterns: [ExpectedEffect.Kind: [String: [Int32]]] = [:]
  /// Patterns without a word of their own.
  private var open: [ExpectedEffect.Kind: [Int32]] = [:]
  private var matchers: [Int32: (matcher: EffectMatcher, text: Int32)] = [:]
  private var ids: [String: [CallID]] = [:]
  private let table: EffectTable
  /// When the call of each effect began, on the capture's clock; unknown ones far in the past.
  private var starts: [Int64] = []

  init(_ calls: [CallEvidence], _ table: EffectTable, _ facts: [CallFacts]) {
    self.table = table
    var patternWords: [(effect: Int32, words: [String])] = []
    var frequencies: [String: Int] = [:]
    for (number, call) in calls.enumerated() {
      for id in call.ids where id.text.utf8.count >= CarriedID.shortest {
        ids[id.text, default: []].append(CallID(scope: id.scope, call: Int32(number)))
      }
      for (effect, place) in zip(call.effects, table.effects(of: Int32(number))) where effect.kind != .connection {
        let place = Int32(place)
        if let fingerprint = effect.fingerprint { fingerprints[fingerprint, default: []].append(place) }
        if effect.isLiteral {
          add(place, to: Self.number(of: SeenText(effect.text, effect.kind).key, in: &texts, after: members.count))
        } else {
          let matcher = EffectMatcher(effect)
          let words = matcher.literals.flatMap { Self.innerWords(of: $0) }
          let name = "\(effect.kind.rawValue) \(effect.text)"
          let text = Self.number(of: name, in: &patternTexts, after: members.count)
          add(place, to: text)
          matchers[place] = (matcher, text)
          patternWords.append((place, words))
          for word in Set(words) { frequencies[word, default: 0] += 1 }
        }
      }
    }
    for (place, words) in patternWords {
      let kind = table[place].kind
      if let word = words.min(by: { (frequencies[$0] ?? 0, $0) < (frequencies[$1] ?? 0, $1) }) {
        patterns[kind, default: [:]][word, default: []].append(place)
      } else {
        open[kind, default: []].append(place)
      }
    }
    sort(facts)
  }

  private static func number(of key: String, in numbers: inout [String: Int32], after last: Int) -> Int32 {
    if let known = numbers[key] { return known }
    numbers[key] = Int32(last)
    return Int32(last)
  }

  private mutating func add(_ effect: Int32, to text: Int32) {
    if Int(text) == members.count { members.append([]) }
    members[Int(text)].append(effect)
  }

  /// Puts effects in order anew, once it is known how far off clocks are.
  mutating func sort(_ facts: [CallFacts]) {
    let starts = table.entries.map { facts[Int($0.call)].from }
    func byTime(_ list: [Int32]) -> [Int32] {
      list.count < 2 ? list : list.sorted { (starts[Int($0)], $0) < (starts[Int($1)], $1) }
    }
    self.starts = starts
    for text in members.indices where members[text].count > 1 { members[text] = byTime(members[text]) }
    fingerprints = fingerprints.mapValues(byTime)
    patterns = patterns.mapValues { $0.mapValues(byTime) }
    open = open.mapValues(byTime)
  }

  /// How many different texts and patterns effects have.
  var textCount: Int { members.count }

  /// The number of a text that effects are literally, if there are such.
  func text(of seen: SeenText) -> Int32? { texts[seen.key] }

  /// The number of an effect's pattern, if it is one.
  func pattern(of effect: Int32) -> Int32? { matchers[effect]?.text }

  /// The effects that are literally this text, or have this pattern, by time.
  func same(_ text: Int32) -> [Int32] { members[Int(text)] }

  /// The calls that an id names.
  func calls(named id: String) -> [CallID] { ids[id] ?? [] }

  var hasIDs: Bool { !ids.isEmpty }

  /// The ids of calls that stand in these texts, as often as they do.
  func ids(in texts: [String]) -> [String] {
    guard hasIDs else { return [] }
    var seen: Set<String> = []
    return texts.flatMap { CarriedID.all(in: $0) }.filter { ids[$0] != nil && seen.insert($0).inserted }
  }

  /// The effects that an action may be, each once and in order, with the best way in which they agree.
  func candidates(of action: WireAction, _ seen: SeenText, _ text: Int32?, _ calls: [CallEvidence]) -> [Candidate] {
    let time = action.startedAt.nanoseconds
    var found: [Candidate] = []
    if let text {
      let same = members[Int(text)]
      for effect in near(same, time) { found.append(Candidate(effect: effect, fit: .exact, count: same.count)) }
    }
    if let fingerprint = action.fingerprint, let same = fingerprints[fingerprint] {
      addFingerprints(near(same, time), of: same.count, seen, calls, &found)
    }
    let byText = found.count
    var tried = 0
    if let byWord = patterns[seen.kind] {
      for word in Self.different(Self.words(of: seen.normalised?[...] ?? []), limit: Self.wordLimit) {
        for effect in near(byWord[word] ?? [], time) where tried < Self.patternLimit {
          tried += 1
          addPattern(effect, seen, byText, &found)
        }
      }
    }
    for effect in near(open[seen.kind] ?? [], time) { addPattern(effect, seen, byText, &found) }
    if found.count > 1 { found.sort { $0.effect < $1.effect } }
    return found
  }

  private func addFingerprints(
    _ effects: ArraySlice<Int32>, of count: Int, _ seen: SeenText, _ calls: [CallEvidence], _ found: inout [Candidate]
  ) {
    let isRedacted = seen.text.contains(Redaction.mark)
    let exact = found.count
    for effect in effects where !found.prefix(exact).contains(where: { $0.effect == effect }) {
      let entry = table[effect]
      guard entry.kind == seen.kind else { continue }
      // The same but for a secret that is not shown.
      let isSame = isRedacted && calls[Int(entry.call)].effects[Int(entry.position)].matches(seen.text) == .pattern
      found.append(Candidate(effect: effect, fit: isSame ? .pattern : .fingerprint, count: count))
    }
  }

  /// `byText`: how many were found by text or fingerprint; a pattern is filed once, so only those may be it already.
  private func addPattern(_ effect: Int32, _ seen: SeenText, _ byText: Int, _ found: inout [Candidate]) {
    let before = found.prefix(byText).firstIndex { $0.effect == effect }
    if let before, found[before].fit >= .pattern { return }
    guard let (matcher, text) = matchers[effect], matcher.match(seen) == .pattern else { return }
    let candidate = Candidate(effect: effect, fit: .pattern, count: members[Int(text)].count)
    if let before { found[before] = candidate } else { found.append(candidate) }
  }

  /// The first of each, in order.
  private static func different(_ words: [String], limit: Int) -> [String] {
    var known: Set<String> = []
    var found: [String] = []
    for word in words where found.count < limit && known.insert(word).inserted { found.append(word) }
    return found
  }

  /// Those of a list, sorted by time, that lie nearest to a time.
  private func near(_ effects: [Int32], _ time: Int64) -> ArraySlice<Int32> {
    guard effects.count > Self.nearest else { return effects[...] }
    var (low, high) = (0, effects.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[Int(effects[middle])] <= time { low = middle + 1 } else { high = middle }
    }
    // Most of them before it: an action follows its call.
    let first = max(0, min(low - Self.nearest * 2 / 3, effects.count - Self.nearest))
    return effects[first..<(first + Self.nearest)]
  }

  /// Runs of letters, digits and underscores of some length.
  private static func words(of text: ArraySlice<UInt8>) -> [String] {
    text.split { !SQLTokens.isWord($0) }.filter { $0.count >= 3 }.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The words of a piece that end within it: at its edges the unknown part may go on with them.
  private static func innerWords(of text: ArraySlice<UInt8>) -> [String] {
    guard let first = text.firstIndex(where: { !SQLTokens.isWord($0) }),
      let last = text.lastIndex(where: { !SQLTokens.isWord($0) })
    else { return [] }
    return words(of: text[first...last])
  }
}
