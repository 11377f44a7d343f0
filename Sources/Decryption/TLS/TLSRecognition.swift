public import Model

extension TLSDecryptor {
  /// Whether the opening is TLS: a hello, or, in a flow whose beginning was not captured, two records in a row.
  public static func recognize(_ opening: borrowing Opening) -> Recognition {
    let client = hello(opening.fromClient)
    let server = hello(opening.fromServer)
    if client == .hello(1) || server == .hello(2) { return .yes }
    if client == .hello(2) || server == .hello(1) { return .yesReversed }
    if opening.isMidstream {
      if isChain(opening.fromClient) || isChain(opening.fromServer) { return .yes }
      if client == .short || server == .short { return .undecided }
      return .no
    }
    if opening.fromClient.isEmpty { return server == .short ? .undecided : .no }
    return client == .short ? .undecided : .no
  }

  private enum Hello: Equatable {
    case no, short
    case hello(UInt8)
  }

  private static func hello(_ bytes: Span<UInt8>) -> Hello {
    if bytes.count > 0, bytes[0] != 22 { return (20...24).contains(bytes[0]) && bytes.count < 5 ? .short : .no }
    if bytes.count > 1, bytes[1] != 3 { return .no }
    if bytes.count > 2, bytes[2] > 4 { return .no }
    guard bytes.count > 5, let header = RecordHeader(bytes) else { return .short }
    guard header.isPlausible, bytes[5] == 1 || bytes[5] == 2 else { return .no }
    return .hello(bytes[5])
  }

  private static func isChain(_ bytes: Span<UInt8>) -> Bool {
    guard let first = RecordHeader(bytes), first.isPlausible else { return false }
    guard let second = RecordHeader(bytes, at: RecordHeader.byteCount + first.bodyCount) else { return true }
    return second.isPlausible
  }
}
