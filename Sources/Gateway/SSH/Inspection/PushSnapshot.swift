import Bytes
import Parsers

/// Asks the target what a push begins from, so that people can be shown what it changes.
final class PushSnapshot: TargetQuestion {
  let command: [UInt8]
  private let objects: LateObjects
  private var fetch: SnapshotFetch

  /// Nil where there is nothing to ask: the push begins from nothing, or `program` is not `git-receive-pack` or `git receive-pack`.
  init?(before commits: [String], _ program: [UInt8], into objects: LateObjects) {
    let receive = Array("receive-pack".utf8)
    guard !commits.isEmpty,
      let place = program.indices.first(where: { program[$0...].starts(with: receive) })
    else { return nil }
    command = program[..<place] + Array("upload-pack".utf8) + program[(place + receive.count)...]
    self.objects = objects
    fetch = SnapshotFetch(commits: commits)
  }

  var isOver: Bool { fetch.isOver }
  /// Why it gave nothing; nil while it is under way, and where it did.
  var problem: String? { fetch.isOver ? fetch.problem : "it did not answer in time" }

  func receive(_ bytes: [UInt8]) -> [UInt8] {
    let answer = fetch.receive(bytes)
    if fetch.isOver { objects.add(fetch.objects) }
    return answer
  }

  func end() { fetch.end() }
}
