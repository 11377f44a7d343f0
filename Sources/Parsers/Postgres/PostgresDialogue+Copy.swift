import Bytes
import Model

/// COPY and streaming replication.
extension PostgresDialogue {
  @_lifetime(reader: copy reader)
  mutating func beginCopy(
    _ type: UInt8, _ reader: inout ByteReader, _ position: StreamPosition
  ) throws(DecodeError) {
    let isBinary = try reader.readUInt8("overall format") == 1
    let direction: CopyTransfer.Direction
    switch type {
    case BackendType.copyInResponse: direction = .in
    case BackendType.copyOutResponse: direction = .out
    default: direction = .both
    }
    if !current.isOpen { openResult() }
    if direction == .both { isReplication = true }
    current.copy = OpenCopy(
      direction: direction, isBinary: isBinary,
      content: PayloadBuilder(
        layout: isBinary || direction == .both ? .bytes : .text, limit: direction == .both ? 0 : options.bodyLimit))
    current.firstAt = current.firstAt ?? position.time
    // Data that a client sent before this came (half a capture, or a reordered one) belongs to it.
    if var lone = loneCopy {
      let early = lone.content.finish()
      current.copy?.content.append(early.bytes.span)
      current.copy?.messages += lone.messages
      loneCopy = nil
    }
  }

  mutating func takeCopyData(_ body: Span<UInt8>, from direction: Direction, isFirst: Bool = true) {
    let count = UInt64(body.count)
    if isReplication {
      if direction == .fromClient { replicationBytes.client += count } else { replicationBytes.server += count }
    }
    if direction == .fromClient { addClientBytes(body.count + (isFirst ? 5 : 0)) } else { responseBytes += count }
    if current.copy != nil {
      current.copy?.content.append(body)
      if isFirst { current.copy?.messages += 1 }
    } else if direction == .fromClient {
      if loneCopy == nil {
        loneCopy = OpenCopy(
          direction: .in, isBinary: false, content: PayloadBuilder(layout: .text, limit: options.bodyLimit))
      }
      loneCopy?.content.append(body)
      if isFirst { loneCopy?.messages += 1 }
    }
  }
}
