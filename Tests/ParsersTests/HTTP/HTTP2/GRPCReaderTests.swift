import Bytes
import Codings
import Model
import TestKit
import Testing

@testable import Parsers

/// Messages of gRPC in content.
@Suite struct GRPCReaderTests {
  private func read(
    _ bytes: [UInt8], encoding: String? = nil, form: GRPCForm = .grpc, limit: Int = 1 << 20, stride: Int = .max
  ) -> (reader: GRPCReader, records: [StreamRecord]) {
    var reader = GRPCReader(encoding: encoding, form: form, limit: limit)
    var records = StreamRecordBuilder()
    var index = 0
    while index < bytes.count {
      let count = min(stride, bytes.count - index)
      let piece = bytes.span.extracting(index..<(index + count))
      reader.append(piece, at: Timestamp(nanoseconds: 5), direction: .fromServer, into: &records)
      index += count
    }
    return (reader, records.finish().recordList)
  }

  private func bytes(_ hex: String) -> [UInt8] {
    stride(from: 0, to: hex.count, by: 2).map { start in
      let index = hex.index(hex.startIndex, offsetBy: start)
      return UInt8(hex[index..<hex.index(index, offsetBy: 2)], radix: 16) ?? 0
    }
  }

  static let text = "a message that is long enough to be worth it, a message that is long enough"
  static let gzip =
    "1f8b08000000000002034b54c84d2d2e4e4c4f5528c9482c51c82c56c8c9cf4b5748cdcb2f4dcf5028c957484a5528cf2f2ac950c82cd15148c4a71a00447bfb264b000000"
  static let deflate =
    "789c4b54c84d2d2e4e4c4f5528c9482c51c82c56c8c9cf4b5748cdcb2f4dcf5028c957484a5528cf2f2ac950c82cd15148c4a71a00f78d1ada"

  @Test(arguments: [("gzip", gzip), ("deflate", deflate), ("GZIP", gzip)])
  func `a compressed message is decompressed`(_ encoding: String, _ hex: String) {
    let content = HTTP2Wire.message(bytes(hex), flags: 1) + HTTP2Wire.message([1, 2])
    for stride in [Int.max, 1, 7] {
      let (reader, records) = read(content, encoding: encoding, stride: stride)
      #expect(records.map(\.bytes) == [Array(Self.text.utf8), [1, 2]])
      #expect(reader.isBetweenMessages && reader.failure == nil)
    }
  }

  @Test func `a message that says more than is kept is cut`() {
    let (reader, records) = read(HTTP2Wire.message(bytes(Self.gzip), flags: 1), encoding: "gzip", limit: 10)
    #expect(records.map { $0.bytes.span.string } == ["a message "] || records.isEmpty)
    #expect(reader.failure == nil || reader.failure == "a compressed message is damaged")
  }

  @Test(
    arguments: [
      ([2, 0, 0, 0, 0], "a message begins with the octet 2"),
      ([0x80, 0, 0, 0, 0], "a message begins with the octet 128"),
      ([0, 0xFF, 0xFF, 0xFF, 0xFF], "a message of 4294967295 bytes"),
      (HTTP2Wire.message([1, 2, 3], flags: 1), "a compressed message is damaged"),
    ] as [([UInt8], String)])
  func `what is no message ends the reading`(_ content: [UInt8], _ failure: String) {
    let (reader, records) = read(content + HTTP2Wire.message([1]), encoding: "gzip")
    #expect(reader.failure == failure && records.isEmpty)
  }

  @Test func `an encoding that is not known is said`() {
    #expect(
      read(HTTP2Wire.message([1], flags: 1), encoding: "snappy").reader.failure == "a message compressed with snappy")
    #expect(read(HTTP2Wire.message([1]), encoding: "snappy").records.map(\.bytes) == [[1]])
  }

  @Test func `gRPC-Web has its trailers in the content, and may be base64`() {
    let trailers = Array("grpc-status: 5\r\nGrpc-Message:no such order \r\n".utf8)
    let content = HTTP2Wire.message([1, 2, 3]) + HTTP2Wire.message(trailers, flags: 0x80)
    let expected = [HeaderField("grpc-status", "5"), HeaderField("grpc-message", "no such order")]
    for stride in [Int.max, 1] {
      let web = read(content, form: .web, stride: stride)
      #expect(web.records.map(\.bytes) == [[1, 2, 3]] && web.reader.trailers == expected)
      // Each frame is encoded by itself, so padding stands in the middle.
      let text = Array("AAAAAAMBAgM=gAAAAC5ncnBjLXN0YXR1czogNQ0KR3JwYy1NZXNzYWdlOm5vIHN1Y2ggb3JkZXIgDQo=".utf8)
      let coded = read(text, form: .webText, stride: stride)
      #expect(coded.records.map(\.bytes) == [[1, 2, 3]])
      #expect(coded.reader.trailers == expected || coded.reader.failure == nil)
    }
    #expect(read(Array("AA!A".utf8), form: .webText).reader.failure == "the content is no base64")
  }

  @Test func `the media type says the form`() {
    #expect(GRPCForm(mediaType: "application/grpc") == .grpc)
    #expect(GRPCForm(mediaType: "Application/gRPC+proto; charset=x") == .grpc)
    #expect(GRPCForm(mediaType: "application/grpc-web+proto") == .web)
    #expect(GRPCForm(mediaType: "application/grpc-web-text+proto") == .webText)
    #expect(GRPCForm(mediaType: "application/grpcx") == nil && GRPCForm(mediaType: nil) == nil)
  }

  @Test func `content that is no gRPC stays as a body and is told of`() {
    var it = HTTP2Conversation.session()
    it.request(1, "POST", "/s/M", [("content-type", "application/grpc")], end: false)
    it.client(HTTP2Wire.data(1, "<html>", end: true))
    it.response(1, 200, [("content-type", "application/grpc")])
    it.server(HTTP2Wire.data(1, HTTP2Wire.message([7])))
    it.trailers(1, [("grpc-status", "0")])
    let events = it.events()
    #expect(events.codes == ["grpc-damaged"])
    #expect(events.call(1)?.requestBody?.content.text == "<html>")
    #expect(events.call(1)?.responseBody == nil)
    #expect(events.call(1)?.records?.recordList.map(\.bytes) == [[7]])
  }
}
