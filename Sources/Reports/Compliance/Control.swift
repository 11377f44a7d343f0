/// One control of a framework: what a report must show for it, and which facts of a case speak to that.
struct Control: Sendable {
  /// As the framework writes it: `CC8.1`, `10.2.1.1`, `AU-3(1)`.
  let id: String
  let title: String
  /// What a report must show, in a sentence.
  let shows: String
  let facts: [CaseFact]

  init(_ id: String, _ title: String, _ shows: String, _ facts: [CaseFact]) {
    self.id = id
    self.title = title
    self.shows = shows
    self.facts = facts
  }
}
