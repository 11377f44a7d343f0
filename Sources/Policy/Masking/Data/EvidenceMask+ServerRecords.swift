public import Model

extension EvidenceMask {
  /// What a server's log tells, masked as captures are. Rules of all targets hold: a log often names no server.
  public mutating func apply(to part: ServerRecordPart) -> (part: ServerRecordPart, masked: [MaskRecord]) {
    useAll { mask in
      var part = part
      var record = part.record
      if record.protocolName == "postgres", record.kind == .request {
        let values = (record.parameters ?? []).map { Parameter(type: "unknown", text: $0) }
        let shown = mask.apply(to: Statement(mode: .simple, text: record.text, parameters: values))
        if record.parameters != nil { record.parameters = shown.parameters.map(\.text) }
        record.text = mask.text(record.text)
      } else if record.kind == .request, let blank = record.text.firstIndex(of: " ") {
        record.text =
          record.text[...blank] + mask.edit { $0.url(String(record.text[record.text.index(after: blank)...])) }
      } else {
        record.text = mask.plain(record.text)
      }
      record.message = record.message.map { mask.plain($0) }
      part.record = record
      part.classification = mask.classification(part.classification)
      return part
    }
  }
}
