import Bytes
import Model

/// Objects that events of every class share.
struct OCSFParts {
  let sources: [String: Source]
  /// Of the evidence: the time of what has none of its own.
  let last: Timestamp

  func writeBase(
    _ kind: OCSFClass, activity: Int, severity: Int, at time: Timestamp, uid: String, _ json: inout JSONWriter
  ) {
    json.member("activity_id", activity)
    json.member("activity_name", kind.name(ofActivity: activity))
    json.member("category_uid", kind.category)
    json.member("class_uid", kind.rawValue)
    json.member("severity_id", severity)
    // Milliseconds (timestamp_t).
    json.member("time", time.nanoseconds / 1_000_000)
    json.member("type_uid", kind.rawValue * 100 + activity)
    json.key("metadata")
    json.object { json in
      json.member("version", OCSFReport.schema)
      json.member("uid", uid)
      json.member("original_time", time.description)
      json.key("product")
      json.object { json in
        json.member("name", Product.name)
        json.member("vendor_name", Product.name)
        json.member("version", Product.version)
      }
    }
  }

  func writeEndpoints(_ session: Session, _ json: inout JSONWriter) {
    write("src_endpoint", session.client, nil, &json)
    write("dst_endpoint", session.server, session.protocolName == "postgres" ? nil : session.target, &json)
  }

  /// `host:port`, as sessions have it; an address in brackets is one of IPv6.
  private func write(_ name: String, _ place: String, _ host: String?, _ json: inout JSONWriter) {
    let colon = place.lastIndex(of: ":")
    let address = colon.map { place[..<$0] } ?? place[...]
    let port = colon.flatMap { Int(place[place.index(after: $0)...]) }.flatMap { (0...65_535).contains($0) ? $0 : nil }
    json.key(name)
    json.object { json in
      json.member("ip", address.filter { $0 != "[" && $0 != "]" })
      if let port { json.member("port", port) }
      if let host { json.member("hostname", host) }
    }
  }

  func writeActor(_ action: Action?, _ session: Session, _ json: inout JSONWriter) {
    json.key("actor")
    json.object { json in
      if let application = action?.identity.application ?? session.application {
        json.member("app_name", application)
      }
      json.key("session")
      json.object { json in
        json.member("uid", session.id)
        json.member("created_time", session.startedAt.nanoseconds / 1_000_000)
      }
      let user = action?.identity.user ?? session.user
      guard user != nil || session.human != nil else { return }
      json.key("user")
      json.object { json in
        json.member("name", user ?? session.human)
        if let human = session.human { json.member("full_name", human) }
        json.member("type_id", 0)
      }
    }
  }

  /// What the schema has no place for: ids, and where to look in the evidence.
  func writeUnmapped(_ action: Action, _ decision: Decision?, _ json: inout JSONWriter) {
    json.key("unmapped")
    json.object { json in
      json.member("action", action.id)
      json.member("effect", action.effect.rawValue)
      json.member("inferred", action.isInferred)
      json.member("transaction", action.transaction?.rawValue)
      json.member("resources", action.resources.prefix(200).map(\.description))
      json.member("decision", decision?.outcome.rawValue)
      json.member("rule", decision?.rule)
      json.member("reason", decision?.reason)
      json.member("source", action.sourceID)
      json.member("source_sha256", action.sourceID.flatMap { sources[$0]?.sha256 })
      json.member("packet", action.packet)
    }
  }
}
