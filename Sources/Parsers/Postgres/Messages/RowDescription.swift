import Bytes
import Model

/// RowDescription: the columns of a result, with the format of each.
///
///     +----------+--------------------------------------------------------------------------------------------+
///     | count 16 | name NUL | table 32 | attribute 16 | type 32 | size 16 | modifier 32 | format 16 | × count |
///     +----------+--------------------------------------------------------------------------------------------+
struct RowDescriptionMessage {
  var columns: [Column]
  /// All zero in the answer to a Describe of a statement, where the formats are not known yet.
  var formats: [UInt16]

  /// A description of which nothing could be read.
  init() {
    columns = []
    formats = []
  }

  init(parsing reader: inout ByteReader, decode: (Span<UInt8>) -> String) throws(DecodeError) {
    let count = Int(try reader.readUInt16("field count"))
    columns = []
    formats = []
    columns.reserveCapacity(min(count, reader.remaining / 19))
    formats.reserveCapacity(min(count, reader.remaining / 19))
    for _ in 0..<count {
      let name = decode(try reader.readCString("field name"))
      let table = try reader.readUInt32("table OID")
      let attribute = try reader.readInt16("attribute number")
      let type = try reader.readUInt32("type OID")
      try reader.skip(6, "type size and modifier")
      formats.append(try reader.readUInt16("format code"))
      columns.append(
        Column(name: name, type: PostgresType.name(type), typeOID: type, tableOID: table, attribute: attribute))
    }
  }
}
