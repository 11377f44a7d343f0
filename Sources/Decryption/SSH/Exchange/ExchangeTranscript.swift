import Bytes
import Model

/// The messages of one key exchange method, as both ends sent them.
struct ExchangeTranscript: Sendable {
  let method: KeyExchangeMethod
  /// K_S and the signature over H.
  let hostKey: [UInt8]
  let signature: [UInt8]
  /// What goes into the hash between K_S and K, as it stood on the wire.
  private let middle: [UInt8]
  /// e or Q_C, and f or Q_S.
  let publics: PerDirection<[UInt8]>
  /// p and g of a group that the server chose.
  let group: (prime: [UInt8], generator: [UInt8])?

  /// Nil while messages are missing.
  init?(_ method: KeyExchangeMethod, client: [[UInt8]], server: [[UInt8]]) throws(DecodeError) {
    func first(_ messages: [[UInt8]], _ number: UInt8) -> [UInt8]? { messages.first { $0.first == number } }
    self.method = method
    var middle = ByteWriter()
    let isChosen = method.family == .groupExchange
    guard let initial = first(client, isChosen ? 32 : 30), let reply = first(server, isChosen ? 33 : 31) else {
      return nil
    }
    if isChosen {
      guard let request = first(client, 34) ?? first(client, 30), let chosen = first(server, 31) else { return nil }
      var reader = ByteReader(chosen.span)
      try reader.skip(1)
      let prime = try reader.readSSHString("p").array
      let generator = try reader.readSSHString("g").array
      group = (prime, generator)
      // min, n and max, or the n of the old request (RFC 4419 §3 and §5).
      middle.write(Array(request.dropFirst()))
      middle.writeSSHString(prime)
      middle.writeSSHString(generator)
    } else {
      group = nil
    }
    var reader = ByteReader(initial.span)
    try reader.skip(1)
    let clientPublic = try reader.readSSHString("e").array
    reader = ByteReader(reply.span)
    try reader.skip(1)
    hostKey = try reader.readSSHString("K_S").array
    let serverPublic = try reader.readSSHString("f").array
    signature = try reader.readSSHString("signature").array
    publics = PerDirection(clientPublic, serverPublic)
    middle.writeSSHString(clientPublic)
    middle.writeSSHString(serverPublic)
    self.middle = middle.bytes
  }

  /// K as it goes into hashes.
  func encoded(_ secret: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    if method.hasOctetSecret { writer.writeSSHString(secret) } else { writer.writeMpint(secret) }
    return writer.bytes
  }

  /// H of RFC 4253 §8.
  func exchangeHash(
    identifications: PerDirection<[UInt8]>, offers: PerDirection<[UInt8]>, secret: [UInt8]
  ) -> [UInt8] {
    var writer = ByteWriter()
    writer.writeSSHString(identifications.fromClient)
    writer.writeSSHString(identifications.fromServer)
    writer.writeSSHString(offers.fromClient)
    writer.writeSSHString(offers.fromServer)
    writer.writeSSHString(hostKey)
    writer.write(middle)
    writer.write(encoded(secret))
    return method.hash.digest(writer.bytes)
  }

  /// `count` bytes of the key that `letter` names (RFC 4253 §7.2).
  func key(_ letter: Character, secret: [UInt8], hash: [UInt8], session: [UInt8], count: Int) -> [UInt8] {
    guard count > 0 else { return [] }
    let head = encoded(secret) + hash
    var out = method.hash.digest(head + Array(letter.utf8) + session)
    while out.count < count, !out.isEmpty { out += method.hash.digest(head + out) }
    return Array(out.prefix(count))
  }
}
