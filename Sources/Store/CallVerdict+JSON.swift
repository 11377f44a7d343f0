import Bytes
import Model

extension CallVerdict {
  /// Effects that are kept of a call.
  private static let effectLimit = 200
  private static let textLimit = 2_000

  /// `[{"kind": "sql", "text": "SELECT …", "program": "psql", "host": "db", "seen": true}]`
  var effectsJSON: String {
    var json = JSONWriter()
    json.beginArray()
    for entry in effects.prefix(Self.effectLimit) {
      json.beginObject()
      json.member("kind", entry.effect.kind.rawValue)
      json.member("text", String(entry.effect.text.prefix(Self.textLimit)))
      if let program = entry.effect.program { json.member("program", program) }
      if let host = entry.effect.host { json.member("host", host) }
      json.member("evidence", entry.effect.evidence.rawValue)
      json.member("seen", entry.isSeen)
      json.endObject()
    }
    json.endArray()
    return json.text
  }
}
