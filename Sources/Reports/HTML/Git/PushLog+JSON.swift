extension PushLog {
  /// For the script: what it needs to draw the same as the page does without it.
  func write(_ updates: [RefUpdate], to json: inout ScriptJSON) {
    json.object { json in
      json.key("updates")
      json.array { json in
        for update in updates {
          json.array { json in
            json.value(update.name)
            json.value(update.old ?? "")
            json.value(update.new ?? "")
            json.value(update.verdict?.word ?? "")
            json.value(update.verdict?.isBad == true ? 1 : 0)
          }
        }
      }
      json.key("commits")
      json.array { json in for commit in commits { Self.write(commit, to: &json) } }
      json.key("omitted")
      json.value(omittedCount)
      json.key("cut")
      json.value(isCut ? 1 : 0)
    }
  }

  private static func write(_ commit: Commit, to json: inout ScriptJSON) {
    json.array { json in
      json.value(commit.id)
      json.value(commit.parents)
      json.value(person(commit.author))
      json.value(person(commit.committer))
      json.value(commit.isSigned ? 1 : 0)
      json.value(Excerpt(commit.subject, limit: 2000).text)
      json.value(commit.body)
      json.array { json in
        for trailer in commit.trailers {
          json.array { json in
            json.value(trailer.name)
            json.value(trailer.value)
            json.value(trailer.isAttribution ? 1 : 0)
          }
        }
      }
      json.array { json in
        for change in commit.changes {
          json.array { json in
            json.value(change.kind.rawValue)
            json.value(change.path)
            json.value(change.addedCount)
            json.value(change.deletedCount)
            json.value(change.notes.joined(separator: " "))
            json.value(change.lines.joined(separator: "\n"))
            json.value(change.omittedCount)
          }
        }
      }
      json.value(commit.omittedChanges)
      json.value(commit.note ?? "")
      json.value(commit.changeSummary)
    }
  }

  /// Name, mail, date; nothing of it needs to be there.
  private static func person(_ person: Person) -> [String] {
    [person.name, person.mail, person.at.map { CommitDate.text($0, zone: person.zone) } ?? ""]
  }
}
