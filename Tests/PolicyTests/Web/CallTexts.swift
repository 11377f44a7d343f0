import Model

/// Everything of a part that is stored, as text or bytes.
struct CallTexts {
  var all: [(place: String, bytes: [UInt8])] = []

  init(_ part: CallPart) {
    let head = part.head
    let result = part.classification
    add("kind", part.kind)
    add("text", part.text)
    add("parameters", part.parameters)
    add("code", part.code)
    add("message", part.message)
    add("verb", result.verb)
    add("note", result.note)
    add("fingerprint", result.fingerprint)
    for resource in result.resources { add("resource", resource.description) }
    for text in [part.identity.user, part.identity.target, part.identity.application] { add("identity", text) }
    for hash in part.secretHashes { add("hash", hash) }
    for text in [head.method, head.target, head.reason, head.scheme ?? "", head.authority ?? ""] { add("head", text) }
    for field in head.requestFields + head.requestTrailers + head.responseFields + head.responseTrailers {
      add("field name", field.name)
      add("field \(field.name)", field.value)
    }
    for body in [part.requestBody, part.responseBody] {
      add("media type", body?.mediaType)
      add("body note", body?.note)
      all.append(("body", body?.content.bytes ?? []))
    }
    all.append(("records", part.records?.bytes ?? []))
    all.append(("search text", part.searchText))
  }

  /// Where a text stands.
  func places(of text: String) -> [String] {
    let sought = Array(text.utf8)
    return all.filter { place in
      place.bytes.indices.contains { place.bytes[$0...].starts(with: sought) }
    }.map(\.place)
  }

  private mutating func add(_ place: String, _ text: String?) { all.append((place, Array((text ?? "").utf8))) }
}
