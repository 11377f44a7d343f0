import Model

/// A text of which parts are not known before it runs, as one string in which noncharacters stand for those.
///
/// No text of an argument holds them: Unicode keeps them out of interchange, and one that does has a hole there at most.
enum EffectText {
  /// Anything may stand here.
  static let anything: Unicode.Scalar = Unicode.Scalar(UInt32(0xFDD0)) ?? "\u{FFFC}"
  /// A value that a driver fills in: a parameter of the protocol, or a literal.
  static let value: Unicode.Scalar = Unicode.Scalar(UInt32(0xFDD1)) ?? "\u{FFFC}"
  static let hole = String(anything)
  static let parameter = String(value)
  /// Bytes of one text; what is longer is cut there and goes on with anything.
  static let sizeLimit = 1 << 20
  /// Pieces of one effect.
  static let pieceLimit = 1_000

  static func isMark(_ scalar: Unicode.Scalar) -> Bool { scalar == anything || scalar == value }

  static func hasMark(_ text: some StringProtocol) -> Bool { text.unicodeScalars.contains(where: isMark) }

  /// Nothing but marks and blanks.
  static func isOpen(_ text: some StringProtocol) -> Bool {
    text.unicodeScalars.allSatisfy { isMark($0) || $0.properties.isWhitespace }
  }

  /// The literals and holes, neighbouring holes as one.
  static func pieces(of text: String) -> [ExpectedEffect.Piece] {
    guard hasMark(text) else { return [.literal(text)] }
    var pieces: [ExpectedEffect.Piece] = []
    var literal = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      guard isMark(scalar) else {
        literal.append(scalar)
        continue
      }
      if !literal.isEmpty { pieces.append(.literal(String(literal))) }
      literal = String.UnicodeScalarView()
      if pieces.last != .anything { pieces.append(.anything) }
      if pieces.count >= pieceLimit { return pieces }
    }
    if !literal.isEmpty { pieces.append(.literal(String(literal))) }
    return pieces
  }

  /// At most so long, the rest as anything.
  static func bounded(_ text: String) -> String {
    guard text.utf8.count > sizeLimit else { return text }
    return String(decoding: text.utf8.prefix(sizeLimit), as: UTF8.self) + hole
  }

  /// A name as far as it is known: nil when part of it is not.
  static func known(_ text: String?) -> String? {
    guard let text, !text.isEmpty, !hasMark(text) else { return nil }
    return text
  }
}

extension ShellValue {
  /// Its text with marks in the place of what is not known.
  var marked: String {
    guard !isKnown else { return text }
    guard !holes.isEmpty else { return EffectText.hole }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count + holes.count * 2)
    var start = 0
    let mark = Array(EffectText.hole.utf8)
    for hole in holes where hole >= start && hole < bytes.count {
      out += bytes[start..<hole]
      out += mark
      start = hole + 1
    }
    out += bytes[start...]
    return String(decoding: out, as: UTF8.self)
  }

  /// Its asterisks are what the names of files put there.
  var withHoles: ShellValue {
    var value = self
    value.holes = bytes.indices.filter { bytes[$0] == UInt8(ascii: "*") }
    value.isKnown = value.holes.isEmpty
    return value
  }

  /// A text with marks as a value of the shell's.
  init(marked text: String, isWritten: Bool = false) {
    self.init()
    bytes.reserveCapacity(text.utf8.count)
    if EffectText.hasMark(text) {
      for scalar in text.unicodeScalars {
        if EffectText.isMark(scalar) {
          holes.append(bytes.count)
          bytes.append(UInt8(ascii: "*"))
        } else {
          bytes += UTF8.encode(scalar).map { Array($0) } ?? []
        }
      }
      isKnown = false
    } else {
      bytes = Array(text.utf8)
    }
    self.isWritten = isWritten
  }
}
