import Bytes

/// Takes texts of elements from XML whose layout is known to be flat, as in the answers of AWS.
enum XMLText {
  /// Elements of one name that are looked at, at most.
  private static let countLimit = 1000

  /// The texts of all elements of that name that hold nothing but text, references resolved.
  static func all(_ name: String, in text: String) -> [String] {
    let bytes = Array(text.utf8)
    let opening = Array("<\(name)>".utf8)
    var found: [String] = []
    var position = 0
    while found.count < countLimit, let start = bytes.span.firstIndex(of: UInt8(ascii: "<"), from: position) {
      position = start + 1
      guard bytes[start...].starts(with: opening) else { continue }
      let from = start + opening.count
      guard let end = bytes.span.firstIndex(of: UInt8(ascii: "<"), from: from) else { break }
      found.append(resolve(String(decoding: bytes[from..<end], as: UTF8.self)))
      position = end
    }
    return found
  }

  static func first(_ name: String, in text: String) -> String? { all(name, in: text).first }

  private static func resolve(_ text: String) -> String {
    guard text.contains("&") else { return text }
    return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
      .replacing("&apos;", with: "'").replacing("&amp;", with: "&")
  }
}
