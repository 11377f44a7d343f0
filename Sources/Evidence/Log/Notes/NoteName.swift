/// Names of keys in notes: not empty, no white space of Unicode, no `+`, no control characters.
enum NoteName {
  /// Bytes of a name; the specification sets no limit, a line of text is one.
  static let byteLimit = 1024

  static func isValid(_ name: some StringProtocol) -> Bool {
    !name.isEmpty && name.utf8.count <= byteLimit
      && name.unicodeScalars.allSatisfy { scalar in
        scalar.value >= 0x20 && scalar.value != 0x7F && scalar != "+" && !scalar.properties.isWhitespace
      }
  }
}
