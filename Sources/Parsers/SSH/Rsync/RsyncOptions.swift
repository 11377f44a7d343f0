/// What options of the server's command line say of how rsync speaks.
struct RsyncOptions {
  /// Letters of the groups of short options, without what the client says of itself behind `e`.
  private let letters: Set<Character>
  private let long: [String]

  init(_ words: some Sequence<String>) {
    var letters = Set<Character>()
    var long: [String] = []
    for word in words {
      if word.hasPrefix("--") {
        long.append(String(word.dropFirst(2)))
      } else if word.hasPrefix("-"), !word.hasPrefix("-B") {
        letters.formUnion(word.dropFirst().prefix { $0 != "e" })
      }
    }
    self.letters = letters
    self.long = long
  }

  private func has(_ name: String) -> Bool { long.contains { $0 == name || $0.hasPrefix(name + "=") } }
  private func value(_ name: String) -> String? {
    long.last { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
  }

  var hasUsers: Bool { letters.contains("o") }
  var hasGroups: Bool { letters.contains("g") }
  var hasLinks: Bool { letters.contains("l") }
  var hasDevices: Bool { letters.contains("D") }
  var hasSpecials: Bool { hasDevices && !has("no-specials") || has("specials") }
  var hasHardLinks: Bool { letters.contains("H") }
  var hasAccessTimes: Bool { letters.contains("U") }
  var hasChecksums: Bool { letters.contains("c") }
  var isCompressed: Bool { letters.contains("z") || has("new-compress") || has("old-compress") }
  var isCompressionChosen: Bool { has("compress-choice") || has("new-compress") || has("old-compress") }
  var isDryRun: Bool { letters.contains("n") }
  var isNumeric: Bool { has("numeric-ids") }
  var isRelative: Bool { letters.contains("R") }
  var hasFilesFrom: Bool { has("files-from") }
  /// The choice of checksums: of what moves, of the list.
  var checksums: (moved: String, listed: String)? {
    guard let value = value("checksum-choice") else { return nil }
    let parts = value.split(separator: ",").map(String.init)
    guard let first = parts.first, let last = parts.last else { return nil }
    return (first, last)
  }
  /// Filters go to a receiver that removes, or leaves out empty folders.
  var hasReceiverFilters: Bool {
    letters.contains("m") || long.contains { $0.hasPrefix("delete") && !$0.hasPrefix("delete-missing-args") }
  }
  /// The receiver removes something.
  var removes: Bool { long.contains { $0.hasPrefix("delete") } && !isDryRun }

  /// Why its list cannot be read; nil when it can.
  var obstacle: String? {
    if letters.contains("A") || letters.contains("X") {
      return "access lists and extended attributes stand in the list"
    }
    if letters.contains("N") || has("crtimes") { return "times of creation stand in the list" }
    if has("remove-source-files") || has("remove-sent-files") { return "the sender removes what it sent" }
    if has("iconv") { return "names are converted" }
    if has("write-batch") || has("only-write-batch") || has("read-batch") { return "it is a batch" }
    return nil
  }
}
