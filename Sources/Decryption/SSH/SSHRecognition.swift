import Bytes
public import Model

extension SSHDecryptor {
  /// Lines of a server before its identification (RFC 4253 §4.2) are looked through so far.
  static let greetingLimit = 8 << 10

  /// Whether the opening is SSH: an identification line, the server's after other lines maybe.
  ///
  /// In a flow whose ends are only guessed the key exchange tells which is the client. A flow that is under way, without
  /// identification, is not recognised: everything in it is encrypted.
  public static func recognize(_ opening: borrowing Opening) -> Recognition {
    let client = Greeting(opening.fromClient)
    let server = Greeting(opening.fromServer)
    guard client.isFound || server.isFound else {
      if opening.fromClient.isEmpty, server.isPossible, !opening.fromServer.isEmpty { return .undecided }
      // A client sends no line before its own.
      let mayCome = client.isPossible && client.lineStart == 0 && !opening.fromClient.isEmpty
      return mayCome && (opening.fromServer.isEmpty || server.isPossible) ? .undecided : .no
    }
    if client.isFound, !opening.fromServer.isEmpty, !server.isFound, !server.isPossible { return .no }
    if server.isFound, !opening.fromClient.isEmpty, !client.isFound, !client.isPossible { return .no }
    guard opening.isMidstream else { return .yes }
    if client.isFound, client.lineStart > 0 { return .yesReversed }
    if server.isFound, server.lineStart > 0 { return .yes }
    let ends = [
      end(opening.fromClient, after: client.end), end(opening.fromServer, after: server.end)?.reversed,
    ].compactMap(\.self)
    if let first = ends.first { return first == .fromClient ? .yes : .yesReversed }
    let isFull = opening.fromClient.count + opening.fromServer.count >= Opening.limit
    return isFull || !(client.isFound && server.isFound) ? .yes : .undecided
  }

  /// Which end wrote the clear packets of a key exchange, where they tell.
  private static func end(_ bytes: Span<UInt8>, after start: Int?) -> Direction? {
    guard let start else { return nil }
    var reader = ByteReader(bytes.extracting(min(start, bytes.count)..<bytes.count))
    var hasOffer = false
    do throws(DecodeError) {
      for _ in 0..<4 {
        let count = try reader.readUInt32()
        guard count >= 2, count <= UInt32(PacketCipher.packetLimit) else { return nil }
        var packet = ByteReader(try reader.read(Int(count)))
        try packet.skip(1)
        let payload = packet.rest
        switch payload[0] {
        case SSHMessageNumber.keyExchangeInit:
          guard let offer = try? KeyExchangeInit(parsing: payload.array) else { return nil }
          let names = offer.keyExchange
          if names.contains("ext-info-c") || names.contains("kex-strict-c-v00@openssh.com") { return .fromClient }
          if names.contains("ext-info-s") || names.contains("kex-strict-s-v00@openssh.com") { return .fromServer }
          hasOffer = true
        case 30, 32, 34: return hasOffer ? .fromClient : nil
        case 31, 33: return hasOffer ? .fromServer : nil
        default: return nil
        }
      }
    } catch { return nil }
    return nil
  }

  /// Where a direction's identification line stands.
  private struct Greeting {
    var isFound = false
    /// More bytes may bring one.
    var isPossible = true
    var lineStart = 0
    /// Behind the line.
    var end: Int?

    init(_ bytes: borrowing Span<UInt8>) {
      while true {
        let line = bytes.extracting(lineStart..<bytes.count)
        if Identification.isBeginning(line) {
          isFound = line.count >= 6
          end = line.firstIndex(of: 0x0a).map { lineStart + $0 + 1 }
          return
        }
        guard lineStart < SSHDecryptor.greetingLimit, let newline = line.firstIndex(of: 0x0a) else {
          isPossible = bytes.count < SSHDecryptor.greetingLimit && Identification.isText(line)
          return
        }
        guard Identification.isText(line.extracting(0..<newline)) else {
          isPossible = false
          return
        }
        lineStart += newline + 1
      }
    }
  }
}
