import Bytes

/// The frames of one direction: four bytes, of which the highest less 7 says what it is and the others its length, and the
/// content. 0 is data; all others are messages.
struct RsyncFrames {
  /// A path that the receiver removed.
  static let removed: UInt8 = 101

  private var head: [UInt8] = []
  private var left = 0
  private var kind: UInt8 = 0
  private var message: [UInt8] = []
  private var isSkipped = false

  /// Takes bytes; gives data and whole messages.
  ///
  /// - Throws: when it is no frame.
  mutating func receive(
    _ bytes: Span<UInt8>, data: inout [UInt8], messages: inout [(kind: UInt8, bytes: [UInt8])]
  ) throws(DecodeError) {
    var index = 0
    while index < bytes.count {
      if left == 0 {
        head.append(bytes[index])
        index += 1
        guard head.count == 4 else { continue }
        try begin(&messages)
        continue
      }
      let count = min(left, bytes.count - index)
      let piece = bytes.extracting(index..<(index + count))
      if kind == 0 {
        data.append(contentsOf: piece)
      } else if !isSkipped {
        message.append(contentsOf: piece)
      }
      index += count
      left -= count
      if left == 0, kind != 0 { end(&messages) }
    }
  }

  private mutating func begin(_ messages: inout [(kind: UInt8, bytes: [UInt8])]) throws(DecodeError) {
    var reader = ByteReader(head.span)
    let word = try reader.readUInt32("frame", littleEndian: true)
    guard word >> 24 >= 7 else {
      throw DecodeError(.outOfRange, "frame of rsync", offset: 0, expected: "7 or more", found: "\(word >> 24)")
    }
    kind = UInt8(word >> 24) - 7
    left = Int(word & 0xff_ffff)
    isSkipped = left > RsyncLimits.message
    head.removeAll(keepingCapacity: true)
    if left == 0, kind != 0 { end(&messages) }
  }

  private mutating func end(_ messages: inout [(kind: UInt8, bytes: [UInt8])]) {
    if !isSkipped { messages.append((kind, message)) }
    message = []
  }
}
