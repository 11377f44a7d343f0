/// Numbers of social security of the United States, and of taxpayers without one. There is no check digit; what the Social
/// Security Administration never gives is left out (SSA POMS RM 10201.035), and of the others what the IRS does not.
enum SocialSecurityNumber {
  static func kind(_ digits: DigitGroups) -> DataKind? {
    guard digits.count == 9, !digits.isMonotonous else { return nil }
    let (area, group, serial) = (digits.number(0..<3), digits.number(3..<5), digits.number(5..<9))
    guard group != 0, serial != 0 else { return nil }
    switch area {
    case 0, 666: return nil
    case 900...:
      switch group {
      case 50...65, 70...88, 90...92, 94...99: return .usITIN
      default: return nil
      }
    default: return .usSSN
    }
  }
}
