import Bytes
import Model

/// Writes what a commit did to one path, as `git diff --full-index --no-renames` does.
struct PatchWriter {
  /// Bytes in which a NUL makes a file binary.
  private static let binaryProbe = 8000

  let objects: ObjectLookup
  /// Steps of comparison that are left for the whole history.
  var stepsLeft = GitLimits.historySteps
  /// Files of which the content was not at hand.
  private(set) var absentCount = 0
  private(set) var largeCount = 0

  init(objects: ObjectLookup) { self.objects = objects }

  mutating func patch(_ change: PathChange) -> [UInt8] {
    // A file that becomes a link goes and comes anew.
    if change.kind == .typeChanged {
      return part(change.path, change.old, nil) + part(change.path, nil, change.new)
    }
    return part(change.path, change.old, change.new)
  }

  private mutating func part(_ path: [UInt8], _ old: TreeEntry?, _ new: TreeEntry?) -> [UInt8] {
    let oldName = PathText.quoted(path, prefix: "a/")
    let newName = PathText.quoted(path, prefix: "b/")
    var text = head(path, old, new, oldName, newName)
    guard old?.id != new?.id else { return text }
    guard let left = content(old), let right = content(new) else {
      absentCount += 1
      return text + Array("Content of \(newName) is not at hand\n".utf8)
    }
    guard !left.isEmpty || !right.isEmpty else { return text }
    let oldPath = old == nil ? "/dev/null" : oldName
    let newPath = new == nil ? "/dev/null" : newName
    if Self.isBinary(left) || Self.isBinary(right) {
      return text + Array("Binary files \(oldPath) and \(newPath) differ\n".utf8)
    }
    guard left.count <= GitLimits.comparedLength, right.count <= GitLimits.comparedLength, stepsLeft > 0 else {
      largeCount += 1
      return text + Array("Files \(oldPath) and \(newPath) are too large to compare\n".utf8)
    }
    let diff = UnifiedDiff(left, right, stepLimit: min(GitLimits.comparisonSteps, stepsLeft))
    stepsLeft -= diff.steps
    guard !diff.text.isEmpty else { return text }
    // A tab shows where a name with spaces ends.
    let tab = path.contains(0x20) ? "\t" : ""
    text += Array("--- \(oldPath)\(old == nil ? "" : tab)\n+++ \(newPath)\(new == nil ? "" : tab)\n".utf8)
    return text + diff.text
  }

  private func head(
    _ path: [UInt8], _ old: TreeEntry?, _ new: TreeEntry?, _ oldName: String, _ newName: String
  ) -> [UInt8] {
    var text = "diff --git \(oldName) \(newName)\n"
    var mode = ""
    switch (old, new) {
    case (nil, let new?): text += "new file mode \(Self.octal(new.mode))\n"
    case (let old?, nil): text += "deleted file mode \(Self.octal(old.mode))\n"
    case (let old?, let new?) where old.mode != new.mode:
      text += "old mode \(Self.octal(old.mode))\nnew mode \(Self.octal(new.mode))\n"
    case (let old?, _): mode = " \(Self.octal(old.mode))"
    case (nil, nil): break
    }
    guard let format = old?.id.format ?? new?.id.format, old?.id != new?.id else { return Array(text.utf8) }
    let none = String(repeating: "0", count: format.hexCount)
    return Array((text + "index \(old?.id.hex ?? none)..\(new?.id.hex ?? none)\(mode)\n").utf8)
  }

  private func content(_ entry: TreeEntry?) -> [UInt8]? {
    guard let entry else { return [] }
    if entry.isSubmodule { return Array("Subproject commit \(entry.id.hex)\n".utf8) }
    return objects.content(entry.id, .blob)
  }

  private static func isBinary(_ content: [UInt8]) -> Bool {
    content.span.extracting(first: min(content.count, binaryProbe)).firstIndex(of: 0) != nil
  }

  private static func octal(_ mode: UInt32) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}
