import Bytes
import Model

/// An interface description block: what the packets that name it have in common.
///
///     +-----------+----------+-----------+---------+
///     | linkType 2| unused 2 | snapLen 4 | options |
///     +-----------+----------+-----------+---------+
struct PcapngInterface: Hashable {
  var linkType: LinkType
  var snapLength: UInt32
  var resolution = TimeResolution.microseconds
  var frameCheckLength = 0
  var comments: [String] = []
  /// Packets that the interface and the capturing machine lost, as the last statistics say.
  var droppedCount: UInt64 = 0

  init(parsing body: Span<UInt8>, littleEndian: Bool) throws(DecodeError) {
    var reader = ByteReader(body)
    linkType = LinkType(fileNumber: try reader.readUInt16("interface link type", littleEndian: littleEndian))
    try reader.skip(2, "interface reserved")
    snapLength = try reader.readUInt32("interface snap length", littleEndian: littleEndian)
    var resolution: UInt8 = 6
    var offset: Int64 = 0
    var check = 0
    var notes: [String] = []
    PcapngOptions.read(reader.rest, littleEndian: littleEndian) { code, value in
      var field = ByteReader(value)
      switch code {
      case 1: notes.append(SourceLog.comment(value))
      case 9: resolution = (try? field.readUInt8()) ?? resolution
      case 13: check = (try? field.readUInt8()).map(Int.init) ?? check
      case 14:
        let bits = try? field.readUInt64(littleEndian: littleEndian)
        offset = bits.map(Int64.init(bitPattern:)) ?? offset
      default: break
      }
    }
    self.resolution = TimeResolution(option: resolution)
    self.resolution.offsetSeconds = offset
    frameCheckLength = check
    comments = notes
  }
}
