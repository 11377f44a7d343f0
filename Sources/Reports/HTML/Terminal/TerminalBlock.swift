import Model

/// What is left for the frames of terminals.
struct FilmBudget {
  private(set) var left: Int
  let bytesEach: Int
  /// Terminals that got no film.
  private(set) var refusedCount = 0

  init(_ limits: HTMLReport.Limits) {
    left = limits.terminalBytesInAll
    bytesEach = limits.terminalBytes
  }

  mutating func take(_ make: (Int) throws -> TerminalFilm?) rethrows -> TerminalFilm? {
    guard left > 0 else {
      refusedCount += 1
      return nil
    }
    guard let film = try make(min(bytesEach, left)) else { return nil }
    left -= film.frames.count
    return film
  }
}

/// The data of one player: the film, and the commands beside it.
struct TerminalBlock {
  let film: TerminalFilm
  let commands: [TypedCommands.Command]
  let omittedCount: Int
  /// The case file holds the beginning of the recording only.
  let isRecordingCut: Bool

  func json() -> ScriptJSON {
    var json = ScriptJSON()
    json.object { json in
      json.key("commands")
      json.array { json in
        for command in commands { write(command, to: &json) }
      }
      json.key("omitted")
      json.value(omittedCount)
      json.key("unkept")
      json.value(isRecordingCut ? 1 : 0)
      json.key("film")
      json.embed(EmbeddedJSON(film.frames))
    }
    return json
  }

  /// Milliseconds, text, whether it is inferred, how sure that is, how it ended, whether it is a change.
  private func write(_ command: TypedCommands.Command, to json: inout ScriptJSON) {
    json.array { json in
      json.value(max(0, command.at.nanoseconds(since: film.begun) / 1_000_000))
      json.value(command.text)
      json.value(command.isInferred ? 1 : 0)
      json.value(command.confidence ?? -1)
      json.value(optional: command.exitStatus)
      json.value(command.effect.isChange ? 1 : 0)
    }
  }
}
