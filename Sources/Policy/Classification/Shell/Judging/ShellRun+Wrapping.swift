import Model

/// Programs that run other programs.
extension ShellRun {
  /// Wrappers within each other, at most.
  private static let wrapLimit = 24

  /// Judges the words that a wrapper runs as if they stood there alone.
  mutating func unwrap(_ words: some Sequence<ShellValue>, _ input: ShellOutput) -> ShellJudgement {
    let words = Array(words)
    guard wrapDepth < ShellRun.wrapLimit else {
      var judgement = ShellJudgement("UNKNOWN", .unknown)
      judgement.note("too many programs that run each other")
      return judgement
    }
    wrapDepth += 1
    defer { wrapDepth -= 1 }
    var judgement = judge(words, input)
    if judgement.words == nil { judgement.words = words }
    return judgement
  }

  /// Runs something on another host or in a container.
  ///
  /// What it does there is not seen where the line runs when it is another host.
  mutating func elsewhere<Result>(
    _ place: String, isSeen: Bool = true, _ body: (inout ShellRun) -> Result
  ) -> Result {
    if !isSeen { watch?.doubts += 1 }
    defer { if !isSeen { watch?.doubts -= 1 } }
    let outer = (self.place, directory, variables, functions, user)
    self.place = self.place.map { "\($0)/\(place)" } ?? place
    (directory, variables, functions, user) = (nil, [:], [:], nil)
    let result = body(&self)
    (self.place, directory, variables, functions, user) = outer
    return result
  }

  /// What the commands do that were found since.
  func strongest(since first: Int) -> Effect {
    var effect = Effect.session
    for part in found[min(first, found.count)...] where part.judgement.effect.weight > effect.weight {
      effect = part.judgement.effect
    }
    return effect
  }

  /// Words with blanks between, as `ssh` and `eval` put them together.
  func line(_ words: some Sequence<ShellValue>) -> ShellValue {
    var text = ShellValue()
    for word in words {
      if !text.bytes.isEmpty { text.append(" ") }
      text.append(word)
    }
    return text
  }

  /// A shell or interpreter of shell that reads commands from its input.
  mutating func runInput(_ input: ShellOutput, _ judgement: inout ShellJudgement) {
    if let remote = input.remote {
      judgement.raise(.unknown)
      judgement.note("runs what comes from \(remote)")
    } else if let text = input.value, text.isKnown {
      judgement.isWrapper = true
      judgement.effect = .session
      judgement.output = run(text: text)
    } else {
      judgement.raise(.unknown)
      judgement.note("runs what is known only when it runs")
    }
  }
}
