import Bytes
import Model

/// What moved of one open file in one direction, brought into the order of its offsets.
struct SFTPTransfer {
  /// Bytes that moved in all, wherever they belong.
  private(set) var byteCount: UInt64 = 0
  /// Everything from offset 0 to here moved, in order.
  private(set) var end: UInt64 = 0
  /// Why the order could not be kept.
  private(set) var trouble: String?
  private var builder: PayloadBuilder
  private var waiting: [UInt64: [UInt8]] = [:]
  private var waitingBytes = 0

  init(_ options: ParserOptions) {
    builder = PayloadBuilder(layout: .bytes, limit: options.bodyLimit, held: options.held)
  }

  /// Everything that moved is in order, without a hole.
  var isContiguous: Bool { trouble == nil && waiting.isEmpty }

  /// Takes a block; `budget` is what all files of the channel may still keep waiting, in bytes.
  mutating func add(_ bytes: Span<UInt8>, at offset: UInt64, budget: inout Int) {
    byteCount &+= UInt64(bytes.count)
    guard trouble == nil, !bytes.isEmpty else { return }
    if offset == end {
      append(bytes)
      while !waiting.isEmpty, let next = waiting.removeValue(forKey: end) {
        waitingBytes -= next.count
        budget += next.count
        append(next.span)
      }
      return
    }
    if offset < end || waiting[offset] != nil { return give(up: "a range moved twice", &budget) }
    guard waitingBytes + bytes.count <= SFTPLimits.waitingBytes, bytes.count <= budget else {
      return give(up: "blocks came too far out of order, or not from offset 0 on", &budget)
    }
    waiting[offset] = bytes.array
    waitingBytes += bytes.count
    budget -= bytes.count
  }

  /// The order is lost: what is in order so far stays.
  mutating func give(up reason: String, _ budget: inout Int) {
    guard trouble == nil else { return }
    trouble = reason
    budget += waitingBytes
    waitingBytes = 0
    waiting = [:]
  }

  private mutating func append(_ bytes: Span<UInt8>) {
    let (sum, isOver) = end.addingReportingOverflow(UInt64(bytes.count))
    guard !isOver else {
      trouble = "offsets beyond 2^64"
      return
    }
    builder.append(bytes)
    end = sum
  }

  /// What is in order from offset 0 on.
  mutating func finish(_ budget: inout Int) -> Payload {
    if !waiting.isEmpty { give(up: "a block is missing at offset \(end.grouped)", &budget) }
    return builder.finish()
  }
}
