import Bytes
import Model

extension FileAttributes {
  /// ATTRS (draft-ietf-secsh-filexfer-02 §5).
  @_lifetime(reader: copy reader)
  init(parsing reader: inout ByteReader) throws(DecodeError) {
    self.init()
    let flags = try reader.readUInt32("attribute flags")
    if flags & 0x1 != 0 { size = try reader.readUInt64("size") }
    if flags & 0x2 != 0 {
      userID = try reader.readUInt32("uid")
      groupID = try reader.readUInt32("gid")
    }
    if flags & 0x4 != 0 { permissions = try reader.readUInt32("permissions") }
    if flags & 0x8 != 0 {
      accessedAt = try reader.readUInt32("atime")
      modifiedAt = try reader.readUInt32("mtime")
    }
    guard flags & 0x8000_0000 != 0 else { return }
    let count = try reader.readUInt32("extended count")
    guard count <= SFTPLimits.extensions else {
      throw DecodeError(.overLimit, "extended attributes", offset: reader.offset, found: "\(count)")
    }
    for _ in 0..<count {
      _ = try reader.readString("extended type")
      _ = try reader.readString("extended data")
    }
  }

  var isEmpty: Bool { self == FileAttributes() }
}
