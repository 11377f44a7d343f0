import Bytes

extension DataMask {
  /// JSON within strings of JSON is followed so deep.
  private static let nestingLimit = 4

  /// What surrounds the token that is read.
  struct Level {
    var isObject: Bool
    /// The member that the object has come to; of an array, the member that it is the value of.
    var name: String?
    /// The rule that takes everything beneath.
    var whole: ColumnMask?
  }

  /// JSON whose values are masked, one document or several behind each other; nil when it does not begin as any.
  ///
  /// Names of members are names of columns. A number that is masked becomes a string, a value that is taken away `null`.
  /// Where it ends early or is damaged, the rest is text; it is redacted whole if a rule means columns, because nobody
  /// knows their names there.
  mutating func json(_ bytes: [UInt8], depth: Int = 0, within outer: ColumnPlace? = nil) -> [UInt8]? {
    var scanner = JSONScanner(bytes)
    var levels: [Level] = []
    var edits: [Edit] = []
    var end = 0
    var hasStructure = false
    var hasNames = false
    let before = tally
    do {
      while let token = try scanner.next() {
        defer { end = scanner.position }
        switch token {
        case .beginObject, .beginArray: hasStructure = true
        case .key: hasNames = true
        default: break
        }
        if let edit = edit(token, in: bytes, end: scanner.position, &levels, depth: depth, within: outer) {
          edits.append(edit)
        }
      }
    } catch {
      // `[2026-11-22] …` is none, and neither is an array of PostgreSQL.
      guard hasNames else {
        reset(before)
        return nil
      }
      let rest = Array(bytes[end...])
      if plan.mayTakeColumns(of: nil) {
        fail("json")
        edits.append(Edit(range: end..<bytes.count, bytes: MaskedForm.mark(nil)))
      } else {
        let shown = plainText(rest)
        if shown != rest { edits.append(Edit(range: end..<bytes.count, bytes: shown)) }
      }
    }
    return hasStructure ? Self.replace(edits, in: bytes) : nil
  }

  /// What becomes of a token; nil when it stays. Its places are those in `bytes`, `end` is where it ends there.
  mutating func edit(
    _ token: JSONScanner.Token, in bytes: [UInt8], end: Int, _ levels: inout [Level], depth: Int = 0,
    within outer: ColumnPlace? = nil
  ) -> Edit? {
    switch token {
    case .beginObject, .beginArray:
      let name = levels.last?.name ?? outer?.name
      levels.append(Level(isObject: token == .beginObject, name: name, whole: taking(levels, outer)))
    case .endObject, .endArray: levels.removeLast()
    case .key(let range):
      let name = JSONScanner(bytes).text(of: range)
      if let last = levels.indices.last { levels[last].name = name }
      if case .replaced(let shown) = plainValue(Array(name.utf8), mask(for: nil)) { return quoted(range, shown) }
    case .string(let range):
      let text = Array(JSONScanner(bytes).text(of: range).utf8)
      let mask = taking(levels, outer) ?? mask(for: place(levels, outer))
      if mask.whole == nil, depth < Self.nestingLimit, let first = text.first, first == 0x7B || first == 0x5B,
        let inner = json(text, depth: depth + 1, within: place(levels, outer))
      {
        return inner == text ? nil : quoted(range, inner)
      }
      return edit(range, scalar(text, mask))
    case .number(let range):
      let mask = taking(levels, outer) ?? mask(for: place(levels, outer))
      return edit(range, plainValue(Array(bytes[range]), mask))
    case .bool(let isTrue):
      guard let mask = taking(levels, outer) else { break }
      let range = (end - (isTrue ? 4 : 5))..<end
      return edit(range, plainValue(Array(bytes[range]), mask))
    case .null: break
    }
    return nil
  }

  private func place(_ levels: [Level], _ outer: ColumnPlace?) -> ColumnPlace? {
    guard let name = levels.last?.name else { return outer }
    return ColumnPlace(name: name)
  }

  /// The rule that takes a value with everything beneath, which its own name or one above tells.
  private mutating func taking(_ levels: [Level], _ outer: ColumnPlace?) -> ColumnMask? {
    if let whole = levels.last?.whole { return whole }
    guard let place = place(levels, outer) else { return nil }
    let mask = mask(for: place)
    return mask.whole == nil ? nil : mask
  }

  private func edit(_ range: Range<Int>, _ outcome: Outcome) -> Edit? {
    switch outcome {
    case .same: nil
    case .replaced(let shown): quoted(range, shown)
    case .null: Edit(range: range, bytes: Array("null".utf8))
    }
  }

  private func quoted(_ range: Range<Int>, _ text: [UInt8]) -> Edit {
    Edit(range: range, bytes: Array(JSONWriter.quoted(String(decoding: text, as: UTF8.self)).utf8))
  }
}
