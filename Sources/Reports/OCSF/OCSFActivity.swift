import Bytes
import Model
import Replay

/// One action as an event.
struct OCSFActivity {
  let action: Action
  let session: Session
  let decision: Decision?
  let parts: OCSFParts

  /// Bytes of a statement.
  private static let textLimit = 1 << 16

  func write(to json: inout JSONWriter) {
    let kind = OCSFClass(of: action, in: session)
    json.object { json in
      parts.writeBase(
        kind, activity: kind.activity(of: action), severity: decision.map { $0.isAcceptable ? 1 : 4 } ?? 1,
        at: action.startedAt, uid: action.id, &json)
      json.member("start_time", action.startedAt.nanoseconds / 1_000_000)
      if let end = action.endedAt {
        json.member("end_time", end.nanoseconds / 1_000_000)
        json.member("duration", max(0, end.nanoseconds(since: action.startedAt)) / 1_000_000)
      }
      let status =
        switch action.status {
        case .ok: (1, "Success")
        case .error, .denied: (2, "Failure")
        case .incomplete: (0, "Unknown")
        }
      json.member("status_id", status.0)
      json.member("status", status.1)
      if let code = action.code { json.member("status_code", code) }
      if let message = action.message { json.member("status_detail", message) }
      json.member("message", text)
      parts.writeEndpoints(session, &json)
      parts.writeActor(action, session, &json)
      switch kind {
      case .datastoreActivity: writeDatastore(&json)
      case .httpActivity: writeHTTP(&json)
      case .sshActivity, .networkActivity, .complianceFinding: writeTraffic(&json)
      }
      parts.writeUnmapped(action, decision, &json)
    }
    json.newline()
  }

  private var text: String {
    let excerpt = Excerpt(action.text, limit: Self.textLimit)
    return String(excerpt.text) + (excerpt.isCut ? "…" : "")
  }

  private func writeDatastore(_ json: inout JSONWriter) {
    let database = action.identity.target ?? session.target
    json.key("database")
    json.object { json in
      json.member("name", database ?? "unknown")
      json.member("type", "Relational")
      json.member("type_id", 1)
    }
    if let table = action.resources.first(where: { $0.kind == "table" }) {
      json.key("table")
      json.object { $0.member("name", table.name) }
    }
    json.key("query_info")
    json.object { json in
      json.member("query_string", text)
      json.member("uid", action.id)
      json.member("bytes", Int64(clamping: action.bytesOut))
    }
    json.member("type_id", 1)
    json.member("type", "Database")
  }

  /// `METHOD URL`; the heads and bodies are in the case.
  private func writeHTTP(_ json: inout JSONWriter) {
    let address = text.split(separator: " ", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
    json.key("http_request")
    json.object { json in
      json.member("http_method", action.verb)
      json.member("uid", action.id)
      json.key("url")
      json.object { $0.member("url_string", action.isCall ? address : text) }
      json.member("length", Int64(clamping: action.bytesIn))
    }
    json.key("http_response")
    json.object { json in
      json.member("code", action.code.flatMap { Int($0) } ?? 0)
      json.member("length", Int64(clamping: action.bytesOut))
    }
    writeTraffic(&json)
  }

  private func writeTraffic(_ json: inout JSONWriter) {
    json.key("traffic")
    json.object { json in
      json.member("bytes_in", Int64(clamping: action.bytesOut))
      json.member("bytes_out", Int64(clamping: action.bytesIn))
    }
  }
}
