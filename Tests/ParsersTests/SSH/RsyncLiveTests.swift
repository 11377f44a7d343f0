import Foundation
import Model
import TestKit
import Testing

@testable import Parsers

/// What is read of real rsync's bytes, beside what it lists itself.
@Suite(.enabled(if: RsyncLab.isPossible, "no rsync or no python3 here")) struct RsyncLiveTests {
  /// Names whose order is told by folders, dots and bytes beyond ASCII; enough of them that lists come one after another.
  private static func makeTree(_ folder: URL, places: Int) throws {
    func write(_ path: String, _ bytes: [UInt8]) throws {
      let file = folder.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
    }
    var generator = SeededGenerator(seed: 7)
    try write("large", (0..<300_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
    try write("empty", [])
    for name in ["a", "a-b/x", "a.txt", "b/a", "b/a-/x", "b/a/y.d", "ü", "with blank", "b.d/.hidden", "Z"]
    where name != "b/a" {
      try write(name, Array("\(name)\n".utf8))
    }
    for place in 0..<places {
      for number in 0..<20 { try write("many/d\(place)/s\(number % 3)/f\(number)", Array("\(place) \(number)".utf8)) }
    }
    let manager = FileManager.default
    try manager.createDirectory(at: folder.appending(path: "nothing"), withIntermediateDirectories: true)
    try manager.createSymbolicLink(atPath: folder.appending(path: "link").path, withDestinationPath: "b/a/y.d")
    try manager.linkItem(at: folder.appending(path: "large"), to: folder.appending(path: "many/linked"))
  }

  /// `put path`, `mkdir path` and so on, by rsync's own lines (rsync(1), --itemize-changes).
  private static func told(_ run: RsyncLab.Run, isPush: Bool) -> [String] {
    run.told.compactMap { line -> String? in
      let change = line.prefix(11)
      var name = String(line.dropFirst(12))
      if let arrow = name.firstRange(of: change.hasPrefix("cL") ? " -> " : " => ") {
        name = String(name[..<arrow.lowerBound])
      }
      if name.hasSuffix("/") { name.removeLast() }
      if change.hasPrefix("*deleting") {
        return isPush ? "remove \(name)" : nil
      }
      switch change.prefix(3) {
      case "<f+", "<f.", "<fc": return "put \(name)"
      case ">f+", ">f.", ">fc": return "get \(name)"
      case "cd+": return isPush ? "mkdir \(name)" : nil
      case "cL+": return isPush ? "symlink \(name)" : nil
      case "hf+", "hf ", "hf.": return isPush ? "link \(name)" : nil
      default: break
      }
      // YXcstpogUax: the time of a folder follows from what is put into it.
      let marks = Array(change)
      let isSet =
        marks.count > 7 && (marks[5...7].contains { "pog".contains($0) } || marks[1] != "d" && marks[4] == "t")
      return isPush && marks.first == "." && isSet ? "setstat \(name)" : nil
    }.sorted()
  }

  private static func read(_ files: [FileOperation], below base: String) -> [String] {
    files.map { file in
      let verb = file.verb == .rmdir ? "remove" : file.verb.rawValue
      let isBase = file.path == base || file.path + "/" == base
      return "\(verb) \(isBase ? "." : file.path.hasPrefix(base) ? String(file.path.dropFirst(base.count)) : file.path)"
    }.sorted()
  }

  private static func compare(
    _ run: RsyncLab.Run, base: String, source: URL, isPush: Bool, comment: Comment
  ) throws {
    let events = run.conversation().events(bodyLimit: 1 << 20)
    #expect(events.anomalies.map(\.detail) == [], comment)
    let files = events.files.filter { $0.verb != .list }
    let (ours, theirs) = (Self.read(files, below: base), Self.told(run, isPush: isPush))
    // Without -v the server does not say what it removed; there may have been something.
    let isSilent = run.command.contains("--delete") && !theirs.contains { $0.hasPrefix("remove") }
    #expect(ours.filter { $0 != "put ." } == theirs, comment)
    #expect(ours.contains("put .") == isSilent, comment)
    for file in files where file.verb == .put || file.verb == .get {
      let name = String(file.path.dropFirst(base.count))
      let bytes = try [UInt8](Data(contentsOf: source.appending(path: name)))
      #expect(file.attributes?.size == UInt64(bytes.count), "\(name)")
      #expect(file.outcome == .ok)
      if file.isWholeFile { #expect(file.content?.bytes == bytes, "\(name)") } else { #expect(file.note != nil) }
    }
  }

  @Test(arguments: [
    ["-a"], ["-aH"], ["-rlt", "--no-inc-recursive"], ["-az"], ["-ac"], ["-aU"],
    ["-a", "--numeric-ids", "--no-inc-recursive"],
    ["-a", "--no-inc-recursive"], ["-aR"], ["-a", "--protocol=30"], ["-a", "--protocol=31"],
    ["-a", "--checksum-choice=sha1"],
    ["-aW", "--compress", "--compress-choice=zlibx"], ["-am", "--exclude=Z"],
  ])
  func `pushes and pulls are listed as rsync lists them`(flags: [String]) throws {
    try TemporaryFolder.with { folder in
      let lab = try RsyncLab(folder)
      let tree = folder.appending(path: "tree")
      // More than a thousand are listed while others move already.
      try Self.makeTree(tree, places: flags == ["-a"] ? 70 : 6)
      let isRelative = flags == ["-aR"]
      let there = folder.appending(path: "there").path + "/"
      let source = isRelative ? "tree/./" : "tree/"
      let pushed = try lab.run(flags + [source, "far:\(there)"])
      try Self.compare(pushed, base: there, source: tree, isPush: true, comment: "push \(flags)")

      // Again: some of it is new, of some a part.
      var large = try [UInt8](Data(contentsOf: tree.appending(path: "large")))
      large[150_000] ^= 0xff
      // Otherwise it may look the same: its time is compared in seconds.
      large.append(1)
      try Data(large).write(to: tree.appending(path: "large"))
      try Data("new\n".utf8).write(to: tree.appending(path: "b/new"))
      try FileManager.default.removeItem(at: tree.appending(path: "many/d3"))
      for name in ["a", "b"] {
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: tree.appending(path: name).path)
      }
      let again = try lab.run(flags + ["--delete", "-v", source, "far:\(there)"].filter { $0 != "-v" || !isRelative })
      try Self.compare(again, base: there, source: tree, isPush: true, comment: "push again \(flags)")

      guard !isRelative else { return }
      let pulled = try lab.run(flags + ["far:\(there)", "back/"])
      try Self.compare(pulled, base: there, source: tree, isPush: false, comment: "pull \(flags)")
      let nothing = try lab.run(flags + ["far:\(there)", "back/"])
      let files = nothing.conversation().events().files
      #expect(files.map(\.verb) == [.list] && files.first?.path == there)
    }
  }

  @Test func `cutting does not matter, and what is missing is said`() throws {
    try TemporaryFolder.with { folder in
      let lab = try RsyncLab(folder)
      try Self.makeTree(folder.appending(path: "tree"), places: 1)
      try Data(repeating: 7, count: 3_000).write(to: folder.appending(path: "tree/large"))
      let run = try lab.run(["-a", "tree", "far:\(folder.path)/there"])
      func told(_ events: [ParserEvent]) -> [String] {
        events.files.map { "\($0.verb) \($0.path) \($0.outcome) \($0.content?.byteCount ?? 0) \($0.note ?? "")" }
      }
      let conversation = run.conversation()
      let whole = told(conversation.events())
      #expect(whole.contains("put \(folder.path)/there/tree/large ok 3000 "))
      #expect(told(conversation.events(.everyByte)) == whole)
      for seed in 0..<5 as Range<UInt64> {
        #expect(told(conversation.events(.random(seed: seed))) == whole, "seed \(seed)")
      }
      for limit in stride(from: 0, to: conversation.byteCount, by: 97) {
        let events = conversation.events(upTo: limit)
        // What was told before the end stands as it is.
        let found = told(events).filter { $0.hasPrefix("put \(folder.path)/there/") && $0.contains(" ok ") }
        #expect(found.allSatisfy(whole.contains))
        guard !events.files.isEmpty, told(events) != whole else { continue }
        #expect(events.files.last?.note?.contains("the conversation has no end") == true, "\(limit)")
      }
      for place in conversation.pieces.indices.dropFirst(14).dropLast(6) {
        var other = conversation
        other.pieces[place].isLost = true
        let files = other.events().files
        #expect(files.last?.note?.contains("may be missing") == true, "piece \(place)")
      }
    }
  }

  @Test func `damage is said, or does no harm`() throws {
    try TemporaryFolder.with { folder in
      let lab = try RsyncLab(folder)
      try Self.makeTree(folder.appending(path: "tree"), places: 1)
      try Data(repeating: 7, count: 900).write(to: folder.appending(path: "tree/large"))
      let run = try lab.run(["-aH", "tree", "far:\(folder.path)/there"])
      let seed = UInt64.random(in: 0...UInt64.max)
      print("seed \(seed)")
      var generator = SeededGenerator(seed: seed)
      for _ in 0..<400 {
        var other = run
        for _ in 0...(generator.next() % 3) {
          let piece = Int(generator.next() % UInt64(other.pieces.count))
          let place = Int(generator.next() % UInt64(other.pieces[piece].bytes.count))
          other.pieces[piece].bytes[place] = UInt8(truncatingIfNeeded: generator.next())
        }
        #expect(other.conversation().events().commands.count == 1, "seed \(seed)")
      }
    }
  }

  @Test func `one file has its target's name, or lies in it`() throws {
    try TemporaryFolder.with { folder in
      let lab = try RsyncLab(folder)
      try Data("one\n".utf8).write(to: folder.appending(path: "one"))
      let pushed = try lab.run(["-t", "one", "far:\(folder.path)/two"]).conversation().events().files
      #expect(pushed.map(\.path) == ["\(folder.path)/two"])
      #expect(pushed.first?.note == "or \(folder.path)/two/one, where the target is a folder")
      let pulled = try lab.run(["far:\(folder.path)/two", "three"]).conversation().events().files
      #expect(
        pulled.map { "\($0.verb) \($0.path) \($0.content?.bytes ?? [])" } == [
          "get \(folder.path)/two [111, 110, 101, 10]"
        ])
      let listed = try lab.run(["far:\(folder.path)/two"]).conversation().events().files
      #expect(listed.map { "\($0.verb) \($0.path)" } == ["list \(folder.path)/two"])
      let dry = try lab.run(["-n", "one", "far:\(folder.path)/four"]).conversation().events()
      #expect(dry.files.isEmpty && dry.codes.isEmpty)
    }
  }
}
