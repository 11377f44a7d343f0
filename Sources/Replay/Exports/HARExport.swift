import Bytes
public import Model

/// The HTTP requests of a session as HAR 1.2, which browsers' developer tools open; docs/replay.md says what its members
/// hold that HAR leaves open.
public struct HARExport: ReplayExport {
  public static let id = "har"
  public static let summary = "its HTTP requests as HAR 1.2, which browsers' developer tools open"
  /// Version of what the members hold.
  static let version = "1"

  public init() {}

  public func export(_ session: Session, from reading: any CaseReading, write: (String) throws -> Void) throws {
    var json = JSONWriter()
    func flush() throws { try write(String(decoding: json.take(), as: UTF8.self)) }
    json.beginObject()
    json.key("log")
    json.beginObject()
    json.member("version", "1.2")
    json.key("creator")
    json.object { json in
      json.member("name", "Exhibit")
      json.member("version", Self.version)
    }
    json.member("comment", "Session \(session.id); secrets are redacted")
    json.key("entries")
    json.beginArray()
    try reading.forEachCall(of: session.id) { action, head in
      // A line an entry, so that two files can be compared by lines.
      try flush()
      try write("\n")
      try HAREntry(action, head, session, from: reading).write(to: &json)
    }
    json.endArray()
    json.endObject()
    json.endObject()
    json.newline()
    try flush()
  }
}
