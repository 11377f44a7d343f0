import Bytes
import Model

/// Puts together what was found of a text, without its secrets.
struct ShellReport {
  private var run: ShellRun
  private let text: String
  private let script: ShellScript
  /// For each level the secrets in order, apart from each other.
  private let hidden: [[Range<Int>]]

  init(_ run: ShellRun, text: String, script: ShellScript) {
    (self.run, self.text, self.script) = (run, text, script)
    hidden = run.levels.map { ShellReport.merge($0.hidden, limit: $0.source.count) }
  }

  private static func merge(_ ranges: [Range<Int>], limit: Int) -> [Range<Int>] {
    var result: [Range<Int>] = []
    let bounds = 0..<limit
    for range in ranges.map({ $0.clamped(to: bounds) }).filter({ !$0.isEmpty }).sorted(by: {
      $0.lowerBound < $1.lowerBound
    }) {
      if let last = result.last, range.lowerBound <= last.upperBound {
        result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        result.append(range)
      }
    }
    return result
  }

  var reading: ShellReading {
    var parts: [ShellPart] = []
    var whole = Classification(verb: "UNKNOWN", effect: .session)
    var verbWeight = -1
    var seen: Set<Resource> = []
    var notes: [String] = []
    for found in run.found {
      let judgement = found.judgement
      var part = Classification(verb: clean(judgement.verb), effect: judgement.effect)
      part.resources = judgement.resources.map { Resource($0.access, $0.kind, clean($0.name)) }
      part.isUnfiltered = judgement.isUnfiltered
      part.note = judgement.notes.isEmpty ? nil : judgement.notes.map(clean).joined(separator: "; ")
      part.fingerprint = ShellShape.of(found.words)
      // Among commands of one effect the first, but what a database or a server is asked before what says it.
      let weight =
        judgement.isWrapper
        ? -1 : judgement.verb == "assignment" ? 0 : judgement.effect.weight * 2 + (judgement.nested == nil ? 1 : 2)
      if weight > verbWeight || verbWeight < 0 { (whole.verb, verbWeight) = (part.verb, max(weight, 0)) }
      if judgement.effect.weight > whole.effect.weight { whole.effect = judgement.effect }
      whole.isUnfiltered = whole.isUnfiltered || part.isUnfiltered
      for resource in part.resources
      where whole.resources.count < ShellLimits.resources && seen.insert(resource).inserted {
        whole.resources.append(resource)
      }
      if let note = part.note, notes.count < 8, !notes.contains(note) { notes.append(note) }
      parts.append(
        ShellPart(
          text: shown(found.range, of: found.level), words: found.words.map(shown), classification: part,
          nested: judgement.nested, place: found.place.map(clean)))
    }
    if !run.cuts.isEmpty {
      whole.effect = whole.effect == .privilege ? .privilege : .unknown
      if parts.isEmpty { whole.verb = "UNKNOWN" }
      notes = run.cuts.map(clean) + notes
    }
    whole.note = notes.isEmpty ? nil : notes.joined(separator: "; ")
    if script.failure == nil { whole.fingerprint = ShellShape.of(script, hidden.first ?? []) }
    return ShellReading(
      text: shownText, classification: whole, parts: parts, secretHashes: run.mask.hashes,
      syntaxError: script.failure.map { "byte \($0.offset): \($0.reason)" })
  }

  // MARK: Without secrets

  /// The whole text.
  var shownText: String { shown(0..<text.utf8.count, of: 0) }

  /// A text of the shell's or of ours.
  private func clean(_ text: String) -> String {
    var mask = run.mask
    return mask.sweep(mask.text(text, readsNames: false))
  }

  /// A stretch of a level.
  private func shown(_ range: Range<Int>, of level: Int) -> String {
    guard run.levels.indices.contains(level) else { return "" }
    let source = run.levels[level].source
    let range = range.clamped(to: 0..<source.count)
    let inner = hidden[level].filter { $0.overlaps(range) }.map { $0.clamped(to: range) }
    if inner.isEmpty { return run.mask.sweep(String(decoding: source[range], as: UTF8.self)) }
    var out: [UInt8] = []
    var position = range.lowerBound
    for secret in inner {
      out += source[position..<secret.lowerBound]
      out += Array(SecretMask.replacement.utf8)
      position = secret.upperBound
    }
    out += source[position..<range.upperBound]
    return run.mask.sweep(String(decoding: out, as: UTF8.self))
  }

  /// A word as the program gets it.
  private func shown(_ value: ShellValue) -> String {
    var out: [UInt8] = []
    var position = 0
    for piece in value.pieces.sorted(by: { $0.bytes.lowerBound < $1.bytes.lowerBound })
    where hidden.indices.contains(piece.level) && piece.bytes.lowerBound >= position
      && piece.bytes.upperBound <= value.bytes.count
    {
      for secret in hidden[piece.level] where secret.overlaps(piece.source) {
        var range = piece.bytes
        if let verbatim = piece.verbatim {
          let source = verbatim..<(verbatim + piece.bytes.count)
          guard secret.overlaps(source) else { continue }
          let common = secret.clamped(to: source)
          let start = piece.bytes.lowerBound + common.lowerBound - verbatim
          range = start..<(start + common.count)
        }
        guard range.lowerBound >= position else { continue }
        out += value.bytes[position..<range.lowerBound]
        out += Array(SecretMask.replacement.utf8)
        position = range.upperBound
      }
    }
    out += value.bytes[min(position, value.bytes.count)...]
    return clean(String(decoding: out, as: UTF8.self))
  }
}
