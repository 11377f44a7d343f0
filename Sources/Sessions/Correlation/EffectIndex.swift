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
  /// Words of an action's text by which patterns are found.
  private static let wordLimit = 64
  /// Patterns tried for an action.
  private static let patternLimit = 256

  private var exact: [String: [Place]] = [:]
  private var fingerprints: [String: [Place]] = [:]
  private var patterns: [String: [Place]] = [:]
  /// Patterns without a word of their own.
  private var open: [ExpectedEffect.Kind: [Place]] = [:]
  /// Those with equal patterns.
  private var groups: [String: [Place]] = [:]
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
          exact[Self.key(effect.kind, effect.text), default: []].append(place)
        } else {
          let words = effect.pieces.flatMap { piece -> [String] in
            if case .literal(let text) = piece { Self.innerWords(of: text) } else { [] }
          }
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

  static func key(_ kind: ExpectedEffect.Kind, _ text: String) -> String {
    "\(kind.rawValue) \(EffectText.normalized(text, kind))"
  }

  /// The effects that are literally this text, or have this pattern, by time.
  func same(_ key: String) -> [Place] { exact[key] ?? groups[key] ?? [] }

  /// The calls that an id names.
  func calls(named id: String) -> [(scope: CarriedID.Scope, call: Int32)] { ids[id] ?? [] }

  var hasIDs: Bool { !ids.isEmpty }

  /// The effects that an action may be, each once, with the best way in which they agree.
  func candidates(of action: WireAction, key: String, _ calls: [CallEvidence]) -> [(place: Place, fit: Fit, count: Int)]
  {
    guard let kind = action.kind else { return [] }
    var found: [Place: (fit: Fit, count: Int)] = [:]
    let time = action.startedAt.nanoseconds
    if let places = exact[key] {
      for place in near(places, time) { found[place] = (.exact, places.count) }
    }
    if let fingerprint = action.fingerprint, let places = fingerprints[fingerprint] {
      for place in near(places, time) where found[place] == nil {
        let effect = calls[Int(place.call)].effects[Int(place.effect)]
        if effect.kind == kind { found[place] = (.fingerprint, places.count) }
      }
    }
    var tried = 0
    let text = EffectText.normalized(action.text, kind)
    for word in Set(Self.words(of: action.text).prefix(Self.wordLimit)) {
      for place in near(patterns["\(kind.rawValue) \(word)"] ?? [], time) where tried < Self.patternLimit {
        tried += 1
        take(place, text, kind, calls, &found)
      }
    }
    for place in near(open[kind] ?? [], time) { take(place, text, kind, calls, &found) }
    return found.map { ($0.key, $0.value.fit, $0.value.count) }
      .sorted { ($0.place.call, $0.place.effect) < ($1.place.call, $1.place.effect) }
  }

  private func take(
    _ place: Place, _ text: String, _ kind: ExpectedEffect.Kind, _ calls: [CallEvidence],
    _ found: inout [Place: (fit: Fit, count: Int)]
  ) {
    let effect = calls[Int(place.call)].effects[Int(place.effect)]
    guard effect.kind == kind, found[place].map({ $0.fit < .pattern }) ?? true else { return }
    let pieces = effect.pieces.map { piece -> ExpectedEffect.Piece in
      guard case .literal(let text) = piece else { return piece }
      return .literal(EffectText.inner(text, kind))
    }
    if EffectText.matches(pieces, text) { found[place] = (.pattern, groups[groupKey(of: effect)]?.count ?? 1) }
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
  private static func words(of text: String) -> [String] {
    text.utf8.prefix(EffectText.limit).split { !Self.isOfWord($0) }.filter { $0.count >= 3 }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// The words of a piece that end within it: at its edges the unknown part may go on with them.
  private static func innerWords(of text: String) -> [String] {
    let bytes = Array(text.utf8.prefix(EffectText.limit))
    guard let first = bytes.firstIndex(where: { !isOfWord($0) }), let last = bytes.lastIndex(where: { !isOfWord($0) })
    else { return [] }
    return words(of: String(decoding: bytes[first...last], as: UTF8.self))
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || byte >= 0x80
  }
}

extension ExpectedEffect {
  /// No part of it is unknown.
  var isLiteral: Bool { !pieces.contains(.anything) }
}

/// Names a pattern, so that equal ones are one.
func groupKey(of effect: ExpectedEffect) -> String { "pattern \(effect.kind.rawValue) \(effect.text)" }
