import Foundation

/// Texts as C has them.
enum SSHText {
  static func decoded(base64 text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }

  /// The bytes up to the NUL; none of nothing.
  static func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8] {
    guard let text = unsafe text else { return [] }
    let count = unsafe strlen(text)
    return unsafe Array(UnsafeRawBufferPointer(start: text, count: count))
  }

  /// The bytes with a NUL behind them, for C.
  static func terminated(_ bytes: [UInt8]) -> [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }
}
