import Bytes
import Codings
import Foundation

/// Messages of gRPC ("Length-Prefixed-Message" of the gRPC over HTTP/2 specification), one by one: each byte of a value becomes a
/// star, so that lengths within a message hold. Compressed ones are given without compression.
struct GRPCContent: BodyContent {
  /// Bytes of one message, decompressed; clients take 4 MiB unless told otherwise.
  static let messageLimit = 16 << 20

  private let form: GRPCForm
  private let encoding: String
  private var base64 = Base64Decoder()
  /// From the prefix of a message on.
  private var held: [UInt8] = []

  init(_ form: GRPCForm, encoding: String?) {
    self.form = form
    self.encoding = (encoding ?? "identity").lowercased()
  }

  mutating func receive(
    _ piece: Span<UInt8>, _ mask: inout DataMask, into out: inout [UInt8]
  ) throws(BodyMaskFailure) {
    if form == .webText {
      guard base64.decode(piece, into: &held) else {
        throw BodyMaskFailure(.layout, "gRPC-Web text that is no base 64")
      }
    } else {
      held.append(contentsOf: piece)
    }
    var shown: [UInt8] = []
    var start = 0
    while held.count - start >= 5 {
      let length = held[(start + 1)..<(start + 5)].reduce(0) { $0 << 8 | Int($1) }
      guard length <= Self.messageLimit else {
        throw BodyMaskFailure(.large, "a message of gRPC is longer than \(Self.messageLimit >> 20) MiB")
      }
      let end = start + 5 + length
      guard end <= held.count else { break }
      let message = try message(held[start], Array(held[(start + 5)..<end]), &mask)
      shown.append(held[start] & ~1)
      for shift in stride(from: 24, through: 0, by: -8) {
        shown.append(UInt8(truncatingIfNeeded: message.count >> shift))
      }
      shown += message
      start = end
    }
    held.removeFirst(start)
    out += form == .webText ? Array(Data(shown).base64EncodedString().utf8) : shown
  }

  mutating func finish(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) {
    guard held.isEmpty, base64.isBetweenGroups else {
      throw BodyMaskFailure(.damaged, "gRPC that ends within a message")
    }
  }

  private func message(
    _ flags: UInt8, _ bytes: [UInt8], _ mask: inout DataMask
  ) throws(BodyMaskFailure) -> [UInt8] {
    guard flags & ~(form == .grpc ? 0x01 : 0x81) == 0 else {
      throw BodyMaskFailure(.layout, "a message of gRPC with flags that are not known")
    }
    var bytes = bytes
    if flags & 1 != 0 {
      guard case .success(let plain) = GRPCInflater.inflate(bytes.span, encoding: encoding, limit: Self.messageLimit)
      else { throw BodyMaskFailure(.coding, "a message of gRPC that cannot be decompressed") }
      guard plain.count < Self.messageLimit else {
        throw BodyMaskFailure(.large, "a message of gRPC is longer than \(Self.messageLimit >> 20) MiB")
      }
      bytes = plain
    }
    return flags & 0x80 != 0 ? mask.covered(bytes) : MessageFields(bytes).covered(&mask)
  }
}
