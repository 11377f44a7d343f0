/// How a secret is shown: what stands in a stored text in its place.
public enum Redaction {
  public static let mark = "[redacted]"
  /// The same, where a query was encoded again.
  public static let encodedMark = "%5Bredacted%5D"

  /// Whether secrets were taken out of the text.
  public static func isIn(_ text: some StringProtocol) -> Bool { text.contains(mark) || text.contains(encodedMark) }
}
