import Model
import Store

/// Says in sentences what the evidence does not show.
enum Incompleteness {
  static func sentences(sessions: [Session], file: CaseFile) throws -> [String] {
    var sentences: [String] = []
    for source in try file.sources() where !source.isComplete {
      sentences.append("\(source.path) is cut or damaged: \(source.note ?? "its tail is missing").")
    }
    let gaps = try file.gaps()
    if !gaps.isEmpty {
      let bytes = gaps.reduce(UInt64(0)) { $0 + $1.byteCount }
      let count = Set(gaps.map(\.sessionID)).count
      sentences.append(
        "\(Quantity.of(gaps.count, "gap")) in \(Quantity.of(count, "session")): \(Quantity.bytes(bytes)) were not captured."
      )
    }
    let opaque = sessions.filter { $0.isEncrypted && !$0.isDecrypted }
    if !opaque.isEmpty {
      let bytes = opaque.reduce(UInt64(0)) { $0 + $1.bytesIn + $1.bytesOut }
      sentences.append(
        "\(Quantity.of(opaque.count, "session")) of \(Quantity.bytes(bytes)) \(opaque.count == 1 ? "was" : "were") "
          + "encrypted and could not be looked into.")
    }
    let told = try file.serverSessions()
    if !told.isEmpty {
      let actions = sessions.filter { told[$0.id] != nil }.reduce(0) { $0 + $1.actionCount }
      sentences.append(
        "\(Quantity.of(actions, "action")) in \(Quantity.of(told.count, "session")) \(actions == 1 ? "is" : "are") known from "
          + "servers' own logs alone.")
    }
    for log in try file.serverLogs() where log.servers.isEmpty {
      sentences.append("\(log.path) has no connection in common with the captures.")
    }
    let other = sessions.filter {
      $0.actionCount == 0 && !$0.isEncrypted && $0.protocolName != "postgres" && ($0.bytesIn > 0 || $0.bytesOut > 0)
    }
    if !other.isEmpty {
      let bytes = other.reduce(UInt64(0)) { $0 + $1.bytesIn + $1.bytesOut }
      sentences.append(
        "\(Quantity.of(other.count, "connection")) of \(Quantity.bytes(bytes)) spoke protocols that are not decoded.")
    }
    let begun = sessions.filter { !$0.isComplete && $0.reason == "its beginning was not captured" }.count
    if begun > 0 { sentences.append("\(Quantity.of(begun, "session")) began before the capture did.") }
    let open = sessions.filter { $0.reason == "the capture ended before the connection did" }.count
    if open > 0 { sentences.append("\(Quantity.of(open, "session")) went on after the capture ended.") }
    return sentences
  }
}
