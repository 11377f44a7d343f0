public import Bytes

extension RecordedEvent {
  /// Tags of one packet that are looked at.
  private static let tagLimit = 64
  private static let dissectorTag: UInt16 = 12

  /// Reads an event out of a packet of the link type for exported PDUs: tags, the last of them zero, then the JSON.
  ///
  /// ```
  /// +-------+----------+-----------------+   +----+----+---------+
  /// | tag 2 | length 2 | value, padded … | … | 0  | 0  | JSON …  |
  /// +-------+----------+-----------------+   +----+----+---------+
  /// ```
  ///
  /// - Throws: `DecodeError`; its code is `mismatch` for what another program exported.
  public init(exportedPDU packet: Span<UInt8>) throws(DecodeError) {
    var reader = ByteReader(packet)
    var isEvent = false
    for _ in 0..<RecordedEvent.tagLimit {
      let tag = try reader.readUInt16("exported PDU tag")
      let value = try reader.read(Int(try reader.readUInt16("exported PDU tag length")), "exported PDU tag")
      if tag == 0 {
        guard isEvent else { break }
        try self.init(json: reader.rest.array)
        return
      }
      if tag == RecordedEvent.dissectorTag { isEvent = value.starts(with: "json") }
    }
    throw DecodeError(.mismatch, "exported PDU", offset: reader.offset, expected: "the dissector json")
  }
}
