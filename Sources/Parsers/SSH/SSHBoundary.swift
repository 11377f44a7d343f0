import Bytes
import Model

/// Proves that a packet begins at a place, by its structure from the first byte to the last.
enum SSHBoundary {
  enum Judgement {
    case yes
    case no
    /// More bytes will tell.
    case undecided
  }

  /// What `bytes` begin with. It is likely to be a packet where a decryptor lost whole ones: alignment is not asked for
  /// then. A channel number must be one of the direction's.
  static func judge(_ bytes: Span<UInt8>, isLikely: Bool, isKnown: (UInt32) -> Bool) -> Judgement {
    guard bytes.count >= 6 else { return bytes.count > 0 && bytes[0] != 0 ? .no : .undecided }
    var reader = ByteReader(bytes)
    guard let length = try? reader.readUInt32(), let padding = try? reader.readUInt8(),
      let number = try? reader.readUInt8()
    else { return .undecided }
    guard length >= 2, length <= SSHLimits.searchedPacketLength, UInt32(padding) + 1 < length,
      SSHMessageNumber.isKnown(number)
    else { return .no }
    // RFC 4253 §6: at least four bytes of padding, and a whole number of blocks of eight.
    guard isLikely || (padding >= 4 && (length + 4) % 8 == 0) else { return .no }
    let payloadCount = Int(length) - 1 - Int(padding)
    if number == SSHMessageNumber.channelData || number == SSHMessageNumber.channelExtendedData {
      return judgeData(&reader, payloadCount, isExtended: number == SSHMessageNumber.channelExtendedData, isKnown)
    }
    guard isLikely || payloadCount <= SSHLimits.searchedMessageLength else { return .no }
    guard bytes.count >= 5 + payloadCount else { return .undecided }
    return isWhole(bytes.extracting(5..<(5 + payloadCount)), isKnown) ? .yes : .no
  }

  /// Whether an identification line begins here; nil when none does.
  static func judgeLine(_ bytes: Span<UInt8>) -> Judgement? {
    let tag: [UInt8] = [0x53, 0x53, 0x48, 0x2d]
    for index in tag.indices {
      guard index < bytes.count else { return .undecided }
      guard bytes[index] == tag[index] else { return nil }
    }
    return .yes
  }

  /// The head of channel data says twice how long it is, which is proof enough.
  @_lifetime(reader: copy reader)
  private static func judgeData(
    _ reader: inout ByteReader, _ payloadCount: Int, isExtended: Bool, _ isKnown: (UInt32) -> Bool
  ) -> Judgement {
    guard let recipient = try? reader.readUInt32() else { return .undecided }
    guard isKnown(recipient) else { return .no }
    if isExtended {
      guard let kind = try? reader.readUInt32() else { return .undecided }
      guard kind == 1 else { return .no }
    }
    guard let count = try? reader.readUInt32() else { return .undecided }
    return Int(count) + (isExtended ? 13 : 9) == payloadCount ? .yes : .no
  }

  /// Whether a payload is a message of its number and nothing else.
  private static func isWhole(_ payload: Span<UInt8>, _ isKnown: (UInt32) -> Bool) -> Bool {
    var reader = ByteReader(payload)
    return (try? walk(&reader, isKnown)) ?? false
  }

  @_lifetime(reader: copy reader)
  private static func walk(_ reader: inout ByteReader, _ isKnown: (UInt32) -> Bool) throws(DecodeError) -> Bool {
    let number = try reader.readUInt8("message number")
    switch number {
    case SSHMessageNumber.ignore: _ = try reader.readString("data")
    case SSHMessageNumber.unimplemented: _ = try reader.readUInt32("sequence number")
    case SSHMessageNumber.serviceRequest, SSHMessageNumber.serviceAccept: _ = try reader.readString("service")
    case SSHMessageNumber.disconnect:
      guard try reader.readUInt32("reason") < 256 else { return false }
      _ = try reader.readString("description")
      _ = try reader.readString("language")
    case SSHMessageNumber.kexInit:
      try reader.skip(16)
      for _ in 0..<10 { _ = try reader.readString("names") }
      try reader.skip(5)
    case SSHMessageNumber.authRequest:
      for _ in 0..<2 { _ = try reader.readString("name") }
      guard try reader.readString("method").isUTF8 else { return false }
      return true
    case SSHMessageNumber.authFailure:
      _ = try reader.readString("methods")
      guard try reader.readUInt8("partial success") < 2 else { return false }
    case SSHMessageNumber.authSuccess, SSHMessageNumber.requestFailure: break
    case SSHMessageNumber.globalRequest:
      let name = try reader.readString("name")
      guard !name.isEmpty, name.isUTF8, try reader.readUInt8("want reply") < 2 else { return false }
      return true
    case SSHMessageNumber.channelOpen:
      let kind = try reader.readString("channel type")
      guard !kind.isEmpty, kind.isUTF8 else { return false }
      try reader.skip(12)
      return true
    case SSHMessageNumber.channelOpenConfirmation:
      guard isKnown(try reader.readUInt32("recipient")) else { return false }
      try reader.skip(12)
    case SSHMessageNumber.channelOpenFailure:
      guard isKnown(try reader.readUInt32("recipient")), try reader.readUInt32("reason") < 256 else { return false }
      _ = try reader.readString("description")
      _ = try reader.readString("language")
    case SSHMessageNumber.channelWindowAdjust:
      guard isKnown(try reader.readUInt32("recipient")) else { return false }
      _ = try reader.readUInt32("bytes to add")
    case SSHMessageNumber.channelEOF, SSHMessageNumber.channelClose, SSHMessageNumber.channelSuccess,
      SSHMessageNumber.channelFailure:
      guard isKnown(try reader.readUInt32("recipient")) else { return false }
    case SSHMessageNumber.channelRequest:
      guard isKnown(try reader.readUInt32("recipient")) else { return false }
      let name = try reader.readString("request")
      guard !name.isEmpty, name.isUTF8, try reader.readUInt8("want reply") < 2 else { return false }
      return true
    default: return false
    }
    return reader.isAtEnd
  }
}
