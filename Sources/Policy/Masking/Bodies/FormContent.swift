import Bytes

/// A form (WHATWG URL, application/x-www-form-urlencoded), field by field, as `DataMask.form` masks the whole.
struct FormContent: BodyContent {
  /// Bytes of one field.
  static let fieldLimit = 4 << 20

  private var field: [UInt8] = []

  mutating func receive(
    _ piece: Span<UInt8>, _ mask: inout DataMask, into out: inout [UInt8]
  ) throws(BodyMaskFailure) {
    var index = 0
    while index < piece.count {
      let end = piece.firstIndex(of: UInt8(ascii: "&"), from: index)
      field.append(contentsOf: piece.extracting(index..<(end ?? piece.count)))
      guard field.count <= Self.fieldLimit else {
        throw BodyMaskFailure(.large, "a field of a form is longer than \(Self.fieldLimit >> 20) MiB")
      }
      guard let end else { return }
      give(&mask, &out)
      out.append(UInt8(ascii: "&"))
      index = end + 1
    }
  }

  mutating func finish(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) { give(&mask, &out) }

  private mutating func give(_ mask: inout DataMask, _ out: inout [UInt8]) {
    let text = String(decoding: field, as: UTF8.self)
    let shown = mask.form(text)
    out += shown == text ? field : Array(shown.utf8)
    field.removeAll(keepingCapacity: field.capacity < 1 << 16)
  }
}
