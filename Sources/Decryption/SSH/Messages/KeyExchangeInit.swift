import Bytes
import Model

/// SSH_MSG_KEXINIT: what one end offers.
///
///     byte      SSH_MSG_KEXINIT
///     byte[16]  cookie
///     name-list × 10: key exchange, host key, encryption, MAC, compression, languages; the last four each way
///     boolean   first_kex_packet_follows
///     uint32    0 (reserved)
struct KeyExchangeInit: Sendable {
  /// As sent, for the exchange hash.
  let payload: [UInt8]
  let cookie: [UInt8]
  let keyExchange: [String]
  let hostKey: [String]
  let ciphers: PerDirection<[String]>
  let macs: PerDirection<[String]>
  let compressions: PerDirection<[String]>
  /// The end sends its first key exchange packet on a guess (RFC 4253 §7).
  let isGuessing: Bool

  init(parsing payload: [UInt8]) throws(DecodeError) {
    var reader = ByteReader(payload.span)
    try reader.skip(1)
    self.payload = payload
    cookie = try reader.read(16, "cookie").array
    keyExchange = try reader.readNameList("kex_algorithms")
    hostKey = try reader.readNameList("server_host_key_algorithms")
    ciphers = try PerDirection(parsing: &reader)
    macs = try PerDirection(parsing: &reader)
    compressions = try PerDirection(parsing: &reader)
    _ = try reader.readNameList("languages_client_to_server")
    _ = try reader.readNameList("languages_server_to_client")
    isGuessing = try reader.readUInt8("first_kex_packet_follows") != 0
    _ = try reader.readUInt32("reserved")
  }

  /// The HASSH of Salesforce: MD5 of the lists in the direction in which this end sends.
  func hassh(_ from: Direction) -> String {
    let lists = [keyExchange, ciphers[from], macs[from], compressions[from]]
    let text = lists.map { $0.joined(separator: ",") }.joined(separator: ";")
    return HashAlgorithm.md5.digest(Array(text.utf8)).hex
  }
}

extension PerDirection where Value == [String] {
  fileprivate init(parsing reader: inout ByteReader) throws(DecodeError) {
    let client = try reader.readNameList("algorithms_client_to_server")
    self.init(client, try reader.readNameList("algorithms_server_to_client"))
  }
}
