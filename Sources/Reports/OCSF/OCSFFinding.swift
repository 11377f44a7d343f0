import Bytes
import Model

/// One issue as a compliance finding.
struct OCSFFinding {
  let issue: Issue
  let action: Action?
  let session: Session?
  let parts: OCSFParts

  func write(to json: inout JSONWriter) {
    let time = action?.startedAt ?? session?.startedAt ?? parts.last
    json.object { json in
      parts.writeBase(
        .complianceFinding, activity: 1, severity: severity, at: time, uid: issue.id, &json)
      json.member("status_id", 1)
      json.member("status", "New")
      json.member("message", issue.title)
      json.key("finding_info")
      json.object { json in
        json.member("uid", issue.id)
        json.member("title", issue.title)
        json.member("desc", issue.detail)
        json.member("created_time", time.nanoseconds / 1_000_000)
        json.member("types", [issue.rule])
        if let action {
          json.key("related_events")
          json.array { json in json.object { $0.member("uid", action.id) } }
        }
      }
      json.key("compliance")
      json.object { json in
        json.member("control", issue.controls.first ?? issue.rule)
        json.member("requirements", issue.controls)
        json.member("standards", standards)
        let isOpen = issue.outcome == .undecidable
        json.member("status_id", isOpen ? 2 : 3)
        json.member("status", isOpen ? "Warning" : "Fail")
        json.member("status_detail", issue.detail)
      }
      json.key("resources")
      json.array { json in
        for resource in (action?.resources ?? []).prefix(50) {
          json.object { json in
            json.member("name", resource.name)
            json.member("type", resource.kind)
          }
        }
      }
      if let session {
        parts.writeActor(action, session, &json)
        parts.writeEndpoints(session, &json)
      }
      if let action { parts.writeUnmapped(action, nil, &json) }
    }
    json.newline()
  }

  private var severity: Int {
    switch issue.severity {
    case .info: 1
    case .low: 2
    case .medium: 3
    case .high: 4
    case .critical: 5
    }
  }

  /// The frameworks that know a control of that name; the policy where none does.
  private var standards: [String] {
    let found = Framework.all.filter { framework in
      framework.controls.contains { issue.controls.contains($0.id) }
    }
    return found.isEmpty ? ["policy"] : found.map(\.name)
  }
}
