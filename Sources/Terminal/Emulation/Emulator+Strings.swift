extension Emulator {
  /// A control string is over; `end` is the offset after it.
  mutating func endString(at end: UInt64) {
    parser.state = .ground
    parser.ended = end
    switch parser.stringKind {
    case .command: command(parser.string)
    case .title: setTitle(Self.text(parser.string[...]))
    case .passedOver: break
    }
    parser.string.removeAll(keepingCapacity: true)
  }

  /// Adds a mark at the cursor for the sequence that is being read.
  mutating func mark(_ kind: TerminalMark.Kind) {
    guard marks.count < options.markLimit else {
      lostMarkCount += 1
      return
    }
    marks.append(
      TerminalMark(
        kind: kind, offsets: parser.begun..<max(parser.ended, parser.begun), line: topLine + UInt64(row), column: column
      ))
  }

  /// Text without what steers a terminal.
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    var text = String(decoding: Array(bytes), as: UTF8.self)
    text.unicodeScalars.removeAll { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }
    return text
  }

  private mutating func setTitle(_ text: String) {
    title = text
    mark(.title(text))
  }

  /// OSC: a number, and after a semicolon what it is about.
  private mutating func command(_ string: [UInt8]) {
    let numberEnd = string.firstIndex(of: 0x3B) ?? string.count
    guard numberEnd <= 5, let number = Int(Self.text(string[..<numberEnd])) else { return }
    let rest = string[min(numberEnd + 1, string.count)...]
    switch number {
    case 0, 1, 2: setTitle(Self.text(rest))
    case 7: mark(.workingDirectory(Self.text(rest)))
    case 8: hyperlink(rest)
    case 9: notification(rest)
    case 52: clipboard(rest)
    case 133: shellMark(rest)
    case 633: editorMark(rest)
    case 777: if rest.starts(with: "notify;".utf8) { mark(.notification(Self.text(rest.dropFirst(7)))) }
    case 1337:
      let name = "CurrentDir="
      if rest.starts(with: name.utf8) { mark(.workingDirectory(Self.text(rest.dropFirst(name.utf8.count)))) }
    default: break
    }
  }

  /// OSC 8 ; parameters ; address.
  private mutating func hyperlink(_ rest: ArraySlice<UInt8>) {
    guard let separator = rest.firstIndex(of: 0x3B) else { return }
    let address = Self.text(rest[(separator + 1)...])
    mark(.hyperlink(address.isEmpty ? nil : address))
  }

  /// OSC 9 is iTerm's notice, and with a number and a semicolon ConEmu's; of those 9;9 is the directory.
  private mutating func notification(_ rest: ArraySlice<UInt8>) {
    if rest.starts(with: "9;".utf8) { return mark(.workingDirectory(Self.text(rest.dropFirst(2)))) }
    if rest.starts(with: "4;".utf8) { return }
    mark(.notification(Self.text(rest)))
  }

  /// OSC 52 ; which ; text in base64. A question (`?`) moves nothing.
  private mutating func clipboard(_ rest: ArraySlice<UInt8>) {
    guard let separator = rest.firstIndex(of: 0x3B) else { return }
    let content = Self.text(rest[(separator + 1)...])
    if content != "?" { mark(.clipboard(content)) }
  }

  /// OSC 133, of FinalTerm: A, B, C and D, with options of later shells.
  private mutating func shellMark(_ rest: ArraySlice<UInt8>) {
    let parts = rest.split(separator: 0x3B, omittingEmptySubsequences: false)
    guard let letter = parts.first, letter.count == 1 else { return }
    let isContinuation = parts.dropFirst().contains { $0.elementsEqual("k=s".utf8) || $0.elementsEqual("k=c".utf8) }
    let wasContinuation = isInContinuation
    isInContinuation = false
    switch letter.first {
    case 0x41 where isContinuation, 0x50 where isContinuation:
      isInContinuation = true
      mark(.continuationStart)
    case 0x41: mark(.promptStart)
    case 0x42: mark(wasContinuation ? .continuationEnd : .commandStart)
    case 0x43:
      for option in parts.dropFirst() where option.starts(with: "cmdline=".utf8) {
        mark(.commandLine(Self.text(option.dropFirst(8))))
      }
      mark(.commandExecuted)
    case 0x44: mark(.commandFinished(status: parts.dropFirst().first.flatMap { Int(Self.text($0)) }))
    default: break
    }
  }

  /// OSC 633, of VS Code: as 133, with E (the command line) and P (a property).
  private mutating func editorMark(_ rest: ArraySlice<UInt8>) {
    let parts = rest.split(separator: 0x3B, omittingEmptySubsequences: false)
    guard let letter = parts.first, letter.count == 1 else { return }
    switch letter.first {
    case 0x46: mark(.continuationStart)
    case 0x47: mark(.continuationEnd)
    case 0x45: if parts.count > 1 { mark(.commandLine(Self.unescaped(parts[1]))) }
    case 0x50:
      guard parts.count > 1, let equals = parts[1].firstIndex(of: 0x3D) else { return }
      let name = Self.text(parts[1][..<equals])
      let value = Self.unescaped(parts[1][(equals + 1)...])
      mark(name == "Cwd" ? .workingDirectory(value) : .property(name, value))
    default: shellMark(rest)
    }
  }

  /// `\\` and `\xHH` of OSC 633, so that a command line of several lines comes whole. Here a line feed is part of the
  /// text; what shows it must take care of it.
  static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      guard byte == 0x5C else {
        result.append(byte)
        continue
      }
      if rest.first == 0x5C {
        rest.removeFirst()
        result.append(0x5C)
      } else if rest.first == 0x78, rest.count >= 3, let value = UInt8(text(rest.dropFirst().prefix(2)), radix: 16) {
        rest.removeFirst(3)
        result.append(value)
      } else {
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
