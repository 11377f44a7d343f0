import Foundation
import GRDB
import Model

/// What servers' logs tell.
final class ServerRecordTable {
  private let records: BulkInsert

  init(_ database: Database) throws {
    records = try BulkInsert(
      database,
      into: """
        server_record(source, line, offset, part, kind, protocol, at_ns, is_end, precision_ns, duration_ns, lane, local,
          host, port, server, user, target, application, form, text, cut, parameters, native_ids, status, code, message,
          rows, bytes, verb, effect, resources)
        """, columns: 31)
  }

  /// Adds one part; `source` is the row of its log.
  func write(_ part: ServerRecordPart, source: Int64) throws {
    let record = part.record
    let peer = Peer(record.peer)
    try records.insert { row in
      row.add(source)
      row.add(record.origin.packet)
      row.add(record.origin.offset)
      row.add(part.ordinal)
      row.add(record.kind.rawValue)
      row.add(record.protocolName)
      row.add(record.at.nanoseconds)
      row.add(record.isEnd)
      row.add(record.precision)
      row.add(record.duration)
      row.add(record.sessionKey)
      row.add(record.peer == .local)
      row.add(peer.host)
      row.add(peer.port)
      row.add(record.server)
      row.add(record.user)
      row.add(record.target)
      row.add(record.application)
      row.add(record.form)
      row.add(record.text)
      row.add(record.isCut)
      row.add(record.parameters.map { JSONText.optionals($0) })
      row.add(record.nativeIDs.isEmpty ? nil : JSONText.array(record.nativeIDs))
      row.add(record.status.rawValue)
      row.add(record.code)
      row.add(record.message)
      row.add(record.rowCount)
      row.add(record.byteCount)
      row.add(part.classification.verb)
      row.add(part.classification.effect.rawValue)
      row.add(JSONText.array(part.classification.resources.map(\.description)))
    }
  }

  private struct Peer {
    var host: String?
    var port: Int?

    init(_ peer: ServerRecord.Peer) {
      guard case .host(let host, let port) = peer else { return }
      self.host = host
      self.port = port.map { Int($0) }
    }
  }
}

extension StoredServerRecord {
  /// A row of `server_record` with `id`, `source_id` and what `record_pairing` says.
  init(row: Row) {
    let kind = ServerRecord.Kind(rawValue: row["kind"]) ?? .request
    let host: String? = row["host"]
    let isLocal: Bool = row["local"]
    let port = (row["port"] as Int?).flatMap { UInt16(exactly: $0) }
    var record = ServerRecord(
      kind, of: row["protocol"], at: Timestamp(nanoseconds: row["at_ns"]), precision: row["precision_ns"],
      peer: isLocal ? .local : host.map { .host($0, port: port) } ?? .unknown, text: row["text"],
      status: Action.Status(rawValue: row["status"]) ?? .incomplete,
      origin: Origin(
        source: 0, packet: UInt64(clamping: row["line"] as Int64), offset: UInt64(clamping: row["offset"] as Int64)))
    record.isEnd = row["is_end"]
    record.duration = row["duration_ns"]
    record.sessionKey = row["lane"]
    record.server = row["server"]
    record.user = row["user"]
    record.target = row["target"]
    record.application = row["application"]
    record.form = row["form"]
    record.isCut = row["cut"]
    record.parameters = (row["parameters"] as String?).flatMap { JSONText.optionals($0) }
    record.nativeIDs = (row["native_ids"] as String?).map { JSONText.strings($0) } ?? []
    record.code = row["code"]
    record.message = row["message"]
    record.rowCount = row["rows"]
    record.byteCount = (row["bytes"] as Int64?).map { UInt64(clamping: $0) }
    self.init(
      number: row["n"], id: row["id"], sourceID: row["source_id"], record: record, verb: row["verb"],
      effect: Effect(rawValue: row["effect"]) ?? .unknown,
      resources: JSONText.strings(row["resources"]).compactMap { Resource($0) },
      outcome: (row["outcome"] as String?).flatMap { RecordOutcome(rawValue: $0) }, actionID: row["action_id"],
      sessionID: row["session_id"], offset: row["offset_ns"], reason: row["reason"] ?? "")
  }

  /// What `init(row:)` reads; `WHERE` and `ORDER BY` come behind.
  static let select = """
    SELECT r.*, v.id, v.source_id, v.outcome, v.action_id, v.session_id, v.offset_ns, v.reason
    FROM server_record r JOIN
      (SELECT r.n AS key, s.id || '.' || r.line || CASE WHEN r.part > 0 THEN ':' || (r.part + 1) ELSE '' END AS id,
        s.id AS source_id, p.outcome,
        CASE WHEN p.action IS NOT NULL THEN
          (SELECT o.id FROM session o WHERE o.n = p.action >> 32) || '.' || (p.action & 4294967295) END AS action_id,
        (SELECT o.id FROM session o WHERE o.n = p.session) AS session_id, p.offset_ns, p.reason
      FROM server_record r JOIN source s ON s.n = r.source LEFT JOIN record_pairing p ON p.record = r.n) v
      ON v.key = r.n
    """
}
