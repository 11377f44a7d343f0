import Bytes

/// Content that does not say what it is: text if its beginning is, else each byte of a value becomes a star.
struct UnknownContent: BodyContent {
  /// Bytes that are held to tell.
  static let openingLimit = 4 << 10

  private var opening: [UInt8]? = []
  private var content: any BodyContent = TextContent()

  mutating func receive(
    _ piece: Span<UInt8>, _ mask: inout DataMask, into out: inout [UInt8]
  ) throws(BodyMaskFailure) {
    guard var held = opening else { return try content.receive(piece, &mask, into: &out) }
    held.append(contentsOf: piece)
    opening = held
    if held.count >= Self.openingLimit || !Self.mayBeText(held, isWhole: false) {
      try decide(isWhole: false, &mask, &out)
    }
  }

  mutating func settle(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) {
    if opening?.isEmpty == false { try decide(isWhole: false, &mask, &out) }
    try content.settle(&mask, into: &out)
  }

  mutating func finish(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) {
    try decide(isWhole: true, &mask, &out)
    try content.finish(&mask, into: &out)
  }

  private mutating func decide(
    isWhole: Bool, _ mask: inout DataMask, _ out: inout [UInt8]
  ) throws(BodyMaskFailure) {
    guard let held = opening else { return }
    opening = nil
    // By no more than the limit, so that it does not depend on the pieces.
    let beginning = Array(held.prefix(Self.openingLimit))
    if !Self.mayBeText(beginning, isWhole: isWhole && held.count < Self.openingLimit) { content = CoveredContent() }
    try content.receive(held.span, &mask, into: &out)
  }

  private static func mayBeText(_ bytes: [UInt8], isWhole: Bool) -> Bool {
    let bytes = Array(bytes.prefix(openingLimit))
    guard bytes.span.firstIndex(of: 0) == nil else { return false }
    if bytes.span.isUTF8 { return true }
    guard !isWhole else { return false }
    // The last character may not be whole.
    for back in 1...3 where back <= bytes.count && bytes[bytes.count - back] >= 0xC0 {
      return Array(bytes.dropLast(back)).span.isUTF8
    }
    return false
  }
}

/// Content that goes by as it is.
struct PassingContent: BodyContent {
  mutating func receive(
    _ piece: Span<UInt8>, _ mask: inout DataMask, into out: inout [UInt8]
  ) throws(BodyMaskFailure) {
    out.append(contentsOf: piece)
  }

  mutating func finish(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) {}
}
