public import Bytes

/// Walks a payload of layout `rows`.
public struct RowCursor {
  private let bytes: [UInt8]
  private var position = 0

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next row's cells as text (nil is NULL), or nil at the end.
  ///
  /// - Throws: `DecodeError` when the layout is damaged.
  public mutating func next() throws(DecodeError) -> [String?]? {
    guard position < bytes.count else { return nil }
    var reader = ByteReader(bytes.span.extracting(position..<bytes.count))
    let count = Int(try reader.readUInt16("cell count"))
    var cells: [String?] = []
    cells.reserveCapacity(count)
    for _ in 0..<count {
      let length = try reader.readInt32("cell length")
      cells.append(length < 0 ? nil : try reader.read(Int(length), "cell").string)
    }
    position += reader.offset
    return cells
  }
}
