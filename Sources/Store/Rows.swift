import GRDB
import Model

extension Source {
  init(row: Row) {
    self.init(
      id: row["id"], path: row["path"], kind: row["kind"], sha256: row["sha256"],
      byteCount: UInt64(clamping: row["bytes"] as Int64), packetCount: UInt64(clamping: row["packets"] as Int64),
      firstAt: (row["first_ns"] as Int64?).map { Timestamp(nanoseconds: $0) },
      lastAt: (row["last_ns"] as Int64?).map { Timestamp(nanoseconds: $0) }, isComplete: row["complete"],
      integrity: row["integrity"], note: row["note"])
  }
}

extension Session {
  init(row: Row) {
    self.init(
      id: row["id"], parentID: row["parent_id"], protocolName: row["protocol"], client: row["client"],
      server: row["server"], user: row["user"], target: row["target"], application: row["application"],
      agent: row["agent"], human: row["human"], isEncrypted: row["encrypted"], isDecrypted: row["decrypted"],
      startedAt: Timestamp(nanoseconds: row["started_ns"]), endedAt: Timestamp(nanoseconds: row["ended_ns"]),
      actionCount: row["actions"], changeCount: row["changes"], bytesIn: UInt64(clamping: row["bytes_in"] as Int64),
      bytesOut: UInt64(clamping: row["bytes_out"] as Int64), isComplete: row["complete"], reason: row["reason"],
      sourceID: row["source_id"])
    gateway = row["gateway"]
  }
}

extension Action {
  init(row: Row) {
    var memo = ListMemo()
    self.init(row: row, memo: &memo)
  }

  init(row: Row, memo: inout ListMemo) {
    self.init(
      id: row["id"], sessionID: row["session_id"], parentID: row["parent_id"], sequence: row["seq"],
      startedAt: Timestamp(nanoseconds: row["started_ns"]),
      firstResponseAt: (row["first_response_ns"] as Int64?).map { Timestamp(nanoseconds: $0) },
      endedAt: (row["ended_ns"] as Int64?).map { Timestamp(nanoseconds: $0) }, kind: row["kind"], verb: row["verb"],
      text: row["text"], parameters: row["parameters"],
      resources: memo.resources(row["resources"]),
      effect: Effect(rawValue: row["effect"]) ?? .unknown, status: Status(rawValue: row["status"]) ?? .incomplete,
      code: row["code"], message: row["message"], rowCount: row["rows"],
      bytesIn: UInt64(clamping: row["bytes_in"] as Int64), bytesOut: UInt64(clamping: row["bytes_out"] as Int64),
      fingerprint: row["fingerprint"], isUnfiltered: row["unfiltered"], isInferred: row["inferred"],
      transaction: (row["transaction"] as String?).flatMap { Transaction(rawValue: $0) }, sourceID: row["source_id"],
      packet: (row["packet"] as Int64?).map { UInt64(clamping: $0) },
      columns: (row["column_list"] as String?).map { memo.columnNames($0) } ?? [],
      hasRequestPayload: row["has_request"], hasResponsePayload: row["has_response"])
    hasHead = row["has_head"]
    hasRecords = row["has_records"]
    maskedSubject = row["masked_subject"]
    identity = Identity(user: row["user"], target: row["target"], application: row["application"])
  }
}

extension StoredAnomaly {
  init(row: Row) {
    self.init(
      id: row["id"], sourceID: row["source_id"], sessionID: row["session_id"],
      packet: (row["packet"] as Int64?).map { UInt64(clamping: $0) },
      offset: (row["offset"] as Int64?).map { UInt64(clamping: $0) }, code: row["code"], detail: row["detail"],
      time: (row["at_ns"] as Int64?).map { Timestamp(nanoseconds: $0) })
  }
}

extension StoredGap {
  init(row: Row) {
    self.init(
      sessionID: row[0], direction: (row[1] as Int) == 0 ? .fromClient : .fromServer,
      at: Timestamp(nanoseconds: row[2]), until: (row[3] as Int64?).map { Timestamp(nanoseconds: $0) },
      byteCount: UInt64(clamping: row[4] as Int64), reason: Gap.Reason(rawValue: row[5]) ?? .notCaptured)
  }
}

extension Finding {
  init(row: Row) {
    self.init(
      id: row["id"], rule: row["rule"], severity: Severity(rawValue: row["severity"]) ?? .info,
      sessionID: row["session_id"], actionID: row["action_id"], title: row["title"], detail: row["detail"],
      controls: JSONText.strings(row["controls"]))
  }
}
