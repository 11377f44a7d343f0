import Bytes

/// JSON, one document or several behind each other, value by value, as `DataMask.json` masks the whole.
struct JSONContent: BodyContent {
  /// Bytes in which no name was seen that are held, because they may be no JSON after all: `[2026-11-22] …`.
  private static let openingLimit = 64 << 10

  private enum State {
    /// What came, what it would become, and what was counted before.
    case opening(raw: [UInt8], shown: [UInt8], MaskTally?)
    case json
    /// What is behind it is none.
    case text(MaskStream)
  }

  private var state = State.opening(raw: [], shown: [], nil)
  private var tokenizer = JSONTokenizer()
  private var levels: [DataMask.Level] = []
  private var hasNames = false

  mutating func receive(
    _ piece: Span<UInt8>, _ mask: inout DataMask, into out: inout [UInt8]
  ) throws(BodyMaskFailure) {
    switch state {
    case .text(var text):
      // Not held twice while it changes.
      state = .json
      text.receive(piece, &mask, into: &out)
      state = .text(text)
    case .json:
      var index = 0
      do {
        try read(piece, &index, &mask, &out)
      } catch {
        try end(piece.extracting(index..<piece.count), &mask, &out)
      }
    case .opening(var raw, var shown, let counted):
      state = .json
      let before = counted ?? mask.tally
      raw.append(contentsOf: piece)
      var index = 0
      do {
        try read(piece, &index, &mask, &shown)
      } catch  where !hasNames {
        mask.reset(before)
        var text = MaskStream()
        text.receive(raw.span, &mask, into: &out)
        return state = .text(text)
      } catch {
        out += shown
        return try end(piece.extracting(index..<piece.count), &mask, &out)
      }
      if hasNames || tokenizer.isBetweenDocuments && !shown.isEmpty || raw.count > Self.openingLimit {
        out += shown
      } else {
        state = .opening(raw: raw, shown: shown, before)
      }
    }
  }

  mutating func settle(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) {
    guard case .text(var text) = state else { return }
    text.settle(&mask, into: &out)
    state = .text(text)
  }

  mutating func finish(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) {
    switch state {
    case .opening(let raw, _, let before):
      // No document is whole, and no name was seen.
      if let before { mask.reset(before) }
      out += mask.plainText(raw)
    case .json:
      do {
        while let kind = try tokenizer.finish() { take(kind, &mask, &out) }
        tokenizer.takeGap(into: &out)
      } catch {
        try end([UInt8]().span, &mask, &out)
        if case .text(var text) = state { text.finish(&mask, into: &out) }
      }
    case .text(var text): text.finish(&mask, into: &out)
    }
  }

  // MARK: Tokens

  private mutating func read(
    _ piece: Span<UInt8>, _ index: inout Int, _ mask: inout DataMask, _ out: inout [UInt8]
  ) throws(JSONTokenizer.Damage) {
    while let kind = try tokenizer.next(piece, &index) { take(kind, &mask, &out) }
    tokenizer.takeGap(into: &out)
  }

  private mutating func take(_ kind: JSONTokenizer.Kind, _ mask: inout DataMask, _ out: inout [UInt8]) {
    let count = tokenizer.token.count
    let token: JSONScanner.Token
    switch kind {
    case .beginObject: token = .beginObject
    case .endObject: token = .endObject
    case .beginArray: token = .beginArray
    case .endArray: token = .endArray
    case .key:
      hasNames = true
      token = .key(0..<count)
    case .string: token = .string(0..<count)
    case .number: token = .number(0..<count)
    case .isTrue: token = .bool(true)
    case .isFalse: token = .bool(false)
    case .null: token = .null
    }
    out += tokenizer.before
    if tokenizer.isLong {
      mask.fail("large")
      out += [UInt8(ascii: "\"")] + MaskedForm.mark(nil) + [UInt8(ascii: "\"")]
    } else if let edit = mask.edit(token, in: tokenizer.token, end: count, &levels) {
      out += edit.bytes
    } else {
      out += tokenizer.token
    }
    out += tokenizer.after
    tokenizer.drop()
  }

  /// What is behind the last token is no JSON: text, if there are no names in it that rules mean.
  private mutating func end(
    _ rest: Span<UInt8>, _ mask: inout DataMask, _ out: inout [UInt8]
  ) throws(BodyMaskFailure) {
    if hasNames, mask.plan.mayTakeColumns(of: nil) {
      throw BodyMaskFailure(.layout, "JSON that is damaged or ends early")
    }
    guard !tokenizer.isLong else { throw BodyMaskFailure(.large, "a value of JSON without its end") }
    var text = MaskStream()
    text.receive(tokenizer.pending.span, &mask, into: &out)
    text.receive(rest, &mask, into: &out)
    state = .text(text)
  }
}
