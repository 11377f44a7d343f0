import Foundation

/// Base 64 (RFC 4648), of both alphabets, with or without padding.
enum Base64 {
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var plain = String(
      text.compactMap { (letter: Character) -> Character? in
        switch letter {
        case "-": "+"
        case "_": "/"
        default: letter.isWhitespace || letter == "=" ? nil : letter
        }
      })
    guard plain.count % 4 != 1 else { return nil }
    plain += String(repeating: "=", count: (4 - plain.count % 4) % 4)
    return Data(base64Encoded: plain).map { Array($0) }
  }
}
