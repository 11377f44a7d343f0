/// Population register codes of Mexico: four letters of the names, date of birth, sex, state, three consonants, and a check
/// digit (Instructivo normativo para la asignación de la CURP, RENAPO).
enum CURP {
  static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count == 18 else { return false }
    var sum = 0
    var date = 0
    for offset in 0..<17 {
      let byte = bytes.peek(range.lowerBound + offset)
      switch offset {
      case 0...3, 11...15: guard ByteClass.isUpper(byte) else { return false }
      case 4...9:
        guard ByteClass.isDigit(byte) else { return false }
        date = date * 10 + Int(byte) - 0x30
      case 10: guard byte == 0x48 || byte == 0x4D || byte == 0x58 else { return false }
      default: guard ByteClass.isDigit(byte) || ByteClass.isUpper(byte) else { return false }
      }
      // Letters from A on count from 10, and those behind Ñ one more.
      let value = ByteClass.isDigit(byte) ? Int(byte) - 0x30 : Int(byte) - 0x37 + (byte > 0x4E ? 1 : 0)
      sum += value * (18 - offset)
    }
    guard CalendarDay.isValid(day: date % 100, month: date / 100 % 100) else { return false }
    return Int(bytes.peek(range.lowerBound + 17)) == 0x30 + (10 - sum % 10) % 10
  }
}
