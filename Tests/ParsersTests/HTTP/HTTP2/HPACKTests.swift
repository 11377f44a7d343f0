import Bytes
import Model
import TestKit
import Testing

@testable import Parsers

/// Header compression, by the examples of RFC 7541 Appendix C and by what an encoder may not do.
@Suite struct HPACKTests {
  private func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.filter { !$0.isWhitespace }
    var bytes: [UInt8] = []
    var index = digits.startIndex
    while index < digits.endIndex {
      let next = digits.index(index, offsetBy: 2)
      bytes.append(UInt8(digits[index..<next], radix: 16) ?? 0)
      index = next
    }
    return bytes
  }

  private func decode(_ decoder: inout HPACKDecoder, _ hex: String) -> [String] {
    let coded = bytes(hex)
    let block = decoder.decode(coded.span)
    #expect(block.error == nil)
    #expect(block.uncertain == 0 && block.omitted == 0)
    return block.fields.map { "\($0.name): \($0.value)" }
  }

  @Test func `C 2, single representations`() {
    var decoder = HPACKDecoder()
    #expect(decode(&decoder, "400a637573746f6d2d6b65790d637573746f6d2d686561646572") == ["custom-key: custom-header"])
    #expect(decoder.table.size == 55)
    decoder = HPACKDecoder()
    #expect(decode(&decoder, "040c2f73616d706c652f70617468") == [":path: /sample/path"])
    #expect(decode(&decoder, "100870617373776f726406736563726574") == ["password: secret"])
    #expect(decode(&decoder, "82") == [":method: GET"])
    #expect(decoder.table.count == 0)
  }

  static let requests = [
    [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
    [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"],
    [
      ":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com", "custom-key: custom-value",
    ],
  ]

  @Test(arguments: [
    [
      "828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865",
      "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
    ],
    [
      "828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf",
      "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
    ],
  ])
  func `C 3 and C 4, requests without and with Huffman coding`(_ blocks: [String]) {
    var decoder = HPACKDecoder()
    for (index, size) in [57, 110, 164].enumerated() {
      #expect(decode(&decoder, blocks[index]) == Self.requests[index])
      #expect(decoder.table.size == size)
    }
  }

  static let responses = [
    [
      ":status: 302", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT",
      "location: https://www.example.com",
    ],
    [
      ":status: 307", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT",
      "location: https://www.example.com",
    ],
    [
      ":status: 200", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:22 GMT",
      "location: https://www.example.com", "content-encoding: gzip",
      "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
    ],
  ]

  @Test(arguments: [
    [
      "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
      "4803333037c1c0bf",
      "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
    ],
    [
      "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
      "4883640effc1c0bf",
      "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
    ],
  ])
  func `C 5 and C 6, responses that evict from a table of 256 octets`(_ blocks: [String]) {
    var decoder = HPACKDecoder()
    decoder.allow(256)
    for (index, size) in [222, 222, 215].enumerated() {
      #expect(decode(&decoder, blocks[index]) == Self.responses[index])
      #expect(decoder.table.size == size)
    }
    #expect(decoder.table.count == 3)
  }

  @Test func `every octet survives Huffman coding, alone and among others`() throws {
    for octet in UInt8.min...UInt8.max {
      for plain in [[octet], [octet, octet, octet], [0x61, octet, 0x20, octet, 0xFF]] {
        var decoded: [UInt8] = []
        try HuffmanTree.shared.decode(HPACKWire.huffman(plain).span, into: &decoded)
        #expect(decoded == plain)
      }
    }
  }

  @Test func `the Huffman code is complete, and the longest codes are those of the RFC`() {
    let sum = HuffmanTree.lengths.reduce(0.0) { $0 + 1 / Double(UInt64(1) << UInt64($1)) }
    #expect(sum == 1)
    let codes = HuffmanTree.codes
    #expect(codes[48] == 0x0 && codes[116] == 0x9 && codes[88] == 0xfc && codes[33] == 0x3f8)
    #expect(codes[0] == 0x1ff8 && codes[92] == 0x7fff0 && codes[195] == 0x7fff1 && codes[249] == 0xffffffe)
    #expect(codes[10] == 0x3fff_fffc && codes[22] == 0x3fff_fffe && codes[256] == 0x3fff_ffff)
  }

  /// `a` is 00011, `0` is 00000, `&` is 11111000.
  @Test(arguments: [
    ("1f", "a"), ("f8", "&"), ("", ""), ("07", "0"), ("00", nil), ("1fff", nil), ("07ff", nil), ("ff", nil),
    ("ffffffff", nil), ("1e", nil),
  ])
  func `padding is short and all ones, and EOS is refused`(_ hex: String, _ text: String?) {
    let coded = bytes(hex)
    var decoded: [UInt8]? = []
    var octets: [UInt8] = []
    do { try HuffmanTree.shared.decode(coded.span, into: &octets) } catch { decoded = nil }
    if decoded != nil { decoded = octets }
    #expect(decoded == text.map { Array($0.utf8) })
  }

  @Test func `integers of C 1, and those that have no end`() {
    var decoder = HPACKDecoder()
    // 1337 as the length of a value.
    let value = [UInt8](repeating: 0x78, count: 1_337)
    var block = decoder.decode(([0x00, 0x01, 0x61] + HPACKWire.integer(1_337, prefix: 7, 0) + value).span)
    #expect(block.fields.first?.value.utf8.count == 1_337)
    block = decoder.decode([UInt8](repeating: 0xFF, count: 20).span)
    #expect(block.error?.code == .overLimit)
    block = decoder.decode(([0xFF] + [UInt8](repeating: 0x80, count: 20) + [0x00]).span)
    #expect(block.error?.code == .overLimit)
    block = decoder.decode(([0x00, 0x7F, 0xFF, 0xFF, 0xFF, 0x01]).span)
    #expect(block.error?.code == .truncated)
  }

  @Test(arguments: ["80", "be", "7e0161", "00", "0001", "000161", "3fe1ff03", "8220", "c0"])
  func `what no encoder may send is an error`(_ hex: String) {
    var decoder = HPACKDecoder()
    let coded = bytes(hex)
    let block = decoder.decode(coded.span)
    #expect(block.error != nil || block.sizeError != nil)
  }

  @Test func `an encoder and the decoder agree over evictions and size updates`() {
    let seed = UInt64.random(in: .min ... .max)
    var generator = SeededGenerator(seed: seed)
    var wire = HPACKWire()
    var decoder = HPACKDecoder()
    for round in 0..<2_000 {
      var coded: [UInt8] = []
      if generator.next() % 50 == 0 { coded = wire.resize([0, 31, 100, 500, 4_096][Int(generator.next() % 5)]) }
      wire.usesHuffman = generator.next() % 2 == 0
      wire.mode = generator.next() % 8 == 0 ? .literal : .indexed
      let fields = (0..<(1 + generator.next() % 6)).map { _ in
        ("name-\(generator.next() % 20)", String(repeating: "v", count: Int(generator.next() % 300)))
      }
      coded += wire.encode(fields)
      let block = decoder.decode(coded.span)
      #expect(block.error == nil, "seed \(seed), round \(round)")
      #expect(block.fields == fields.map { HeaderField($0.0, $0.1) }, "seed \(seed), round \(round)")
    }
  }

  @Test func `after a lost block what is certain is given and the rest is counted`() {
    var wire = HPACKWire()
    var decoder = HPACKDecoder()
    _ = decoder.decode(wire.encode([("a", "1"), ("b", "2")]).span)
    _ = wire.encode([("hidden", "3")])
    decoder.table.lose()
    var block = decoder.decode(wire.encode([(":method", "GET"), ("a", "1"), ("c", "4"), ("hidden", "5")]).span)
    #expect(block.fields == [HeaderField(":method", "GET"), HeaderField("c", "4")])
    #expect(block.uncertain == 2 && block.error == nil)
    // What came since can be named.
    block = decoder.decode(wire.encode([("c", "4"), ("hidden", "5"), ("c", "6")]).span)
    #expect(block.fields == [HeaderField("c", "4"), HeaderField("c", "6")])
    #expect(block.uncertain == 1)
    #expect(decoder.table.isPartial)
  }

  @Test func `a table that was lost is whole again when all before is evicted`() {
    var wire = HPACKWire()
    var decoder = HPACKDecoder()
    _ = wire.encode([("hidden", "3")])
    decoder.table.lose()
    let resized = wire.resize(200)
    _ = decoder.decode((resized + wire.encode([("x", "0")])).span)
    #expect(decoder.table.isPartial)
    for round in 0..<10 { _ = decoder.decode(wire.encode([("a\(round)", String(repeating: "1", count: 40))]).span) }
    #expect(!decoder.table.isPartial)
    decoder.table.lose()
    _ = decoder.decode(wire.resize(0).span)
    #expect(!decoder.table.isPartial)
  }

  @Test func `a bomb of references is bounded`() {
    var decoder = HPACKDecoder()
    var wire = HPACKWire()
    var coded = wire.encode([("big", String(repeating: "x", count: 4_000))])
    coded += [UInt8](repeating: 0xBE, count: 200_000)
    let block = decoder.decode(coded.span)
    #expect(block.error == nil)
    #expect(block.fields.count <= HTTP2Limits.fields)
    #expect(block.fields.reduce(0) { $0 + $1.value.utf8.count } <= HTTP2Limits.headerList)
    #expect(block.fields.count + block.omitted == 200_001)
  }

  @Test func `a string over the limit is left out and does not shift the table`() {
    var decoder = HPACKDecoder()
    decoder.allow(1 << 20)
    var wire = HPACKWire()
    let resized = wire.resize(1 << 20)
    let coded =
      resized + wire.encode([("a", "1"), ("big", String(repeating: "x", count: 100_000)), ("b", "2"), ("a", "1")])
    let block = decoder.decode(coded.span)
    #expect(block.fields.map(\.name) == ["a", "b", "a"])
    #expect(block.omitted == 1)
  }

  @Test func `octets that are no UTF-8 are read as ISO 8859-1 and counted as they were`() {
    var decoder = HPACKDecoder()
    let block = decoder.decode([0x40, 0x01, 0x61, 0x02, 0xE9, 0xFF].span)
    #expect(block.fields == [HeaderField("a", "éÿ")])
    #expect(decoder.table.size == 35)
  }
}
