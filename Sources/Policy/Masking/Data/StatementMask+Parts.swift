import Bytes
import Model

/// What is no statement of PostgreSQL: calls, commands, files.
extension StatementMask {
  mutating func uncountedText(_ text: String) -> String {
    let before = edit { $0.takeTally() }
    let shown = self.text(text)
    edit { $0.reset(before) }
    return shown
  }

  mutating func plain(_ text: String) -> String { edit { $0.text(text) } }

  mutating func classification(_ classification: Classification) -> Classification {
    var shown = classification
    shown.note = classification.note.map { note in edit { mask in mask.uncounted { $0.text(note) } } }
    shown.resources = classification.resources.map { resource in
      Resource(resource.access, resource.kind, edit { mask in mask.uncounted { $0.url(resource.name) } })
    }
    // A fingerprint of a request is its shape.
    shown.fingerprint = classification.fingerprint.map { text in edit { mask in mask.uncounted { $0.url(text) } } }
    return shown
  }

  // MARK: Calls

  mutating func call(_ part: CallPart) -> CallPart {
    var shown = part
    shown.text = text(part.text, kind: part.kind)
    shown.parameters = part.parameters.map { json in edit { $0.text(json) } }
    if shown.text != part.text || shown.parameters != part.parameters {
      shown.maskedSubject = MaskedSubject.digest(
        of: part.text, kind: part.kind, parameters: part.parameters.flatMap(ApprovalText.anyValues) ?? [])
    }
    shown.message = part.message.map { plain($0) }
    shown.classification = classification(part.classification)
    shown.head = head(part.head)
    shown.requestBody = part.requestBody.map { body($0) }
    shown.responseBody = part.responseBody.map { body($0) }
    shown.records = part.records.map { records in edit { $0.records(records) } }
    shown.searchText = searchText(part, shown)
    return shown
  }

  private mutating func text(_ text: String, kind: String) -> String {
    if kind == "sql" { return self.text(text) }
    guard let space = text.firstIndex(of: " "), text[space...].contains("/"), kind == "http" || kind == "llm" else {
      return plain(text)
    }
    let url = text[text.index(after: space)...]
    // The host is who was asked.
    let path =
      url.firstRange(of: "://").map { url[$0.upperBound...].firstIndex(of: "/") ?? url.endIndex } ?? url.startIndex
    return text[...space] + url[..<path] + edit { $0.url(String(url[path...])) }
  }

  private mutating func head(_ head: CallHead) -> CallHead {
    var head = head
    head.target = edit { $0.url(head.target) }
    head.reason = plain(head.reason)
    head.requestFields = fields(head.requestFields)
    head.requestTrailers = fields(head.requestTrailers)
    head.responseFields = fields(head.responseFields)
    head.responseTrailers = fields(head.responseTrailers)
    return head
  }

  private mutating func fields(_ fields: [HeaderField]) -> [HeaderField] {
    edit { mask in fields.map { mask.field($0) } }
  }

  private mutating func body(_ body: CallBody) -> CallBody {
    var body = body
    body.content = content(body.content, mediaType: body.mediaType)
    body.note = body.note.map { plain($0) }
    return body
  }

  // MARK: Commands and files

  mutating func action(_ part: ActionPart) -> ActionPart {
    var shown = part
    shown.text = text(part.text, kind: part.kind)
    shown.parameters = part.parameters.map { json in edit { $0.text(json) } }
    if shown.text != part.text || shown.parameters != part.parameters {
      shown.maskedSubject = MaskedSubject.digest(
        of: part.text, kind: part.kind, parameters: part.parameters.flatMap(ApprovalText.anyValues) ?? [])
    }
    shown.message = part.message.map { plain($0) }
    shown.classification = classification(part.classification)
    shown.request = part.request.map { content($0, mediaType: nil) }
    shown.response = part.response.map { content($0, mediaType: nil) }
    shown.records = part.records.map { records in edit { $0.records(records) } }
    shown.searchText = edit { mask in mask.uncounted { $0.plainText(part.searchText) } }
    if let records = shown.records, records.isMasked { shown.searchText = RemoteRecords.words(records) }
    return shown
  }

  /// Bytes that moved, by their layout.
  private mutating func content(_ payload: Payload, mediaType: String?) -> Payload {
    let bytes = payload.bytes
    var shown: [UInt8]
    switch payload.layout {
    case .records: return edit { $0.records(payload) }
    case .rows:
      // Rows without columns.
      return payload
    case .text:
      let isEvents = (mediaType ?? "").lowercased().hasPrefix("text/event-stream")
      shown = edit { isEvents ? $0.events(bytes) : $0.body(bytes, mediaType: mediaType) }
    case .bytes: shown = edit { $0.covered(bytes) }
    }
    if payload.isCut, !bytes.isEmpty { shown = edit { $0.withoutEnd(shown, of: payload) } }
    return shown == bytes ? payload : payload.masked(shown)
  }

  // MARK: Words to be found by

  /// With rules that mean columns, the words are taken from what is shown: where they stood together, their names are lost.
  private mutating func searchText(_ part: CallPart, _ shown: CallPart) -> [UInt8] {
    guard mask.plan.hasColumnRules else {
      return edit { mask in mask.uncounted { $0.plainText(part.searchText) } }
    }
    var words = [shown.classification.verb] + shown.classification.resources.map(\.name)
    words += PercentCoding.pairs(shown.head.query ?? "").flatMap { [$0.name, $0.value] }
    words += [shown.parameters, shown.message].compactMap(\.self)
    return Array(words.joined(separator: " ").utf8.prefix(WebClassifier.searchLimit))
  }
}

extension DataMask {
  private static let places: Set<String> = ["host", ":authority"]
  private static let addresses: Set<String> = ["location", "content-location", "referer", "link"]

  /// A field of a head: by its name, and what is found in its value.
  mutating func field(_ field: HeaderField) -> HeaderField {
    let name = field.name.lowercased()
    if Self.places.contains(name) { return field }
    if Self.addresses.contains(name) { return HeaderField(field.name, url(field.value)) }
    switch value(Array(field.value.utf8), ColumnPlace(name: field.name)) {
    case .same: return field
    case .replaced(let shown): return HeaderField(field.name, String(decoding: shown, as: UTF8.self))
    case .null: return HeaderField(field.name, "")
    }
  }
  /// Bytes at the end of what was cut that are not kept: a value may have been cut in two.
  private static let cutLength = 256

  /// What is kept of a text or body that was cut, without its last bytes: the beginning of a value may be told by none.
  mutating func withoutEnd(_ shown: [UInt8], of payload: Payload) -> [UInt8] {
    fail("cut")
    var end = max(0, shown.count - Self.cutLength)
    // Not within a character.
    while end > 0, shown[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(shown[..<end])
  }
}
