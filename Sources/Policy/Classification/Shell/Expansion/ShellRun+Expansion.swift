import Model

/// The expansion of words (POSIX 2.6), as far as their text says what comes of it.
extension ShellRun {
  /// The fields that words become.
  mutating func fields(_ words: [ShellWord]) -> [ShellValue] {
    var result: [ShellValue] = []
    for word in words {
      guard let alternatives = BraceExpansion.expand(word) else {
        cut("braces stand for too many words")
        result.append(.unknown)
        continue
      }
      for parts in alternatives { result += fields(parts) }
    }
    return result
  }

  /// One text, without splitting: a value of an assignment, a target of a redirection, a here-document.
  mutating func value(_ word: ShellWord) -> ShellValue { joined(word.parts) }

  private mutating func joined(_ parts: [ShellWordPart]) -> ShellValue {
    var result = ShellValue()
    for part in parts { result.append(expand(part).reduce(into: ShellValue()) { $0.appendField($1) }) }
    return result
  }

  private mutating func fields(_ parts: [ShellWordPart]) -> [ShellValue] {
    var done: [ShellValue] = []
    var open: ShellValue?
    for part in parts {
      let expanded = expand(part)
      if case .literal = part.content {
        var value = open ?? ShellValue()
        for piece in expanded { value.append(piece) }
        open = value
        continue
      }
      let isList = if case .parameter(let parameter) = part.content { parameter.name == "@" } else { false }
      var pieces = expanded
      if !part.isQuoted {
        pieces = expanded.flatMap { $0.isKnown ? $0.fields : [$0] }
      } else if pieces.isEmpty, !isList {
        pieces = [ShellValue()]
      }
      for (index, piece) in pieces.enumerated() {
        if index > 0, let finished = open {
          done.append(finished)
          open = nil
        }
        var value = open ?? ShellValue()
        value.append(piece)
        open = value
      }
    }
    if let open { done.append(open) }
    return done
  }

  /// What a part becomes: one value, or those of `$@`.
  private mutating func expand(_ part: ShellWordPart) -> [ShellValue] {
    switch part.content {
    case .literal(let bytes):
      var value = ShellValue()
      guard spend(bytes.count) else { return [.unknown] }
      value.bytes = bytes
      value.isGlob = !part.isQuoted && bytes.contains { "*?[".utf8.contains($0) }
      let spare = part.range.count - bytes.count
      // Single quotes stand around, whatever else is escaped is not found byte by byte.
      let isInQuotes =
        spare == 2 && levels.indices.contains(level) && part.range.upperBound <= levels[level].source.count
        && levels[level].source[part.range.lowerBound] == Byte.quote
      let verbatim = spare == 0 ? part.range.lowerBound : isInQuotes ? part.range.lowerBound + 1 : nil
      value.pieces = [
        ShellValue.Piece(bytes: 0..<bytes.count, level: level, source: part.range, verbatim: verbatim)
      ]
      return [value]
    case .parameter(let parameter): return expand(parameter, part)
    case .command(let list): return [substitute { $0.run(list) }]
    case .script(let script):
      return [
        substitute { run in
          let outer = run.level
          var origin = ShellValue()
          origin.bytes = script.source
          origin.pieces = [
            ShellValue.Piece(
              bytes: 0..<script.source.count, level: outer, source: part.range,
              verbatim: part.range.count == script.source.count + 2 ? part.range.lowerBound + 1 : nil)
          ]
          run.level = run.begin(script.source, origin: origin)
          defer { run.level = outer }
          return run.run(script: script)
        }
      ]
    case .process(let list, let isInput):
      let output = apart { $0.run(list) }
      var value = ShellValue("/dev/fd/63")
      value.isKnown = false
      value.remote = isInput ? output.remote : nil
      if isInput, watch != nil { value = pipe(output, value) }
      return [value]
    case .arithmetic(let parts):
      let text = joined(parts)
      if text.isKnown, let number = Int(text.text.filter { $0 != " " }) { return [ShellValue(String(number))] }
      return [.unknown]
    case .unread:
      cut("a here-document holds what does not parse")
      return [.unknown]
    }
  }

  /// What commands in a subshell write, without the newlines at its end.
  private mutating func substitute(_ body: (inout ShellRun) -> ShellOutput) -> ShellValue {
    let output = apart(body)
    guard var value = output.value, value.isKnown, value.bytes.count <= ShellLimits.valueSize, spend(value.bytes.count)
    else {
      var value = ShellValue.unknown
      value.remote = output.remote
      return value
    }
    var count = value.bytes.count
    while count > 0, value.bytes[count - 1] == Byte.newline { count -= 1 }
    value = value.part(0..<count)
    return value
  }

  // MARK: Parameters

  private mutating func expand(_ parameter: ShellParameter, _ part: ShellWordPart) -> [ShellValue] {
    // Its commands run, or may.
    let argument = parameter.argument.isEmpty ? ShellValue() : joined(parameter.argument)
    guard !parameter.isIndirect, !parameter.isSubscripted else { return [.unknown] }
    if parameter.name == "@" || parameter.name == "*", parameter.action.isEmpty, !parameter.isLength {
      guard let all = positional else { return [.unknown] }
      if parameter.name == "@" || !part.isQuoted { return all }
      return [all.reduce(into: ShellValue()) { $0.appendField($1) }]
    }
    guard let known = variables[parameter.name], known.isKnown, spend(known.bytes.count) else {
      // What is set elsewhere is not known; its default is a guess that would look like a fact.
      return variables[parameter.name].map { parameter.action.isEmpty && !parameter.isLength ? [$0] : [.unknown] }
        ?? [.unknown]
    }
    if parameter.isLength { return [ShellValue(String(known.text.count))] }
    switch parameter.action {
    case "": return [known]
    case "-", "=", "?": return [known]
    case ":=":
      guard known.bytes.isEmpty else { return [known] }
      set(parameter.name, argument.isKnown ? argument : nil)
      return [argument]
    case ":-", ":?": return known.bytes.isEmpty ? [argument] : [known]
    case ":+": return known.bytes.isEmpty ? [ShellValue()] : [argument]
    case "+": return [argument]
    case "#", "##":
      guard argument.isKnown, !argument.isGlob, !argument.bytes.contains(UInt8(ascii: "*")) else { return [.unknown] }
      return [known.bytes.starts(with: argument.bytes) ? known.dropFirst(argument.bytes.count) : known]
    case "%", "%%":
      guard argument.isKnown, !argument.bytes.contains(where: { "*?[\\".utf8.contains($0) }) else { return [.unknown] }
      let keeps = known.bytes.count - argument.bytes.count
      guard keeps >= 0, known.bytes[keeps...].elementsEqual(argument.bytes) else { return [known] }
      return [known.part(0..<keeps)]
    default: return [.unknown]
    }
  }

  /// `$1`, `$2`, … when they are known.
  var positional: [ShellValue]? {
    guard let count = variables["#"].flatMap({ Int($0.text) }) else { return nil }
    return (0..<count).map { variables[String($0 + 1)] ?? ShellValue() }
  }

  mutating func setPositional(_ values: [ShellValue]) {
    forgetPositional()
    set("#", ShellValue(String(values.count)))
    for (index, value) in values.prefix(ShellLimits.braceWords).enumerated() { set(String(index + 1), value) }
  }

  mutating func forgetPositional() {
    for name in Array(variables.keys) where name == "#" || name.first?.isNumber == true { set(name, nil) }
  }

  mutating func set(_ name: String, _ value: ShellValue?) {
    assigned.append(name)
    if let value, value.bytes.count <= ShellLimits.valueSize { variables[name] = value } else { variables[name] = nil }
  }
}

extension ShellValue {
  /// Adds another field after a blank.
  fileprivate mutating func appendField(_ other: ShellValue) {
    if !bytes.isEmpty || !pieces.isEmpty { append(" ") }
    append(other)
  }
}
