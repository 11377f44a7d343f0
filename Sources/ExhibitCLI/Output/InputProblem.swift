/// What a person gave cannot be used: exit code 3, one line.
struct InputProblem: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
