/// Patches of the form that agents write: `*** Begin Patch`, `*** Update File: PATH`, hunks after `@@`.
enum PatchReader {
  enum Change: Sendable {
    case add(String, String)
    case delete(String)
    /// Hunks of the lines before and after.
    case update(String, moved: String?, [(old: String, new: String)])

    func apply(to files: inout WrittenFiles, call: Int, _ place: (String) -> String) {
      switch self {
      case .add(let path, let text): files.write(place(path), text, call: call)
      case .delete(let path): files.remove(place(path))
      case .update(let path, let moved, let hunks):
        let known = place(path)
        for hunk in hunks { files.replace(known, hunk.old, with: hunk.new, everywhere: false, call: call) }
        guard let moved, let file = files.file(known) else { return }
        files.write(place(moved), file.file.text, call: call)
        files.remove(known)
      }
    }
  }

  /// Changes of one patch, and hunks of one change: each goes through the whole file.
  private static let limit = 200

  static func changes(_ text: String) -> [Change] {
    var changes: [Change] = []
    var path: String?
    var moved: String?
    var added: String?
    var hunks: [(old: String, new: String)] = []
    var hunk: (old: String, new: String) = ("", "")
    func close() {
      if hunks.count < limit, !hunk.old.isEmpty || !hunk.new.isEmpty { hunks.append(hunk) }
      hunk = ("", "")
    }
    func finish() {
      close()
      if let path {
        if let text = added {
          changes.append(.add(path, text))
        } else if !hunks.isEmpty || moved != nil {
          changes.append(.update(path, moved: moved, hunks))
        }
      }
      (path, moved, added, hunks) = (nil, nil, nil, [])
    }
    for line in text.utf8.split(separator: Byte.newline, omittingEmptySubsequences: false) {
      guard changes.count < limit else { break }
      let line = String(decoding: line.last == 13 ? line.dropLast() : line, as: UTF8.self)
      if line.hasPrefix("*** ") {
        let parts = line.dropFirst(4).split(separator: ":", maxSplits: 1).map(String.init)
        let value = parts.count > 1 ? parts[1].utf8Part(0..<Int.max) : ""
        switch parts.first {
        case "Add File":
          finish()
          (path, added) = (value, "")
        case "Update File":
          finish()
          path = value
        case "Delete File":
          finish()
          changes.append(.delete(value))
        case "Move to": moved = value
        case "End of File": continue
        default: finish()
        }
      } else if added != nil {
        if line.hasPrefix("+") { added?.append(contentsOf: line.dropFirst() + "\n") }
      } else if path != nil {
        if line.hasPrefix("@@") {
          close()
        } else if line.hasPrefix("+") {
          hunk.new += line.dropFirst() + "\n"
        } else if line.hasPrefix("-") {
          hunk.old += line.dropFirst() + "\n"
        } else {
          let kept = line.hasPrefix(" ") ? String(line.dropFirst()) : line
          // The patch's own end is no line of the file.
          if kept.isEmpty, hunk.old.isEmpty, hunk.new.isEmpty { continue }
          hunk.old += kept + "\n"
          hunk.new += kept + "\n"
        }
      }
    }
    finish()
    return changes
  }
}
