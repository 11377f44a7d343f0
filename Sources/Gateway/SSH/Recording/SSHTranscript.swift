import Bytes

/// Messages of SSH as a recording has them: packets of RFC 4253 §6 with cipher, MAC and compression `none`.
///
/// What the ends said is written anew: windows, numbers of channels and the exchange of keys are the recording's own, and
/// what proves who somebody is is left out.
enum SSHTranscript {
  /// Bytes of data in one packet.
  static let dataLength = 32 << 10
  /// What a channel of the recording may send from its opening on; it is granted anew as it is used up.
  static let window: UInt32 = 1 << 31

  // MARK: Framing

  /// ```
  /// uint32    packet_length
  /// byte      padding_length
  /// byte[n1]  payload
  /// byte[n2]  padding, to a multiple of 8 bytes, at least 4
  /// ```
  static func packet(_ payload: [UInt8]) -> [UInt8] {
    let padding = padding(of: payload.count)
    var writer = ByteWriter()
    writer.write(UInt32(clamping: 1 + payload.count + padding))
    writer.write(UInt8(truncatingIfNeeded: padding))
    writer.write(payload)
    writer.write([UInt8](repeating: 0, count: padding))
    return writer.bytes
  }

  /// Bytes of padding behind a payload of so many.
  private static func padding(of count: Int) -> Int {
    let least = 8 - (5 + count) % 8
    return least < 4 ? least + 8 : least
  }

  private static func packet(_ number: UInt8, _ fill: (inout ByteWriter) -> Void) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(number)
    fill(&writer)
    return packet(writer.bytes)
  }

  // MARK: Transport

  static func identification(_ text: String) -> [UInt8] { Array("\(text)\r\n".utf8) }

  /// An offer of nothing but `none`, and its acceptance.
  static func keyExchange() -> [UInt8] {
    let offer = packet(20) { writer in
      writer.write([UInt8](repeating: 0, count: 16))
      for _ in 0..<8 { writer.write(string: "none") }
      for _ in 0..<2 { writer.write(string: "") }
      writer.write(UInt8(0))
      writer.write(UInt32(0))
    }
    return offer + packet(21) { _ in }
  }

  static func serviceRequest(_ name: String) -> [UInt8] { packet(5) { $0.write(string: name) } }
  static func serviceAccept(_ name: String) -> [UInt8] { packet(6) { $0.write(string: name) } }

  static func disconnect(_ reason: String) -> [UInt8] {
    packet(1) { writer in
      // SSH_DISCONNECT_BY_APPLICATION
      writer.write(UInt32(11))
      writer.write(string: reason)
      writer.write(string: "")
    }
  }

  // MARK: Logging in (RFC 4252)

  /// Without the password or the signature.
  static func login(_ user: String, _ means: LibsshMessage.LoginMeans) -> [UInt8] {
    packet(50) { writer in
      writer.write(string: user)
      writer.write(string: "ssh-connection")
      switch means {
      case .none: writer.write(string: "none")
      case .other: writer.write(string: "other")
      case .password:
        writer.write(string: "password")
        writer.write(UInt8(0))
        writer.write(string: "")
      case .key(let key):
        writer.write(string: "publickey")
        writer.write(UInt8(key.isProven ? 1 : 0))
        writer.write(string: keyType(key.blob))
        writer.write(string: key.blob)
        if key.isProven { writer.write(string: "") }
      }
    }
  }

  static func loginFailure(_ methods: String) -> [UInt8] {
    packet(51) { writer in
      writer.write(string: methods)
      writer.write(UInt8(0))
    }
  }

  static let loginSuccess = packet(52) { _ in }

  static func keyAccepted(_ blob: [UInt8]) -> [UInt8] {
    packet(60) { writer in
      writer.write(string: keyType(blob))
      writer.write(string: blob)
    }
  }

  /// The name that a key's wire form begins with.
  private static func keyType(_ blob: [UInt8]) -> [UInt8] {
    var reader = ByteReader(blob.span)
    guard let count = try? reader.readUInt32("key type"), let name = try? reader.read(Int(clamping: count), "key type")
    else { return [] }
    return name.array
  }

  // MARK: Channels (RFC 4254). Both ends call one by the same number.

  static func open(_ type: String, _ number: UInt32, _ destination: LibsshMessage.Destination? = nil) -> [UInt8] {
    packet(90) { writer in
      writer.write(string: type)
      for value in [number, window, UInt32(dataLength)] { writer.write(value) }
      guard let destination else { return }
      writer.write(string: destination.host)
      writer.write(UInt32(clamping: destination.port))
      writer.write(string: destination.originator)
      writer.write(UInt32(clamping: destination.originatorPort))
    }
  }

  static func opened(_ number: UInt32) -> [UInt8] {
    packet(91) { writer in for value in [number, number, window, UInt32(dataLength)] { writer.write(value) } }
  }

  static func openFailure(_ number: UInt32, code: UInt32, _ reason: String) -> [UInt8] {
    packet(92) { writer in
      writer.write(number)
      writer.write(code)
      writer.write(string: reason)
      writer.write(string: "")
    }
  }

  static func windowAdjust(_ number: UInt32, _ count: UInt32) -> [UInt8] {
    packet(93) { writer in
      writer.write(number)
      writer.write(count)
    }
  }

  /// In packets that are not too long; written at once, for all that is copied goes through here.
  static func data(_ number: UInt32, _ bytes: [UInt8], isError: Bool) -> [UInt8] {
    let head = isError ? 13 : 9
    var writer = ByteWriter()
    let packets = (bytes.count + dataLength - 1) / dataLength
    // The padding is 11 bytes at most.
    writer.reserve(bytes.count + packets * (head + 16))
    var rest = bytes.span
    while !rest.isEmpty {
      let part = rest.extracting(first: min(rest.count, dataLength))
      let padding = padding(of: head + part.count)
      writer.write(UInt32(clamping: 1 + head + part.count + padding))
      writer.write(UInt8(truncatingIfNeeded: padding))
      writer.write(UInt8(isError ? 95 : 94))
      writer.write(number)
      // SSH_EXTENDED_DATA_STDERR
      if isError { writer.write(UInt32(1)) }
      writer.write(UInt32(clamping: part.count))
      writer.write(part)
      for _ in 0..<padding { writer.write(UInt8(0)) }
      rest = rest.extracting(droppingFirst: part.count)
    }
    return writer.bytes
  }

  static func endOfData(_ number: UInt32) -> [UInt8] { packet(96) { $0.write(number) } }
  static func close(_ number: UInt32) -> [UInt8] { packet(97) { $0.write(number) } }
  static func success(_ number: UInt32) -> [UInt8] { packet(99) { $0.write(number) } }
  static func failure(_ number: UInt32) -> [UInt8] { packet(100) { $0.write(number) } }

  private static func request(
    _ number: UInt32, _ name: String, wantsReply: Bool, _ fill: (inout ByteWriter) -> Void = { _ in }
  ) -> [UInt8] {
    packet(98) { writer in
      writer.write(number)
      writer.write(string: name)
      writer.write(UInt8(wantsReply ? 1 : 0))
      fill(&writer)
    }
  }

  static func program(_ number: UInt32, _ program: SSHProgram) -> [UInt8] {
    switch program.kind {
    case .exec: request(number, "exec", wantsReply: true) { $0.write(string: program.text) }
    case .shell: request(number, "shell", wantsReply: true)
    case .subsystem: request(number, "subsystem", wantsReply: true) { $0.write(string: program.text) }
    }
  }

  static func environment(_ number: UInt32, _ name: [UInt8], _ value: [UInt8]) -> [UInt8] {
    request(number, "env", wantsReply: false) { writer in
      writer.write(string: name)
      writer.write(string: value)
    }
  }

  static func terminal(_ number: UInt32, _ terminal: SSHTerminal) -> [UInt8] {
    request(number, "pty-req", wantsReply: true) { writer in
      writer.write(string: terminal.name)
      for value in [terminal.columns, terminal.rows, 0, 0] { writer.write(value) }
      // TTY_OP_END
      writer.write(string: [0])
    }
  }

  static func windowChange(_ number: UInt32, _ terminal: SSHTerminal) -> [UInt8] {
    request(number, "window-change", wantsReply: false) { writer in
      for value in [terminal.columns, terminal.rows, 0, 0] { writer.write(value) }
    }
  }

  static func signal(_ number: UInt32, _ name: [UInt8]) -> [UInt8] {
    request(number, "signal", wantsReply: false) { $0.write(string: name) }
  }

  static func agentForwarding(_ number: UInt32) -> [UInt8] {
    request(number, "auth-agent-req@openssh.com", wantsReply: true)
  }

  /// Without the cookie.
  static func x11(_ number: UInt32) -> [UInt8] {
    request(number, "x11-req", wantsReply: true) { writer in
      writer.write(UInt8(0))
      writer.write(string: "")
      writer.write(string: "")
      writer.write(UInt32(0))
    }
  }

  static func exitStatus(_ number: UInt32, _ status: Int32) -> [UInt8] {
    request(number, "exit-status", wantsReply: false) { $0.write(UInt32(bitPattern: status)) }
  }

  static func exitSignal(_ number: UInt32, _ signal: SSHExitSignal) -> [UInt8] {
    request(number, "exit-signal", wantsReply: false) { writer in
      writer.write(string: signal.name)
      writer.write(UInt8(signal.hasDumpedCore ? 1 : 0))
      writer.write(string: signal.message)
      writer.write(string: signal.language)
    }
  }

  // MARK: The connection as a whole

  static func listen(_ place: LibsshMessage.Place, isEnd: Bool) -> [UInt8] {
    packet(80) { writer in
      writer.write(string: isEnd ? "cancel-tcpip-forward" : "tcpip-forward")
      writer.write(UInt8(1))
      writer.write(string: place.host)
      writer.write(UInt32(clamping: place.port))
    }
  }

  static let requestSuccess = packet(81) { _ in }
  static let requestFailure = packet(82) { _ in }
}

extension ByteWriter {
  /// A `string` of RFC 4251 §5.
  fileprivate mutating func write(string bytes: [UInt8]) {
    write(UInt32(clamping: bytes.count))
    write(bytes)
  }

  fileprivate mutating func write(string text: String) { write(string: Array(text.utf8)) }
}
