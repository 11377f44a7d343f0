import Bytes
import Testing

@Suite struct ByteReaderTests {
  @Test func `numbers are big-endian unless told otherwise`() throws {
    let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    var reader = ByteReader(bytes.span)
    let short = try reader.readUInt16()
    let little = try reader.readUInt32(littleEndian: true)
    let left = reader.remaining
    #expect(short == 0x0102)
    #expect(little == 0x0605_0403)
    #expect(left == 4)
  }

  @Test func `a read past the end throws and does not move`() throws {
    let bytes: [UInt8] = [1, 2, 3]
    var reader = ByteReader(bytes.span)
    try reader.skip(1)
    var code: DecodeError.Code?
    do throws(DecodeError) { _ = try reader.readUInt32("length") } catch { code = error.code }
    let offset = reader.offset
    #expect(code == .truncated)
    #expect(offset == 1)
  }

  @Test func `a negative count is refused`() {
    let bytes: [UInt8] = [1, 2, 3]
    var reader = ByteReader(bytes.span)
    var code: DecodeError.Code?
    do throws(DecodeError) { try reader.skip(-1) } catch { code = error.code }
    #expect(code == .truncated)
  }

  @Test func `a string ends at its NUL and must have one`() throws {
    let bytes = Array("user\0alice".utf8)
    var reader = ByteReader(bytes.span)
    let first = try reader.readCString().string
    var code: DecodeError.Code?
    do throws(DecodeError) { _ = try reader.readCString() } catch { code = error.code }
    #expect(first == "user")
    #expect(code == .unterminated)
  }
}
