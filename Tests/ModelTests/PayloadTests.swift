import Bytes
import Model
import Testing

@Suite struct PayloadTests {
  @Test func `what is over the limit is counted and hashed, not kept`() {
    var builder = PayloadBuilder(layout: .bytes, limit: 4)
    builder.append([1, 2, 3].span)
    builder.append([4, 5, 6].span)
    builder.append([7].span)
    let payload = builder.finish()
    let whole = SHA256.digest(of: [1, 2, 3, 4, 5, 6, 7].span)
    #expect(payload.bytes == [1, 2, 3, 4])
    #expect(payload.byteCount == 7)
    #expect(payload.digest == whole)
    #expect(payload.isCut)
  }

  @Test func `rows are kept whole or not at all`() {
    var builder = PayloadBuilder(layout: .rows, limit: 10)
    let row: [UInt8] = [0, 1, 0, 0, 0, 1, 0x37]
    builder.append(row.span)
    builder.append(row.span)
    let payload = builder.finish()
    #expect(payload.bytes == row)
    #expect(payload.byteCount == 14)
  }
}
