import Model

/// A push as those see it who decide about it.
enum PushReview {
  /// Bytes of commits and differences that are shown.
  private static let historyLimit = 256 << 10
  private static let updateLimit = 200

  /// `isWhole`: all of its pack was there to be read; `obstacle`: why it is not known what was there before.
  static func text(of push: RepositoryExchange, isWhole: Bool, obstacle: String?) -> String {
    var lines: [String] = []
    for update in push.updates.prefix(updateLimit) {
      let (old, new) = (update.old.map { String($0.prefix(12)) }, update.new.map { String($0.prefix(12)) })
      let what =
        switch (old, new) {
        case (nil, let new?): "is created at \(new)"
        case (let old?, nil): "is deleted, from \(old)"
        case (let old?, let new?):
          "from \(old) to \(new)"
            + (update.isForced == true
              ? ", rewritten: the new commits do not descend from the old"
              : update.isForced == nil ? ", whether rewritten is not known" : "")
        case (nil, nil): "does not change"
        }
      lines.append("\(update.name) \(what)")
    }
    if push.updates.count > updateLimit { lines.append("and \(push.updates.count - updateLimit) more") }
    if !push.pushOptions.isEmpty { lines.append("options: \(push.pushOptions.joined(separator: ", "))") }
    if !isWhole { lines.append("its pack was not all there to be read: it is too long, or comes too slowly") }
    if let obstacle { lines.append("what the target has now is not known: \(obstacle)") }
    var text = lines.joined(separator: "\n")
    guard let history = push.history else { return text }
    text += "\n\n" + String(decoding: history.bytes.prefix(historyLimit), as: UTF8.self)
    if history.bytes.count > historyLimit || history.isCut { text += "\n… cut here" }
    return text
  }
}
