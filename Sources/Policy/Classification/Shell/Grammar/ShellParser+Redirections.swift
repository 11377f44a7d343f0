/// Redirections and here-documents (POSIX 2.7).
extension ShellParser {
  /// The redirection that stands here, if one does.
  mutating func redirection() throws(ShellSyntaxError) -> ShellRedirection? {
    settle()
    let start = index
    var at = index
    var descriptor: Int?
    if at < end, Byte.isDigit(bytes[at]) {
      while at < end, Byte.isDigit(bytes[at]), at - start < 9 { at += 1 }
      guard at < end, bytes[at] == UInt8(ascii: "<") || bytes[at] == UInt8(ascii: ">") else { return nil }
      descriptor = Int(String(decoding: bytes[start..<at], as: UTF8.self))
    } else if at < end, bytes[at] == UInt8(ascii: "{") {
      at += 1
      guard at < end, Byte.isNameStart(bytes[at]) else { return nil }
      while at < end, Byte.isName(bytes[at]), at - start < 256 { at += 1 }
      guard at + 1 < end, bytes[at] == UInt8(ascii: "}") else { return nil }
      at += 1
      guard bytes[at] == UInt8(ascii: "<") || bytes[at] == UInt8(ascii: ">") else { return nil }
    }
    index = at
    guard let (kind, length) = operation() else {
      index = start
      return nil
    }
    try count()
    advance(length)
    skipBlanks()
    if kind != .duplicateOutput, kind != .duplicateInput, startsRedirection() { throw failure("unexpected number") }
    guard let target = try word() else { throw failure("unexpected \(shown)") }
    var result = ShellRedirection(kind: kind, descriptor: descriptor, target: target, range: start..<index)
    if kind == .hereDocument || kind == .hereDocumentWithoutTabs {
      let raw = Array(bytes[target.range.clamped(to: 0..<bytes.count)])
      let delimiter = Delimiter(raw)
      result.hereDocument = hereDocuments.count
      pending.append(
        PendingHereDocument(
          number: hereDocuments.count, delimiter: delimiter.text, isQuoted: delimiter.isQuoted,
          stripsTabs: kind == .hereDocumentWithoutTabs))
      hereDocuments.append(ShellWord(parts: [], range: index..<index))
    }
    return result
  }

  /// `1>2>3`: the second number belongs to the second redirection.
  private func startsRedirection() -> Bool {
    var at = index
    while at < end, Byte.isDigit(bytes[at]), at - index < 9 { at += 1 }
    return at > index && at < end && (bytes[at] == UInt8(ascii: "<") || bytes[at] == UInt8(ascii: ">"))
  }

  private func operation() -> (ShellRedirection.Kind, Int)? {
    switch look() {
    case UInt8(ascii: "<"):
      if has("<<<") { return (.hereString, 3) }
      if has("<<-") { return (.hereDocumentWithoutTabs, 3) }
      if has("<<") { return (.hereDocument, 2) }
      if has("<&") { return (.duplicateInput, 2) }
      if has("<>") { return (.readWrite, 2) }
      return has("<(") ? nil : (.input, 1)
    case UInt8(ascii: ">"):
      if has(">>") { return (.append, 2) }
      if has(">&") { return (.duplicateOutput, 2) }
      if has(">|") { return (.clobber, 2) }
      return has(">(") ? nil : (.output, 1)
    case UInt8(ascii: "&"):
      if has("&>>") { return (.bothAppend, 3) }
      return has("&>") ? (.both, 2) : nil
    default: return nil
    }
  }

  /// The word after `<<` without its quotes. Nothing in it is expanded.
  private struct Delimiter {
    var text: [UInt8] = []
    var isQuoted = false

    init(_ raw: [UInt8]) {
      var quote: UInt8?
      var at = 0
      while at < raw.count {
        let byte = raw[at]
        at += 1
        if let open = quote {
          if byte == open {
            quote = nil
          } else if byte == Byte.backslash, open == Byte.doubleQuote, at < raw.count, "$`\"\\\n".utf8.contains(raw[at])
          {
            if raw[at] != Byte.newline { text.append(raw[at]) }
            at += 1
          } else {
            text.append(byte)
          }
        } else if byte == Byte.quote || byte == Byte.doubleQuote {
          // `$'` and `$"` are quotes as well.
          if text.last == Byte.dollar { text.removeLast() }
          quote = byte
          isQuoted = true
        } else if byte == Byte.backslash {
          isQuoted = isQuoted || at < raw.count && raw[at] != Byte.newline
          if at < raw.count, raw[at] != Byte.newline { text.append(raw[at]) }
          at += 1
        } else {
          text.append(byte)
        }
      }
    }
  }

  // MARK: Bodies

  /// The bodies of what was announced on the line that ends here.
  mutating func readHereDocuments() throws(ShellSyntaxError) {
    guard !pending.isEmpty else { return }
    let all = pending
    pending = []
    for document in all { try readHereDocument(document) }
  }

  private mutating func readHereDocument(_ document: PendingHereDocument) throws(ShellSyntaxError) {
    let start = index
    var stop = end
    var next = end
    var isContinued = false
    var hasEnd = false
    var at = index
    while at < end {
      let line = at
      while at < end, bytes[at] != Byte.newline { at += 1 }
      var first = line
      if document.stripsTabs { while first < at, bytes[first] == 0x09 { first += 1 } }
      if !isContinued {
        if at - first == document.delimiter.count, bytes[first..<at].elementsEqual(document.delimiter) {
          (stop, next, hasEnd) = (line, min(at + 1, end), true)
          break
        }
        // As bash does: `$(cat <<EOF … EOF)`.
        let tail = first + document.delimiter.count
        if substitutions > 0, tail < at, bytes[first..<tail].elementsEqual(document.delimiter),
          bytes[tail..<at].contains(Byte.close)
        {
          (stop, next, hasEnd) = (line, tail, true)
          break
        }
      }
      var slashes = 0
      while at - slashes > line, bytes[at - slashes - 1] == Byte.backslash { slashes += 1 }
      isContinued = !document.isQuoted && slashes % 2 == 1
      at += 1
    }
    if !hasEnd { hasOpenDocument = true }
    let body: [ShellWordPart]
    if document.isQuoted {
      body = [ShellWordPart(content: .literal(lines(start..<stop, document)), isQuoted: true, range: start..<stop)]
      try count()
    } else {
      body = try expanding(start..<stop, document)
    }
    if hereDocuments.indices.contains(document.number) {
      hereDocuments[document.number] = ShellWord(parts: body, range: start..<stop)
    }
    index = next
  }

  private func lines(_ range: Range<Int>, _ document: PendingHereDocument) -> [UInt8] {
    let body = bytes[range.clamped(to: 0..<bytes.count)]
    guard document.stripsTabs else { return Array(body) }
    return Array(
      body.split(separator: Byte.newline, omittingEmptySubsequences: false).map { $0.drop { $0 == 0x09 } }
        .joined(separator: [Byte.newline]))
  }

  /// The parts of a body whose delimiter was not quoted. The shell reads them when it runs the command: a mistake in
  /// them is none of the script's.
  private mutating func expanding(
    _ range: Range<Int>, _ document: PendingHereDocument
  ) throws(ShellSyntaxError) -> [ShellWordPart] {
    let outer = (end, depth, pending)
    (index, end, pending) = (range.lowerBound, range.upperBound, [])
    defer { (end, depth, pending) = outer }
    var parts: [ShellWordPart] = []
    do throws(ShellSyntaxError) {
      try descend()
      try quotedParts(&parts, until: nil, stripsTabs: document.stripsTabs)
    } catch {
      if nodeCount > ShellLimits.nodes { throw error }
      parts.append(ShellWordPart(content: .unread, isQuoted: true, range: range))
    }
    return parts
  }
}
