public import Bytes

/// Masks what a program writes while it goes by, by the rules that mask captures: its text as detectors find values in it, whatever
/// control sequences stand between its letters; titles, links and parameters in such sequences too. What it finds does not depend
/// on how the output is cut.
///
/// It holds back what a value may still go on in, at most `blockSize` bytes, and shows a prompt after a pause.
public struct OutputMask: Sendable {
  /// Bytes of text that are held at most.
  private static let blockSize = MaskStream.blockSize
  /// Bytes of control sequences that are held with it.
  private static let hiddenLimit = 256 << 10

  /// What shows nothing, before the letter at a place.
  private struct Hidden {
    var place: Int
    var bytes: [UInt8]
  }

  private var mask: DataMask
  private var window = TextWindow(contextLimit: TextWindow.contextLimit)
  private var terminal = TerminalText()
  private var hidden: [Hidden] = []
  private var hiddenCount = 0
  /// A letter that may be struck over.
  private var last: UInt8?
  private let passesBinary: Bool
  private var failure: BodyMaskFailure?

  /// Nil when the plan has no rules: then nothing has to be done. `passesBinary`: bytes that no text has may come.
  public init?(_ plan: MaskingPlan, hasher: SecretHasher, passesBinary: Bool = false) {
    guard !plan.isEmpty else { return nil }
    mask = DataMask(plan, hasher: hasher)
    self.passesBinary = passesBinary
  }

  /// What was masked since this was asked last. Never the values.
  public mutating func takeTally() -> MaskTally { mask.takeTally() }

  /// Something is held back.
  public var isHolding: Bool { window.openCount > 0 || last != nil || !hidden.isEmpty }

  /// Adds output; gives what may be shown by now.
  ///
  /// - Throws: `BodyMaskFailure` for what is no text; nothing of it or behind it may be shown.
  public mutating func feed(_ bytes: Span<UInt8>) throws(BodyMaskFailure) -> [UInt8] {
    if let failure { throw failure }
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      // Each byte becomes two at most: one that was kept, and itself.
      let room = max(1, (Self.blockSize - window.bytes.count) / 2)
      let end = min(bytes.count, index + room)
      try read(bytes.extracting(index..<end))
      index = end
      if let judged = window.judged(by: mask) { give(judged, &out) }
      if window.bytes.count >= Self.blockSize - 2 {
        give(window.forced(by: mask, holding: MaskStream.valueLimit), &out)
      }
      if window.openCount == 0 { sayHidden(upTo: window.bytes.count, &out) }
      guard hiddenCount <= Self.hiddenLimit else {
        throw fail(.large, "more control sequences than are held with so little text")
      }
    }
    return out
  }

  private mutating func read(_ piece: Span<UInt8>) throws(BodyMaskFailure) {
    var visible: [UInt8] = []
    visible.reserveCapacity(piece.count + 1)
    var elements: [TerminalText.Element] = []
    for index in 0..<piece.count {
      let byte = piece[index]
      // Most bytes are letters.
      if terminal.isPlain, byte >= 0x20, byte < 0x7F {
        if let last { visible.append(last) }
        last = byte
        continue
      }
      terminal.take(byte) { elements.append($0) }
      for element in elements { try take(element, &visible) }
      elements.removeAll(keepingCapacity: true)
    }
    window.append(visible.span)
  }

  private mutating func take(_ element: TerminalText.Element, _ visible: inout [UInt8]) throws(BodyMaskFailure) {
    switch element {
    case .visible(let byte):
      if let last { visible.append(last) }
      last = byte
      // Nothing strikes over the end of a line.
      if byte < 0x20 {
        visible.append(byte)
        last = nil
      }
    case .backspace:
      // The letter before it is not what is read in the end.
      let place = window.bytes.count + visible.count
      if let last {
        let behind = hidden.firstIndex { $0.place > place } ?? hidden.count
        for index in behind..<hidden.count { hidden[index].place = place }
        hidden.insert(Hidden(place: place, bytes: [last]), at: behind)
        hiddenCount += 1
      }
      last = nil
      keep([0x08], before: place)
    case .hidden(let bytes): hide(bytes, &visible)
    case .text(let head, let content, let end):
      guard content.count <= TerminalText.textLimit else {
        throw fail(.large, "a control sequence of more than \(TerminalText.textLimit >> 10) KiB")
      }
      guard !mask.claims(content).isEmpty else { return hide(head + content + end, &visible) }
      // Parameters are numbers: with a mark among them it would be no sequence.
      if head.last == 0x5B || head.last == 0x9B {
        mask.fail("sequence")
      } else {
        hide(head + mask.plainText(content) + end, &visible)
      }
    case .binary(let byte):
      guard passesBinary else { throw fail(.layout, "it is no text") }
      try take(.visible(byte), &visible)
    }
  }

  /// Keeps what shows nothing, behind the letter that came last.
  private mutating func hide(_ bytes: [UInt8], _ visible: inout [UInt8]) {
    keep(bytes, before: window.bytes.count + visible.count + (last == nil ? 0 : 1))
  }

  private mutating func keep(_ bytes: [UInt8], before place: Int) {
    hiddenCount += bytes.count
    hidden.append(Hidden(place: place, bytes: bytes))
  }

  private mutating func fail(_ code: BodyMaskFailure.Code, _ reason: String) -> BodyMaskFailure {
    let made = BodyMaskFailure(code, reason)
    failure = made
    return made
  }

  /// Nothing came for a while: gives what waits for its end if it is plain words or a prompt.
  public mutating func settle() -> [UInt8] {
    guard failure == nil, terminal.isPlain else { return [] }
    var out: [UInt8] = []
    var ahead = window
    if let last { ahead.append([last].span) }
    let judged = ahead.paused(by: mask) ?? (isPrompt(ahead) ? ahead.whole(by: mask) : nil)
    if let judged {
      (window, last) = (ahead, nil)
      give(judged, &out)
    }
    if window.openCount == 0, last == nil { sayHidden(upTo: window.bytes.count, &out) }
    return out
  }

  /// Whether the text ends as one behind which somebody is to type.
  private func isPrompt(_ window: TextWindow) -> Bool {
    let bytes = window.bytes
    guard window.openCount > 1, bytes.last == 0x20, let sign = bytes.dropLast().last else { return false }
    return "$#>%:?".utf8.contains(sign) && !TextBreak.isQuoted(bytes.span, bytes.count - 2)
  }

  /// The end of the output: what was held back.
  public mutating func finish() -> [UInt8] {
    guard failure == nil else { return [] }
    var out: [UInt8] = []
    var visible: [UInt8] = []
    var elements: [TerminalText.Element] = []
    terminal.finish { elements.append($0) }
    for element in elements where (try? take(element, &visible)) == nil { return [] }
    if let last { visible.append(last) }
    last = nil
    window.append(visible.span)
    give(window.whole(by: mask), &out)
    sayHidden(upTo: window.bytes.count, &out)
    window = TextWindow(contextLimit: TextWindow.contextLimit)
    return out
  }

  // MARK: Giving

  private mutating func give(_ judged: TextWindow.Judgement, _ out: inout [UInt8]) {
    let bytes = window.bytes
    var position = window.given
    for claim in judged.claims {
      let range = claim.detection.range
      let action = mask.plan.rules[claim.rule].action
      if range.lowerBound < position {
        // It begins in what was given: without that it was none, and the rest of it is not shown.
        if action != .keep {
          mask.fail("stream")
          out += MaskedForm.mark(claim.detection.dataClass)
          position = max(position, range.upperBound)
        }
        continue
      }
      say(bytes, position..<range.lowerBound, &out)
      position = range.lowerBound
      if action == .keep {
        say(bytes, range, &out)
      } else {
        for edit in mask.edits(bytes, [claim]) { out += edit.bytes }
        sayHidden(upTo: range.upperBound, &out)
      }
      position = range.upperBound
    }
    if judged.end > position { say(bytes, position..<judged.end, &out) }
    let end = max(judged.end, position)
    sayHidden(upTo: end, &out)
    let gone = window.give(to: end, isBreak: judged.isBreak && position <= judged.end)
    for index in hidden.indices { hidden[index].place -= gone }
  }

  /// Letters with what stands between them.
  private mutating func say(_ bytes: [UInt8], _ range: Range<Int>, _ out: inout [UInt8]) {
    var position = range.lowerBound
    var count = 0
    for one in hidden {
      guard one.place <= range.upperBound else { break }
      if one.place > position {
        out += bytes[position..<one.place]
        position = one.place
      }
      out += one.bytes
      hiddenCount -= one.bytes.count
      count += 1
    }
    hidden.removeFirst(count)
    if position < range.upperBound { out += bytes[position..<range.upperBound] }
  }

  private mutating func sayHidden(upTo place: Int, _ out: inout [UInt8]) {
    var count = 0
    for one in hidden {
      guard one.place <= place else { break }
      out += one.bytes
      hiddenCount -= one.bytes.count
      count += 1
    }
    hidden.removeFirst(count)
  }
}
