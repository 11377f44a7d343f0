import Bytes
import Model
import NIOCore
import Parsers

/// What the server sends.
extension PostgresRelay {
  private enum Kind {
    static let dataRow = UInt8(ascii: "D")
    static let copyData = UInt8(ascii: "d")
    static let error = UInt8(ascii: "E")
    static let parameterStatus = UInt8(ascii: "S")
    static let parameterDescription = UInt8(ascii: "t")
    static let readyForQuery = UInt8(ascii: "Z")
  }

  /// Bytes of a message that must be there as a whole; the server's own errors are far shorter.
  private static let wholeLimit = 2 << 20

  /// Bytes of the server: goes from header to header and sends all in one piece, but for what the gateway says instead.
  func receiveFromTarget(_ buffer: ByteBuffer) {
    guard !isOver else { return }
    if masking != nil { return receiveMasked(buffer) }
    if outbound.readableBytes == 0 {
      outbound = buffer
    } else {
      if outbound.readerIndex > outbound.readableBytes { outbound.discardReadBytes() }
      outbound.writeImmutableBuffer(buffer)
    }
    // Bytes from the reader index that are looked at and go on.
    var scanned = 0
    while !isOver {
      let rest = outbound.readableBytes - scanned
      if answerLeft > 0 {
        let count = min(answerLeft, rest)
        guard count > 0 else { break }
        answerLeft -= count
        scanned += count
        continue
      }
      if !interjections.isEmpty {
        send(&scanned)
        for interjection in interjections { sendToClient(interjection) }
        interjections = []
        continue
      }
      let start = outbound.readerIndex + scanned
      guard let type = outbound.getInteger(at: start, as: UInt8.self),
        let length = outbound.getInteger(at: start + 1, as: UInt32.self)
      else { break }
      guard let limit = PostgresPipeline.serverLimit(type), (4...limit).contains(Int(length)) else {
        return fail("the target sent no message of the protocol", code: "08P01")
      }
      let byteCount = Int(length) + 1
      lastAnswer = type
      if type == Kind.dataRow || type == Kind.copyData {
        answerLeft = byteCount
        continue
      }
      guard needsWhole(type) else {
        guard take(type, 5..<5, scanned) == nil else { return }
        answerLeft = byteCount
        continue
      }
      guard byteCount <= Self.wholeLimit else { return fail("a message of the target is too long") }
      guard rest >= byteCount else { break }
      let own = take(type, (scanned + 5)..<(scanned + byteCount), scanned)
      guard !isOver else { return }
      if let own {
        send(&scanned)
        outbound.moveReaderIndex(forwardBy: byteCount)
        sendToClient(own)
      } else {
        scanned += byteCount
      }
    }
    guard !isOver else { return }
    send(&scanned)
    if outbound.readableBytes == 0 { outbound = ByteBuffer() }
    if isMaskingStale { replaceMasking() }
    endPassedOver()
    if isWaiting {
      isWaiting = false
      processClient()
    }
    if isDraining { drain(now: false) }
  }

  private func needsWhole(_ type: UInt8) -> Bool {
    switch type {
    case Kind.readyForQuery, Kind.parameterStatus, Kind.parameterDescription: true
    case Kind.error: pipeline.isRefusalNext
    default: false
    }
  }

  private func send(_ scanned: inout Int) {
    guard scanned > 0, let slice = outbound.readSlice(length: scanned) else { return }
    scanned = 0
    sendToClient(slice)
  }

  /// Takes note of a message; gives what the client is told instead. Ends the session when it cannot be.
  func take(_ type: UInt8, _ body: Range<Int>, _ scanned: Int) -> ByteBuffer? {
    if type == Kind.parameterStatus { learn(body) }
    switch pipeline.receive(type, outbound.readableBytesUInt8Span.extracting(body)) {
    case .other: return nil
    case .ready(let state):
      self.state = state
      if pipeline.isIdle {
        refusals.removeAll(keepingCapacity: true)
        uses.removeAll(keepingCapacity: true)
      }
      return nil
    case .violation(let why):
      // Up to here all is as it should be.
      var scanned = scanned
      send(&scanned)
      fail("the target said what it was not asked: \(why)")
      return nil
    case .failed(let ticket, let isRefused, let unreached):
      for ticket in [ticket] + unreached {
        if let used = uses.removeValue(forKey: ticket) { core.approvals?.giveBack(used) }
      }
      for ticket in unreached { refusals[ticket] = nil }
      guard isRefused, let trouble = refusals.removeValue(forKey: ticket) else { return nil }
      let code = sqlState(body)
      // Something else went wrong before it came to it: a cancel, a shutdown.
      return code == "26000" || code == "42601" ? ClientAnswer.error(trouble) : nil
    }
  }

  private func learn(_ body: Range<Int>) {
    let buffer = outbound
    let bytes = buffer.readableBytesUInt8Span.extracting(body)
    guard let end = bytes.firstIndex(of: 0) else { return }
    let rest = bytes.extracting((end + 1)..<bytes.count)
    let name = bytes.extracting(0..<end).string
    let value = rest.extracting(0..<(rest.firstIndex(of: 0) ?? rest.count)).string
    judge.learn(.reported(name, value, at: core.now()))
  }

  /// Of an ErrorResponse.
  private func sqlState(_ body: Range<Int>) -> String {
    let buffer = outbound
    var reader = ByteReader(buffer.readableBytesUInt8Span.extracting(body))
    while let field = try? reader.readUInt8(), field != 0, let value = try? reader.readCString() {
      if field == UInt8(ascii: "C") { return value.string }
    }
    return ""
  }
}

extension SessionFacts {
  /// A ParameterStatus.
  static func reported(_ name: String, _ value: String, at time: Timestamp?) -> SessionFacts {
    var facts = SessionFacts()
    facts.parameters[name] = value
    facts.learnedAt = time
    switch name {
    case "server_version": facts.serverVersion = value
    case "application_name": facts.application = value
    default: break
    }
    return facts
  }
}
