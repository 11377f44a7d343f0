/// Masks content of one form while it goes by: UTF-8, with no coding left on it.
protocol BodyContent: Sendable {
  /// Adds a piece; gives what may be shown by now.
  mutating func receive(
    _ piece: Span<UInt8>, _ mask: inout DataMask, into out: inout [UInt8]
  ) throws(BodyMaskFailure)

  /// Nothing came for a while: gives what is held, as far as no value can have begun in it.
  mutating func settle(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure)

  /// The end of the content: what was held back.
  mutating func finish(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure)
}

extension BodyContent {
  // Units of a form say themselves where they end.
  mutating func settle(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) {}
}
