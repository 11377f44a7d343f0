import Model

/// Where an action was seen, and how to see it there.
struct EvidencePlace {
  let packet: UInt64?
  let source: Source?

  init(_ action: Action, _ survey: CaseSurvey) {
    packet = action.packet.flatMap { $0 == 0 ? nil : $0 }
    source = action.sourceID.flatMap { survey.sourceIndex[$0] }.map { survey.sources[$0] }
  }

  var prose: Prose {
    switch (packet, source) {
    case (let packet?, let source?):
      "\(source.unit) \(Figures.count(packet)) of \(Self.fileName(source), to: .source(source.id))"
    case (let packet?, nil): "packet \(Figures.count(packet))"
    case (nil, let source?): "\(Self.fileName(source), to: .source(source.id))"
    case (nil, nil): "not recorded"
    }
  }

  /// The last part of a source's path.
  static func fileName(_ source: Source) -> String {
    let name = source.path.split(whereSeparator: { $0 == "/" || $0 == "!" }).last.map(String.init) ?? source.path
    return name.isEmpty ? source.id : name
  }
}
