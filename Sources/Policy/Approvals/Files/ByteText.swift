/// A text that is equal to another when all bytes are. Swift's own `==` takes `é` for `e` with an accent, which is another name
/// to a database.
struct ByteText: Hashable, Sendable {
  private let bytes: [UInt8]

  init(_ text: some StringProtocol) { bytes = Array(text.utf8) }
}

extension StringProtocol {
  /// Byte for byte.
  func isSame(as other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension Optional where Wrapped: StringProtocol {
  /// Byte for byte, or both nothing.
  func isSame(as other: Wrapped?) -> Bool {
    guard let text = self, let other else { return self == nil && other == nil }
    return text.isSame(as: other)
  }
}
