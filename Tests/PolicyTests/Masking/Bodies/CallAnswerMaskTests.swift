import Bytes
import Model
import Testing

@testable import Policy

/// What happens to heads around content that is masked.
@Suite struct CallAnswerMaskTests {
  private func mask() throws -> CallAnswerMask {
    let data = try MaskingPropertyTests.mask("redact")
    return try #require(CallAnswerMask(data.plan, hasher: data.hasher))
  }

  private func text(_ fields: [HeaderField]) -> [String] { fields.map { "\($0.name): \($0.value)" } }

  @Test func `a server is asked for the whole, in codings that can be removed`() {
    let fields = [
      HeaderField("Host", "shop.example"), HeaderField("Accept-Encoding", "gzip;q=0.8, br, dcb, *;q=0.1"),
      HeaderField("Range", "bytes=0-99"), HeaderField("If-Range", "\"a\""), HeaderField("If-Match", "W/\"a\", \"b\""),
      HeaderField("TE", "trailers, deflate"), HeaderField("Want-Repr-Digest", "sha-256=1"),
      HeaderField("accept-encoding", "zstd"), HeaderField("grpc-accept-encoding", "snappy,gzip"),
    ]
    #expect(
      text(CallAnswerMask.request(fields)) == [
        "Host: shop.example", "Accept-Encoding: gzip;q=0.8, br, zstd", "If-Match: \"a\", \"b\"", "TE: trailers",
        "grpc-accept-encoding: gzip",
      ])
    #expect(text(CallAnswerMask.request([])) == ["accept-encoding: identity"])
    #expect(text(CallAnswerMask.request([HeaderField("Accept-Encoding", "compress")])) == ["Accept-Encoding: identity"])
  }

  @Test func `the head of an answer says nothing of what its content was`() throws {
    var mask = try mask()
    let fields = [
      HeaderField("Content-Type", "application/json"), HeaderField("Content-Length", "42"),
      HeaderField("Content-Encoding", "gzip"), HeaderField("ETag", "\"x\""), HeaderField("Accept-Ranges", "bytes"),
      HeaderField("Content-MD5", "abc"), HeaderField("Repr-Digest", "sha-256=:x:"),
      HeaderField("x-amz-checksum-crc32", "abc"), HeaderField("X-User", "ann@shop.example"),
      HeaderField("Set-Cookie", "id=ann@shop.example"),
    ]
    let (shown, body) = try mask.answer(.init(method: "GET", status: 200, fields: fields))
    #expect(
      text(shown) == [
        "Content-Type: application/json", "ETag: W/\"x\"", "X-User: [redacted:email]",
        "Set-Cookie: id=ann@shop.example",
      ])
    #expect(body?.keepsLength == false)
    #expect(mask.takeTally().total == 1)
    let none = try mask.answer(.init(method: "HEAD", status: 200, fields: fields))
    #expect(none.body == nil && none.fields.map(\.name) == shown.map(\.name))
    #expect(try mask.answer(.init(method: "GET", status: 304, fields: fields)).body == nil)
    // Stars are as long as what they cover.
    let picture = [HeaderField("Content-Type", "image/png"), HeaderField("Content-Length", "42")]
    let kept = try mask.answer(.init(method: "GET", status: 200, fields: picture))
    #expect(text(kept.fields) == text(picture) && kept.body?.keepsLength == true)
    #expect(throws: BodyMaskFailure.self) {
      try mask.answer(.init(method: "GET", status: 206, fields: [HeaderField("Content-Range", "bytes 0-9/100")]))
    }
    #expect(throws: BodyMaskFailure.self) {
      try mask.answer(.init(method: "GET", status: 200, fields: [HeaderField("Content-Encoding", "compress")]))
    }
    #expect(
      try mask.answer(.init(method: "HEAD", status: 200, fields: [HeaderField("Content-Encoding", "pack200-gzip")]))
        .body == nil)
    #expect(
      text(mask.trailers([HeaderField("Digest", "x"), HeaderField("grpc-message", "to ann@shop.example")])) == [
        "grpc-message: to [redacted:email]"
      ])
  }

  @Test func `content that is compressed by its nature passes if that is wanted`() throws {
    let data = try MaskingPropertyTests.mask("redact")
    let bytes = Array("PK ann@shop.example".utf8)
    for (passes, type, isSame) in [
      (true, "application/zip", true), (false, "application/zip", false), (true, "image/jpeg", true),
      (true, "image/svg+xml", false), (true, "application/octet-stream", false),
    ] {
      var body = try BodyMask(.init(mediaType: type, passesCompressed: passes), mask: data)
      let out = try body.take(bytes) + body.finish()
      #expect((out == bytes) == isSame, "\(type)")
    }
  }

  @Test func `messages of WebSocket are masked by themselves`() throws {
    var mask = try mask()
    #expect(
      mask.message(Array(#"{"a":"ann@shop.example"}"#.utf8), isText: true) == Array(#"{"a":"[redacted:email]"}"#.utf8))
    #expect(
      mask.message(Array("x ann@shop.example".utf8), isText: false)
        == Array(("x " + String(repeating: "*", count: 16)).utf8))
  }
}
