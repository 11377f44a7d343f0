import Model

/// Programs that do something else with certain options or words.
extension ShellProgram {
  private func adding(_ change: @escaping @Sendable (ShellInvocation, inout ShellJudgement) -> Void) -> ShellProgram {
    let judge = self.judge
    return ShellProgram(names) { invocation, run in
      var judgement = judge(invocation, &run)
      change(invocation, &judgement)
      return judgement
    }
  }

  /// Raises the effect when one of the options is given.
  func changing(_ options: String, _ effect: Effect, _ note: String?) -> ShellProgram {
    let names = Set(options.split(separator: " ").map(String.init))
    return adding { invocation, judgement in
      guard invocation.arguments.contains(where: { ShellProgram.has($0.text, names) }) else { return }
      judgement.raise(effect)
      if let note { judgement.note(note) }
    }
  }

  /// Lowers the effect to `read` when one of the options is given, by itself or in a cluster of such options and of
  /// `letters`. A letter among others proves nothing: `kill -KILL` is no `kill -L`.
  func reading(_ options: String, letters: String = "") -> ShellProgram {
    let names = Set(options.split(separator: " ").map(String.init))
    let own = Set(names.filter { $0.count == 2 }.compactMap(\.last))
    let allowed = own.union(letters)
    return adding { invocation, judgement in
      guard
        invocation.arguments.contains(where: {
          let (word, letters) = ($0.text, $0.text.dropFirst())
          return names.contains(word)
            || word.hasPrefix("-") && allowed.isSuperset(of: letters) && !own.isDisjoint(with: letters)
        })
      else { return }
      judgement.effect = .read
      judgement.resources = judgement.resources.map { Resource("read", $0.kind, $0.name) }
    }
  }

  /// Lowers the effect to `read` when the first argument is one of these.
  func readingFirst(_ options: String) -> ShellProgram {
    let names = Set(options.split(separator: " ").map(String.init))
    return adding { invocation, judgement in
      guard let first = invocation.arguments.first, names.contains(first.text) else { return }
      judgement.effect = .read
    }
  }

  /// Raises the effect when there is an operand at all, or one with such a text in it.
  func changingWithOperands(_ effect: Effect, containing text: String = "") -> ShellProgram {
    adding { invocation, judgement in
      let operands = invocation.arguments.filter { !$0.text.hasPrefix("-") && !$0.text.hasPrefix("+") }
      if operands.contains(where: { text.isEmpty || $0.text.contains(text) }) { judgement.raise(effect) }
    }
  }

  /// Raises the effect when a word, be it an option, has such a text in it.
  func changingWithWords(_ effect: Effect, containing text: String) -> ShellProgram {
    adding { invocation, judgement in
      if invocation.arguments.contains(where: { $0.text.contains(text) }) { judgement.raise(effect) }
    }
  }

  /// Raises the effect when one of the words is given.
  func judgingWords(_ words: String, _ effect: Effect, _ note: String?) -> ShellProgram {
    let names = Set(words.split(separator: " ").map(String.init))
    return adding { invocation, judgement in
      guard invocation.arguments.contains(where: { names.contains($0.text) }) else { return }
      judgement.raise(effect)
      if let note { judgement.note(note) }
    }
  }

  /// An option as it is, with its value, or as a letter in a cluster.
  private static func has(_ word: String, _ names: Set<String>) -> Bool {
    if names.contains(word) { return true }
    guard word.hasPrefix("-"), word.count > 1 else { return false }
    if let equals = word.firstIndex(of: "="), names.contains(String(word[..<equals])) { return true }
    return !word.hasPrefix("--") && word.count <= 8 && word.dropFirst().contains { names.contains("-\($0)") }
  }
}
