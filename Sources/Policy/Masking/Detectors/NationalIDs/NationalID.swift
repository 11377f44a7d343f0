/// Which country's number digits are: by their grouping where it is telling, by names where it is not.
enum NationalID {
  /// A number in digits. Without a name only those are told that a structure and more than one check digit speak for.
  static func find(_ digits: DigitGroups, hints: NameHints) -> (kind: DataKind, isCertain: Bool)? {
    if !hints.isDisjoint(with: .national), let kind = named(digits, hints) { return (kind, true) }
    guard hints.isDisjoint(with: [.business, .version]) else { return nil }
    return unnamed(digits)
  }

  /// What its grouping or its structure tells.
  private static func unnamed(_ digits: DigitGroups) -> (kind: DataKind, isCertain: Bool)? {
    switch (digits.shape, digits.separators) {
    case (0x030204, 0x22): return SocialSecurityNumber.kind(digits).map { ($0, $0 == .usSSN) }
    case (0x02030303, 0x111): return SteuerID.isValid(digits) ? (.deSteuerID, true) : nil
    case (0x0F, 0), (0x0D02, 0x1), (0x01020202030302, 0x111111): return NIR.isValid(digits) ? (.frNIR, true) : nil
    case (0x0202020302, 0x3323): return BelgianNumber.isValid(digits) ? (.beNRN, true) : nil
    case (0x0604, 0x2), (0x0804, 0x2): return Personnummer.isValid(digits) ? (.sePersonnummer, true) : nil
    case (0x0604, 0x4): return RodneCislo.isValid(digits) ? (.czRodneCislo, true) : nil
    case (0x0B, 0), (0x0605, 0x1): return Fodselsnummer.isValid(digits) ? (.noFodselsnummer, false) : nil
    case (0x03040402, 0x333), (0x0D, 0): return AHVNumber.isValid(digits) ? (.chAHV, true) : nil
    case (0x03030302, 0x332): return CPFNumber.isValid(digits) ? (.brCPF, true) : nil
    case (0x0607, 0x2): return ResidentRegistration.isValid(digits) ? (.krRRN, true) : nil
    default: return nil
    }
  }

  /// What its name and its check digit tell, however it is grouped.
  private static func named(_ digits: DigitGroups, _ hints: NameHints) -> DataKind? {
    let any = hints.contains(.anyNational)
    switch digits.count {
    case 9: return nine(digits, hints, any)
    case 10:
      if any || hints.contains(.sePersonnummer), Personnummer.isValid(digits) { return .sePersonnummer }
      if any || hints.contains(.czRodneCislo), RodneCislo.isValid(digits) { return .czRodneCislo }
      if hints.contains(.gbNHS), HealthServiceNumber.isValid(digits) { return .gbNHS }
      if hints.contains(.dkCPR), CPRNumber.isValid(digits) { return .dkCPR }
    case 11: return eleven(digits, hints, any)
    case 12:
      if any || hints.contains(.inAadhaar), Aadhaar.isValid(digits) { return .inAadhaar }
      if any || hints.contains(.sePersonnummer), Personnummer.isValid(digits) { return .sePersonnummer }
    case 13:
      if any || hints.contains(.chAHV), AHVNumber.isValid(digits) { return .chAHV }
      if any || hints.contains(.roCNP), CodNumericPersonal.isValid(digits) { return .roCNP }
      if any || hints.contains(.zaID), SouthAfricanID.isValid(digits) { return .zaID }
      if hints.contains(.krRRN), ResidentRegistration.hasDate(digits) { return .krRRN }
    case 15:
      if any || hints.contains(.frNIR), NIR.isValid(digits) { return .frNIR }
    default: break
    }
    return nil
  }

  private static func nine(_ digits: DigitGroups, _ hints: NameHints, _ any: Bool) -> DataKind? {
    if hints.contains(.usSSN) { return SocialSecurityNumber.kind(digits) }
    if hints.contains(.nlBSN), BurgerServiceNumber.isValid(digits) { return .nlBSN }
    if hints.contains(.caSIN), SocialInsuranceNumber.isValid(digits) { return .caSIN }
    if hints.contains(.auTFN), TaxFileNumber.isValid(digits) { return .auTFN }
    if hints.contains(.ptNIF), Contribuinte.isValid(digits) { return .ptNIF }
    guard any else { return nil }
    if BurgerServiceNumber.isValid(digits) { return .nlBSN }
    if SocialInsuranceNumber.isValid(digits) { return .caSIN }
    if Contribuinte.isValid(digits) { return .ptNIF }
    return SocialSecurityNumber.kind(digits)
  }

  private static func eleven(_ digits: DigitGroups, _ hints: NameHints, _ any: Bool) -> DataKind? {
    if any || hints.contains(.deSteuerID), SteuerID.isValid(digits) { return .deSteuerID }
    if any || hints.contains(.plPESEL), PESEL.isValid(digits) { return .plPESEL }
    if any || hints.contains(.noFodselsnummer), Fodselsnummer.isValid(digits) { return .noFodselsnummer }
    if any || hints.contains(.beNRN), BelgianNumber.isValid(digits) { return .beNRN }
    if any || hints.contains(.brCPF), CPFNumber.isValid(digits) { return .brCPF }
    if any || hints.contains(.trKimlik), KimlikNumber.isValid(digits) { return .trKimlik }
    return nil
  }
}
