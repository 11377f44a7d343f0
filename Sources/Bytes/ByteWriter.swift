/// Builds bytes: what tests, exports and recordings write. Big-endian unless said otherwise.
public struct ByteWriter: Sendable {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  public var count: Int { bytes.count }

  /// Makes room for so many bytes more.
  public mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

  public mutating func write(_ value: UInt8) { bytes.append(value) }

  public mutating func write<T: FixedWidthInteger>(_ value: T, littleEndian: Bool = false) {
    for index in 0..<(T.bitWidth / 8) {
      let shift = littleEndian ? index * 8 : T.bitWidth - 8 - index * 8
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  public mutating func write(_ other: [UInt8]) { bytes.append(contentsOf: other) }
  public mutating func write(_ span: Span<UInt8>) { bytes.append(contentsOf: span) }
  public mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// The text and a NUL.
  public mutating func writeCString(_ text: String) {
    write(text)
    bytes.append(0)
  }

  /// Zero bytes up to a multiple of `alignment`.
  public mutating func pad(to alignment: Int) {
    while alignment > 0, bytes.count % alignment != 0 { bytes.append(0) }
  }
}
