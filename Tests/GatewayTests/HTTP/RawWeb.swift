/// A client of HTTP byte for byte, for what no ordinary one does.
final class RawWeb: RawSocket {
  func send(_ text: String) { send(Array(text.utf8)) }

  func receive() -> [UInt8] { receiveSome() }

  /// Everything up to the end of the connection.
  func rest() -> String {
    var all: [UInt8] = []
    while case let more = receive(), !more.isEmpty { all += more }
    return String(decoding: all, as: UTF8.self)
  }

  /// Bytes until they hold a text.
  func receive(until text: String) -> String {
    var all: [UInt8] = []
    while !String(decoding: all, as: UTF8.self).contains(text) {
      let more = receive()
      guard !more.isEmpty else { break }
      all += more
    }
    return String(decoding: all, as: UTF8.self)
  }
}
