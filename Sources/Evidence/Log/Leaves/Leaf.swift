public import Bytes
import Model

/// A line of an evidence log: one JSON object, whose exact bytes are what the tree is made of.
///
/// ```
/// {"v":1,"seq":12,"at":…,"mono":…,"prev":"…","kind":"extent",…}
/// ```
public struct Leaf: Hashable, Sendable {
  static let version = 1

  /// Its place in the log, from 0.
  public var sequence: UInt64
  /// When it was written.
  public var time: LogClock.Reading
  /// The leaf hash of the one before; of the first, zeros.
  public var previous: Digest
  public var record: LeafRecord

  init(sequence: UInt64, time: LogClock.Reading, previous: Digest, record: LeafRecord) {
    self.sequence = sequence
    self.time = time
    self.previous = previous
    self.record = record
  }

  /// The line, without a line feed.
  public var bytes: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("v", Leaf.version)
      json.member("seq", sequence)
      json.member("at", time.wall.nanoseconds)
      json.member("mono", time.monotonic)
      json.member("prev", previous.hex)
      json.member("kind", record.kind)
      record.write(to: &json)
    }
    return json.take()
  }

  /// Reads a line.
  init(parsing bytes: [UInt8]) throws(LeafError) {
    let fields = try LeafFields(parsing: bytes)
    let version: Int = try fields.number("v")
    guard version == Leaf.version else { throw LeafError("is of version \(version); known is \(Leaf.version)") }
    sequence = try fields.number("seq")
    time = LogClock.Reading(
      wall: Timestamp(nanoseconds: try fields.number("at")), monotonic: try fields.number("mono"))
    previous = try fields.digest("prev")
    record = try LeafRecord(kind: try fields.text("kind"), fields)
  }
}
