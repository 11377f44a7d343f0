/// The words of names, and what they say.
///
/// A phrase stands here without its blanks, so that `card_number`, `cardNumber`, `CARDNUMBER` and `card number` are one. The
/// longest phrase wins: `ip address` is no address. Looked up by a hash of its letters, since names are read behind every
/// candidate.
struct NameVocabulary: Sendable {
  /// Words that one phrase may span.
  static let phraseWords = 4
  private static let slots = 4096

  private var keys = [UInt64](repeating: 0, count: slots)
  private var values = [NameHints](repeating: [], count: slots)

  static let shared = NameVocabulary()

  private init() {
    for (hint, phrases) in NamePhrases.all {
      for phrase in phrases.split(separator: ",") {
        var hash = NameVocabulary.start
        var last: NameWords.Kind?
        for byte in phrase.utf8 {
          let kind = NameWords.kind(byte)
          // The first word of several is told from those that begin nothing.
          if let last, kind != last, hash != NameVocabulary.start { insert(hash, .begins) }
          if byte != 0x20 { hash = NameVocabulary.step(hash, byte) }
          last = kind == .none ? last : kind
        }
        insert(hash, hint)
      }
    }
  }

  private mutating func insert(_ hash: UInt64, _ hint: NameHints) {
    var slot = Int(hash & UInt64(NameVocabulary.slots - 1))
    while keys[slot] != 0, keys[slot] != hash { slot = (slot + 1) & (NameVocabulary.slots - 1) }
    (keys[slot], values[slot]) = (hash, values[slot].union(hint))
  }

  /// What a phrase says, by the hash of its letters.
  func hint(_ hash: UInt64) -> NameHints? {
    var slot = Int(hash & UInt64(NameVocabulary.slots - 1))
    while keys[slot] != 0 {
      if keys[slot] == hash { return values[slot] }
      slot = (slot + 1) & (NameVocabulary.slots - 1)
    }
    return nil
  }

  /// FNV-1a of 64 bits, of small letters; never zero for the words there are.
  static let start: UInt64 = 0xCBF2_9CE4_8422_2325

  @inline(__always)
  static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    let small = byte &- 0x41 < 26 ? byte | 0x20 : byte
    return (hash ^ UInt64(small)) &* 0x100_0000_01B3
  }
}
