/// What was taken from a file of keys, and what was not.
public struct KeyLogReading: Sendable, Hashable {
  /// Line numbers are kept up to here; `damagedLineCount` counts on.
  public static let damagedLineLimit = 32

  /// Secrets taken; a line seen before counts again.
  public internal(set) var secretCount = 0
  /// RSA private keys taken.
  public internal(set) var privateKeyCount = 0
  /// Well-formed lines whose secrets open no record, such as exporter secrets.
  public internal(set) var ignoredCount = 0
  /// Lines, counted from 1, that are neither comment nor secret; a PEM block that does not open is named by its first.
  public internal(set) var damagedLines: [Int] = []
  public internal(set) var damagedLineCount = 0

  mutating func addDamaged(_ line: Int) {
    damagedLineCount += 1
    if damagedLines.count < Self.damagedLineLimit { damagedLines.append(line) }
  }
}
