import Model

/// Blocks of one segment on their way to its file. Its memory is taken once and used again.
struct RecordBuffer: Sendable {
  /// Bytes of each: few enough that an extent never goes far beyond its size.
  static let byteCount = 256 << 10

  var bytes: [UInt8]
  var used = 0
  /// Number of the segment that it belongs to.
  var segment: UInt32 = 0
  /// Bytes that the recorder had taken over when the last of it was written.
  var end: UInt64 = 0
  var firstAt = Timestamp(nanoseconds: .max)
  var lastAt = Timestamp(nanoseconds: .min)

  init() { bytes = [UInt8](repeating: 0, count: RecordBuffer.byteCount) }

  var room: Int { bytes.count &- used }

  /// Makes it empty, for blocks of `segment`.
  mutating func begin(_ segment: UInt32) {
    self.segment = segment
    used = 0
    firstAt = Timestamp(nanoseconds: .max)
    lastAt = Timestamp(nanoseconds: .min)
  }

  mutating func note(_ time: Timestamp) {
    if time < firstAt { firstAt = time }
    if time > lastAt { lastAt = time }
  }

  /// Copies all of `block`, for which there is room.
  mutating func append(_ block: [UInt8]) {
    unsafe append(block.count) { target in unsafe block.withUnsafeBytes { unsafe target.copyMemory(from: $0) } }
  }

  /// Lets `write` fill in a block of `count` bytes, for which there is room. They hold what was there before.
  @inline(__always)
  mutating func append(_ count: Int, _ write: (UnsafeMutableRawBufferPointer) -> Void) {
    precondition(count <= room, "a block longer than the room that was made for it")
    let start = used
    unsafe bytes.withUnsafeMutableBytes { all in
      unsafe write(UnsafeMutableRawBufferPointer(rebasing: all[start..<(start &+ count)]))
    }
    used = start &+ count
  }
}
