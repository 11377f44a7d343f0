import Bytes

/// Why a line of a file of keys does not count: one line, lower case, no full stop.
struct LineFault: Error {
  let text: String
  /// The line would be right if its key were longer.
  let isShortKey: Bool

  init(_ text: String, isShortKey: Bool = false) {
    self.text = text
    self.isShortKey = isShortKey
  }
}

/// Takes a line of the allowed signers apart: `principals [options] keytype base64 [comment]`.
struct SignerLineReader {
  private var rest: ArraySlice<UInt8>

  init(_ line: ArraySlice<UInt8>) { rest = line }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

  mutating func signer(line: Int) throws(LineFault) -> AllowedSigner {
    guard !rest.contains(0) else { throw LineFault("NUL in line") }
    let principals = try self.principals()
    var options = SignerOptions()
    // As ssh-keygen has it: what is no key type is options, and then a key must follow.
    if !SSHPublicKey.isTypeName(rest.prefix { !Self.isBlank($0) }) { options = try SignerOptions(try optionWord()) }
    let key = try SSHPublicKey.take(from: &rest)
    return AllowedSigner(
      line: line, key: key, isAuthority: options.isAuthority, validAfter: options.validAfter,
      validBefore: options.validBefore, principals: PatternList(principals),
      namespaces: options.namespaces.map { PatternList($0) }, hasLocalTime: options.hasLocalTime)
  }

  /// The first word; a quote begins a part that may hold blanks and ends the word.
  private mutating func principals() throws(LineFault) -> [UInt8] {
    var word = Array(rest.prefix { !Self.isBlank($0) && $0 != UInt8(ascii: "\"") })
    rest = rest.dropFirst(word.count)
    if rest.first == UInt8(ascii: "\"") {
      rest = rest.dropFirst()
      guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { throw LineFault("missing end quote") }
      word += rest[..<end]
      rest = rest[end...].dropFirst()
    }
    skipBlanks()
    guard !word.isEmpty else { throw LineFault("no principals") }
    guard !rest.isEmpty else { throw LineFault("no key") }
    return word
  }

  private mutating func skipBlanks() { rest = rest.drop(while: Self.isBlank) }

  /// Up to the first blank that is not within quotes.
  private mutating func optionWord() throws(LineFault) -> ArraySlice<UInt8> {
    var isQuoted = false
    var index = rest.startIndex
    while index < rest.endIndex, isQuoted || !Self.isBlank(rest[index]) {
      if rest[index] == UInt8(ascii: "\\"), rest[index...].dropFirst().first == UInt8(ascii: "\"") {
        index += 1
      } else if rest[index] == UInt8(ascii: "\"") {
        isQuoted.toggle()
      }
      index += 1
    }
    guard !isQuoted else { throw LineFault("missing end quote") }
    let word = rest[..<index]
    rest = rest[index...]
    skipBlanks()
    guard !rest.isEmpty else { throw LineFault("no key") }
    return word
  }
}
