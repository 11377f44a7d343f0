extension StyledLine {
  /// The line with every place that reads like `words`, capitals or not, made visible.
  func highlighting(_ words: String) -> StyledLine {
    let wanted = words.unicodeScalars.map(Self.folded)
    let own = pieces.flatMap { $0.text.runs.flatMap { $0.text.unicodeScalars.map(Self.folded) } }
    guard !wanted.isEmpty, own.count >= wanted.count else { return self }
    var isFound = [Bool](repeating: false, count: own.count)
    var place = 0
    while place + wanted.count <= own.count {
      guard own[place] == wanted[0], own[place..<(place + wanted.count)].elementsEqual(wanted) else {
        place += 1
        continue
      }
      for index in place..<(place + wanted.count) { isFound[index] = true }
      place += wanted.count
    }
    guard isFound.contains(true) else { return self }
    return restyled(isFound)
  }

  /// The line with the characters that are marked in another style.
  private func restyled(_ isFound: [Bool]) -> StyledLine {
    var line = StyledLine()
    var index = 0
    for piece in pieces {
      for run in piece.text.runs {
        var part = TerminalText.Run(text: "", width: 0, isMark: run.isMark)
        var isPartFound = false
        for scalar in run.text.unicodeScalars {
          if isFound[index] != isPartFound, !part.text.isEmpty {
            line.append(TerminalText(runs: [part]), isPartFound ? .found : piece.style)
            part = TerminalText.Run(text: "", width: 0, isMark: run.isMark)
          }
          isPartFound = isFound[index]
          part.text.unicodeScalars.append(scalar)
          part.width += run.isMark ? 1 : CharacterWidth.of(scalar)
          index += 1
        }
        line.append(TerminalText(runs: [part]), isPartFound ? .found : piece.style)
      }
    }
    return line
  }

  private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.value < 0x80 {
      return (0x41...0x5A).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar
    }
    return scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
  }
}
