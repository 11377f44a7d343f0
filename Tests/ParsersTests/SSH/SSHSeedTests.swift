import Bytes
import Foundation
import Model
import TestKit
import Testing

/// The seeds of the fuzz targets are the sample conversations; `EXHIBIT_WRITE_SEEDS=1` writes them.
struct SSHSeedTests {
  private static func record(_ direction: Direction, _ bytes: [UInt8]) -> [UInt8] {
    [direction.rawValue, UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
  }

  private static func seed(_ conversation: SSHConversation) -> [UInt8] {
    conversation.pieces.flatMap { record($0.direction, $0.bytes) }
  }

  /// What goes through the channel, and with flags in the first byte which program it is.
  private static func content(_ conversation: SSHConversation, flags: UInt8) -> [UInt8] {
    var bytes = conversation.pieces.flatMap { piece -> [UInt8] in
      // CHANNEL_DATA: the data stands behind the packet's head, the number, the channel and the length.
      guard piece.bytes.count > 14, piece.bytes[0] == 0, piece.bytes[5] == 94 else { return [] }
      return record(piece.direction, Array(piece.bytes[14..<(piece.bytes.count - Int(piece.bytes[4]))]))
    }
    if !bytes.isEmpty { bytes[0] |= flags }
    return bytes
  }

  private static func check(_ name: String, _ bytes: [UInt8], in target: String) throws {
    let file = Checkout.root.appending(path: "Tests/Fuzz/\(target)/seeds/\(name)")
    if ProcessInfo.processInfo.environment["EXHIBIT_WRITE_SEEDS"] == "1" { try Data(bytes).write(to: file) }
    let kept = try? Data(contentsOf: file)
    #expect(kept == Data(bytes), "\(name)")
  }

  @Test func `the seeds are the samples`() throws {
    for sample in SSHPropertyTests.samples {
      let name = sample.testDescription.replacing(" ", with: "-").lowercased()
      try Self.check(name, Self.seed(sample.conversation()), in: "sshchannels")
      if name == "sftp" { try Self.check(name, Self.content(sample.conversation(), flags: 0), in: "sftp") }
      if name == "scp" { try Self.check(name, Self.content(sample.conversation(), flags: 0xC0), in: "sftp") }
    }
  }
}
