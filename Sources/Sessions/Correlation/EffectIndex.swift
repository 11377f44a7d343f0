import Bytes
import Model

/// Finds the effects that an action may be, among those of all calls.
struct EffectIndex {
  /// Where an effect stands.
  struct Place: Hashable {
    var call: Int32
    var effect: Int32
  }

  /// How an action's text and an effect's agree.
  enum Fit: Int, Comparable {
    case fingerprint, pattern, exact

    static func < (left: Fit, right: Fit) -> Bool { left.rawValue < right.rawValue }
  }

  /// Effects of one text that are looked at for an action: those nearest in time.
  static let nearest = 12
  /// Different words of an action's text by which patterns are found.
  private static let wordLimit = 512
  /// Patterns tried for an action.
  private static let patternLimit = 256

  private var exact: [String: [Place]] = [:]
  private var fingerprints: [String: [Place]] = [:]
  private var patterns: [String: [Place]] = [:]
  /// Patterns without a word of their own.
  private var open: [ExpectedEffect.Kind: [Place]] = [:]
  /// Those with equal patterns.
  private var groups: [String: [Place]] = [:]
  private var matchers: [Place: EffectMatcher] = [:]
  private var ids: [String: [(scope: CarriedID.Scope, call: Int32)]] = [:]
  private let starts: [Int64]

  /// `starts`: when each call began, on the capture's clock; unknown ones far in the past.
  init(_ calls: [CallEvidence], starts: [Int64]) {
    self.starts = starts
    var patternWords: [(Place, [String])] = []
    var frequencies: [String: Int] = [:]
    for (number, call) in calls.enumerated() {
      for id in call.ids where id.text.utf8.count >= CarriedID.shortest {
        ids[id.text, default: []].append((id.scope, Int32(number)))
      }
      for (position, effect) in call.effects.enumerated() where effect.kind != .connection {
        let place = Place(call: Int32(number), effect: Int32(position))
        if let fingerprint = effect.fingerprint { fingerprints[fingerprint, default: []].append(place) }
        if effect.isLiteral {
          exact[SeenText(effect.text, effect.kind).key, default: []].append(place)
        } else {
          let matcher = EffectMatcher(effect)
          let words = matcher.literals.flatMap { Self.innerWords(of: $0) }
          matchers[place] = matcher
          patternWords.append((place, words))
          groups[groupKey(of: effect), default: []].append(place)
          for word in Set(words) { frequencies[word, default: 0] += 1 }
        }
      }
    }
    for (place, words) in patternWords {
      let kind = calls[Int(place.call)].effects[Int(place.effect)].kind
      if let word = words.min(by: { (frequencies[$0] ?? 0, $0) < (frequencies[$1] ?? 0, $1) }) {
        patterns["\(kind.rawValue) \(word)", default: []].append(place)
      } else {
        open[kind, default: []].append(place)
      }
    }
    func byTime(_ places: [Place]) -> [Place] {
      places.sorted { (starts[Int($0.call)], $0.call, $0.effect) < (starts[Int($1.call)], $1.call, $1.effect) }
    }
    exact = exact.mapValues(byTime)
    fingerprints = fingerprints.mapValues(byTime)
    patterns = patterns.mapValues(byTime)
    open = open.mapValues(byTime)
    groups = groups.mapValues(byTime)
  }

  /// The effects that are literally this text, or have this pattern, by time.
  func same(_ key: String) -> [Place] { exact[key] ?? groups[key] ?? [] }

  /// The calls that an id names.
  func calls(named id: String) -> [(scope: CarriedID.Scope, call: Int32)] { ids[id] ?? [] }

  var hasIDs: Bool { !ids.isEmpty }

  /// The ids of calls that stand in these texts.
  func ids(in texts: [String]) -> Set<String> {
    guard hasIDs else { return [] }
    return Set(texts.flatMap { CarriedID.all(in: $0) }.filter { ids[$0] != nil })
  }

  /// The effects that an action may be, each once, with the best way in which they agree.
  func candidates(
    of action: WireAction, _ seen: SeenText, _ calls: [CallEvidence]
  ) -> [(place: Place, fit: Fit, count: Int)] {
    var found: [Place: (fit: Fit, count: Int)] = [:]
    let time = action.startedAt.nanoseconds
    if let places = exact[seen.key] {
      for place in near(places, time) { found[place] = (.exact, places.count) }
    }
    if let fingerprint = action.fingerprint, let places = fingerprints[fingerprint] {
      for place in near(places, time) where found[place] == nil {
        let effect = calls[Int(place.call)].effects[Int(place.effect)]
        guard effect.kind == seen.kind else { continue }
        // The same but for a secret that is not shown.
        let isRedacted = seen.text.contains(Redaction.mark) && effect.matches(seen.text) == .pattern
        found[place] = (isRedacted ? .pattern : .fingerprint, places.count)
      }
    }
    var tried = 0
    let words = patterns.isEmpty ? [] : Self.words(of: seen.normalised?[...] ?? [])
    for word in Self.different(words, limit: Self.wordLimit) {
      for place in near(patterns["\(seen.kind.rawValue) \(word)"] ?? [], time) where tried < Self.patternLimit {
        tried += 1
        take(place, seen, calls, &found)
      }
    }
    for place in near(open[seen.kind] ?? [], time) { take(place, seen, calls, &found) }
    return found.map { ($0.key, $0.value.fit, $0.value.count) }
      .sorted { ($0.place.call, $0.place.effect) < ($1.place.call, $1.place.effect) }
  }

  private func take(
    _ place: Place, _ seen: SeenText, _ calls: [CallEvidence], _ found: inout [Place: (fit: Fit, count: Int)]
  ) {
    guard found[place].map({ $0.fit < .pattern }) ?? true, matchers[place]?.match(seen) == .pattern else { return }
    let effect = calls[Int(place.call)].effects[Int(place.effect)]
    found[place] = (.pattern, groups[groupKey(of: effect)]?.count ?? 1)
  }

  /// The first of each, in order.
  private static func different(_ words: [String], limit: Int) -> [String] {
    var known: Set<String> = []
    var found: [String] = []
    for word in words where found.count < limit && known.insert(word).inserted { found.append(word) }
    return found
  }

  /// Those of a list, sorted by time, that lie nearest to a time.
  private func near(_ places: [Place], _ time: Int64) -> ArraySlice<Place> {
    guard places.count > Self.nearest else { return places[...] }
    var (low, high) = (0, places.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[Int(places[middle].call)] <= time { low = middle + 1 } else { high = middle }
    }
    // Most of them before it: an action follows its call.
    let first = max(0, min(low - Self.nearest * 2 / 3, places.count - Self.nearest))
    return places[first..<(first + Self.nearest)]
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

/// Names a pattern, so that equal ones are one.
func groupKey(of effect: ExpectedEffect) -> String { "pattern \(effect.kind.rawValue) \(effect.text)" }
