import Bytes
import Model
import TestKit
import Testing

@testable import Parsers

/// Inputs that the fuzzer found, with what was wrong with them.
@Suite struct HTTP2FuzzTests {
  /// Pieces: who sends, and hexadecimal bytes.
  static let found: [[(Direction, String)]] = [
    [
      (
        .fromClient,
        "505249202a20485454502f322e300d0a0d0a534d0d0a0d0a000006040000000000000100000064000004080201000a000000ffff"
      ),
      (
        .fromServer,
        "00000000013fe13f8287418944e7ad735492d950e84482607f01000c0000030105000000013f458800000900000004010000000000001b800012820c00000400000000000100200000050000800000000004010000000000000900000004"
      ),
      (.fromClient, "00"),
      (
        .fromClient,
        "0000000000010000000000001d50e94482607f01000c0000030105000000013f458800000900000004010000000000001b00001282623f7a874950920701000b00000201050000000588426f6f6cbe"
      ),
    ]
  ]

  @Test(arguments: found.indices)
  func `pieces do not matter for what the fuzzer found`(_ index: Int) {
    var it = HTTP2Conversation()
    for (direction, hex) in Self.found[index] {
      let digits = Array(hex)
      let bytes = stride(from: 0, to: digits.count - 1, by: 2).map {
        UInt8(String(digits[$0...($0 + 1)]), radix: 16) ?? 0
      }
      it.pieces.append(.init(direction: direction, bytes: bytes))
    }
    let whole = it.events().dump
    let split = it.events(.everyByte).dump
    #expect(whole == split)
  }
}
