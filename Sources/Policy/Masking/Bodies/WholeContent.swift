import Bytes

/// Content that is held until it is whole: parts of a form, of which answers seldom consist.
struct WholeContent: BodyContent {
  static let limit = 8 << 20

  private let mediaType: String
  private var held: [UInt8] = []

  init(mediaType: String) { self.mediaType = mediaType }

  mutating func receive(
    _ piece: Span<UInt8>, _ mask: inout DataMask, into out: inout [UInt8]
  ) throws(BodyMaskFailure) {
    guard held.count + piece.count <= Self.limit else {
      throw BodyMaskFailure(.large, "content in parts of more than \(Self.limit >> 20) MiB")
    }
    held.append(contentsOf: piece)
  }

  mutating func finish(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) {
    if held.span.isUTF8 { out += mask.body(held, mediaType: mediaType) } else { out += mask.covered(held) }
    held = []
  }
}
