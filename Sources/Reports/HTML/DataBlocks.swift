import Model

/// All actions as data for the script: small columns of numbers to draw and filter by, and blocks of text to read from.
///
/// Nothing of it is needed to read the page. Each block of text names each distinct string once.
struct DataBlocks {
  let survey: CaseSurvey
  let reading: any CaseReading
  let limits: HTMLReport.Limits

  /// Actions of one block.
  private static let blockSize = 1000

  func write(to html: inout HTMLWriter<some ReportSink>) throws {
    guard survey.total.actions > 0 else { return }
    html.write(caseFacts(), class: "case-data")
    var block = ActionBlock(survey: survey, base: base)
    var changes = PreviewBudget(
      bytesInAll: limits.previewBytesInAll, bytesEach: limits.previewBytes, commitsInAll: limits.commitBytesInAll,
      commitBytes: limits.commitBytes)
    var others = changes
    var films = FilmBudget(limits)
    var statementBytes = 0
    var written = 0
    try reading.forEachAction(session: nil) { action in
      guard written < limits.dataActions, let session = survey.sessionIndex[action.sessionID] else { return }
      let limit = statementBytes < limits.statementBytesInAll ? limits.statementBytes : 1024
      let previews =
        action.isNotable
        ? try ActionPreviews(of: action, from: reading, budget: &changes)
        : try ActionPreviews(of: action, from: reading, budget: &others)
      let before = block.textByteCount
      block.add(action, session: session, statementLimit: limit, previews)
      statementBytes += block.textByteCount - before
      if let terminal = try terminal(of: action, budget: &films) {
        html.write(terminal.json(), class: "terminal-data", index: written)
        try html.checkpoint()
      }
      written += 1
      if block.count >= Self.blockSize || block.textByteCount > 1 << 22 {
        write(block, to: &html)
        block = ActionBlock(survey: survey, base: base)
        try html.checkpoint()
      }
    }
    if block.count > 0 { write(block, to: &html) }
    var closing = ScriptJSON()
    closing.object { json in
      json.key("written")
      json.value(written)
      json.key("total")
      json.value(survey.total.actions)
      json.key("withoutPreview")
      json.value(changes.refusedCount + others.refusedCount)
      json.key("terminals")
      json.value(films.refusedCount)
    }
    html.write(closing, class: "closing-data")
  }

  private func write(_ block: ActionBlock, to html: inout HTMLWriter<some ReportSink>) {
    guard survey.total.actions > limits.plainActions else {
      html.write(block.columnsJSON(), class: "columns-data")
      return html.write(block.textsJSON(), class: "texts-data")
    }
    html.write(packed: block.columnsJSON(), class: "columns-data")
    html.write(packed: block.textsJSON(), class: "texts-data")
  }

  private func terminal(of action: Action, budget: inout FilmBudget) throws -> TerminalBlock? {
    guard action.hasRecords, action.kind == "exec" || action.kind == "shell" else { return nil }
    guard let payload = try reading.records(of: action.id), TerminalShape.isTerminal(action, payload) else {
      return nil
    }
    return budget.take { TerminalFilm(payload, of: action, byteLimit: $0) }.map { film in
      TerminalBlock(
        film: film, commands: survey.typed.of(action.id), omittedCount: survey.typed.omittedCount(of: action.id),
        isRecordingCut: payload.isCut)
    }
  }

  /// Whole seconds, so that the script can count from it exactly.
  private var base: Timestamp {
    let second: Int64 = 1_000_000_000
    let rest = survey.first.nanoseconds % second
    return Timestamp(nanoseconds: survey.first.nanoseconds &- (rest < 0 ? rest &+ second : rest))
  }

  private func since(_ time: Timestamp) -> Int64 { time.nanoseconds(since: base) }

  private func caseFacts() -> ScriptJSON {
    var json = ScriptJSON()
    json.object { json in
      json.key("name")
      json.value(survey.name)
      json.key("base")
      json.value(base.nanoseconds / 1_000_000_000)
      json.key("showsDate")
      json.value(survey.clock.showsDate ? 1 : 0)
      json.key("segments")
      json.array { json in
        for segment in survey.timeline.scale.segments {
          json.array { json in
            json.value(since(segment.from))
            json.value(since(segment.until))
            // Millionths: whole numbers are the same on every machine.
            json.value(Int(segment.start * 1_000_000))
            json.value(Int(segment.end * 1_000_000))
          }
        }
      }
      json.key("lanes")
      json.array { json in
        for lane in survey.timeline.lanes.lanes {
          json.array { json in
            json.value(VisibleText.marked(lane.label))
            json.value(VisibleText.marked(lane.note))
            json.value(lane.depth)
          }
        }
      }
      json.key("sessions")
      json.array { json in for (index, session) in survey.sessions.enumerated() { write(session, index, to: &json) } }
      json.key("sources")
      json.array { json in
        for source in survey.sources {
          json.value([
            source.id, VisibleText.marked(EvidencePlace.fileName(source)), ShellQuoting.word(source.path), source.unit,
          ])
        }
      }
      json.key("gaps")
      json.array { json in
        for gap in survey.gaps.prefix(5000) {
          guard let session = survey.sessionIndex[gap.sessionID] else { continue }
          json.array { json in
            json.value(session)
            json.value(since(gap.at))
            json.value(since(gap.until ?? survey.sessions[session].endedAt))
            json.value(Figures.bytes(gap.byteCount) + " not captured, " + Wording.sender(gap.direction))
          }
        }
      }
      writeWords(to: &json)
      if survey.prompts.isPresent { PromptData(survey: survey, base: base).write(to: &json) }
    }
    return json
  }

  private func write(_ session: Session, _ index: Int, to json: inout ScriptJSON) {
    json.array { json in
      json.value(session.id)
      json.value(VisibleText.marked(session.shortName))
      json.value(survey.timeline.lanes.laneOfSession[index])
      json.value(since(session.startedAt))
      json.value(since(max(session.startedAt, session.endedAt)))
      json.value(session.isOpaque ? 1 : 0)
      let facts = [
        session.protocolName, session.application, session.client, session.server, session.user, session.target,
      ]
      json.value(VisibleText.marked(facts.compactMap(\.self).joined(separator: " · ")))
    }
  }

  /// The report's words, so that the script has none of its own for facts.
  private func writeWords(to json: inout ScriptJSON) {
    json.key("effects")
    json.array { json in
      for effect in Effect.allCases {
        json.value([effect.rawValue, TimelineSection.word(effect), Wording.meaning(effect)])
      }
    }
    json.key("outcomes")
    json.value(ActionBlock.outcomes.map { $0.map(Wording.outcome) ?? "" })
  }
}
