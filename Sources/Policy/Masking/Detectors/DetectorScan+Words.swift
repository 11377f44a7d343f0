extension DetectorScan {
  /// What is made of letters and digits, and where reading goes on.
  @inline(never)
  mutating func mixed(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ mask: UInt8) -> Int {
    let length = end - start
    if length == 8, mask & ~ByteClass.hex == 0, bytes.peek(end) == 0x2D,
      let end = DetectorScan.uuidEnd(bytes, start)
    {
      return end
    }
    if mask & ByteClass.anyUpper != 0, mask & ByteClass.anyLower == 0 {
      if ByteClass.isUpper(bytes[start]), ByteClass.isDigit(bytes.peek(start + 2)),
        let range = AccountNumber.find(bytes, at: start), !isJoined(bytes, start)
      {
        add(.iban, range, isCertain: true)
        return range.upperBound
      }
      if (8...18).contains(length), !isJoined(bytes, start), isEnded(bytes, end),
        let detection = person(bytes, start..<end)
      {
        add(detection)
        return end
      }
    }
    if length >= RandomText.pieceLength || RandomText.isMark(bytes.peek(start - 1))
      || RandomText.isMark(bytes.peek(end))
    {
      random(bytes, start..<end, mask)
    }
    return end
  }

  /// A number of a person with letters in it.
  private mutating func person(_ bytes: Span<UInt8>, _ word: Range<Int>) -> Detection? {
    let kind: DataKind?
    switch word.count {
    case 8: kind = nil
    case 9: kind = SpanishID.kind(bytes, word) ?? (NationalInsuranceNumber.isValid(bytes, word) ? .gbNINO : nil)
    case 11: kind = HenkiloTunnus.isValid(bytes, at: word.lowerBound) ? .fiHETU : nil
    case 15: kind = NIR.isValid(bytes, word) ? .frNIR : nil
    case 16: kind = CodiceFiscale.isValid(bytes, word) ? .itCodiceFiscale : nil
    case 18:
      kind =
        ResidentIdentity.isValid(bytes, at: word.lowerBound) ? .cnResidentID : CURP.isValid(bytes, word) ? .mxCURP : nil
    default: return nil
    }
    if let kind {
      // Eight digits and a letter are the numbers of other things too.
      guard kind == .esDNI || kind == .gbNINO else { return Detection(kind: kind, range: word, isCertain: true) }
      let hints = hints(bytes, before: word.lowerBound)
      if !hints.isDisjoint(with: .national) { return Detection(kind: kind, range: word, isCertain: true) }
      return hints.isDisjoint(with: [.business, .version]) ? Detection(kind: kind, range: word, isCertain: false) : nil
    }
    guard word.count < 10, PublicServiceNumber.isValid(bytes, word) else { return nil }
    let hints = hints(bytes, before: word.lowerBound)
    guard hints.contains(.iePPS) || hints.contains(.anyNational) else { return nil }
    return Detection(kind: .iePPS, range: word, isCertain: true)
  }

  /// A word that may be part of something drawn at random: the run around it is looked at once.
  mutating func random(_ bytes: Span<UInt8>, _ word: Range<Int>, _ mask: UInt8) {
    guard word.lowerBound >= runEnd else { return }
    let run = RandomText.run(bytes, around: word, floor: runEnd)
    runEnd = run.upperBound
    guard run.count >= RandomText.namedShortest, run.count <= RandomText.longest else { return }
    // Of one case only it needs a name, and what is short then is a word with a number.
    if mask & ByteClass.anyUpper == 0 || mask & ByteClass.anyLower == 0, run.count == word.count, run.count < 20 {
      return
    }
    guard !catalog.isMadeUp(bytes, at: run.lowerBound) else { return }
    let hints = hints(bytes, before: run.lowerBound)
    if let detection = RandomText.find(bytes, run, hints: hints) { add(detection) }
  }
}
