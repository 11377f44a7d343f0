/// Whether conditions hold.
enum Match: Sendable, Hashable {
  case yes
  case no
  /// The evidence does not tell; the words say why.
  case unknown(String)
}
