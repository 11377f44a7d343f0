import Foundation
import TestKit
import Testing

/// `exhibit replay` in a real terminal, which is tmux.
@Suite(.enabled(if: Tmux.isPossible, "tmux is not here"), .serialized)
struct TerminalPlayerTests {
  /// The sample of an interactive shell, read into a case.
  private struct Sample {
    let path: String
    let action: String
    let startedNanoseconds: Int
    /// Seconds since the beginning, kind and data of each event, by our own export.
    let events: [(at: Double, code: String, data: String)]
    let exhibit: String

    func command(_ more: String = "") throws -> String {
      "\(Tmux.quoted(exhibit)) replay \(action) --case \(Tmux.quoted(path)) \(more)"
    }

    /// A time of day, UTC, that many seconds after the beginning.
    func clock(_ seconds: Double) -> String {
      let milliseconds = startedNanoseconds / 1_000_000 + Int((seconds * 1000).rounded(.down)) + 1
      func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
      let day = milliseconds / 1000 % 86_400
      let fraction = String(milliseconds % 1000 + 1000).dropFirst()
      return "\(two(day / 3600)):\(two(day / 60 % 60)):\(two(day % 60)).\(fraction)"
    }
  }

  private func withSample(_ body: (Sample) throws -> Void) throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "shell.exhibit").path
      let sample = Checkout.root.appending(path: "samples/ssh/shell")
      let ingest = try ExhibitProcess.run([
        "ingest", sample.appending(path: "input.pcap").path, "--keylog", sample.appending(path: "keys.log").path,
        "--case", path,
      ])
      try #require(ingest.code == 0, "\(ingest.error)")
      let list = try ExhibitProcess.run(["actions", "--case", path, "--format", "json"]).out
      let actions = try list.split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
      let shell = try #require(actions.first { $0["verb"] as? String == "SHELL" })
      let action = try #require(shell["id"] as? String)
      let cast = try ExhibitProcess.run(["replay", action, "--as", "asciicast", "--case", path]).out
      let events = try cast.split(separator: "\n").dropFirst().map { line in
        let event = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any])
        return (
          at: try #require(event[0] as? Double), code: try #require(event[1] as? String),
          data: try #require(event[2] as? String)
        )
      }
      try body(
        Sample(
          path: path, action: action, startedNanoseconds: try #require(shell["started_ns"] as? Int), events: events,
          exhibit: try ExhibitProcess.executable.path))
    }
  }

  /// What tmux shows of the bytes that a cast has up to a time, attributes included; and the cursor.
  private func shown(_ sample: Sample, until end: Double) throws -> (lines: [String], cursor: String) {
    try TemporaryFolder.with { folder in
      // One file of bytes before each change of size, and one after the last.
      var parts: [[UInt8]] = [[]]
      var sizes: [(Int, Int)] = []
      for event in sample.events where event.at <= end {
        if event.code == "o" { parts[parts.count - 1] += Array(event.data.utf8) }
        guard event.code == "r" else { continue }
        let numbers = event.data.split(separator: "x").compactMap { Int($0) }
        sizes.append((try #require(numbers.first), try #require(numbers.last)))
        parts.append([])
      }
      var script = "stty raw -echo; "
      for (index, part) in parts.enumerated() {
        let file = folder.appending(path: "\(index)")
        try Data(part).write(to: file)
        script += "cat \(file.path); touch \(file.path).done; "
        script += "until [ -e \(folder.path)/go\(index) ]; do read -t 0.02 < <(exec sleep 1); done; "
      }
      return try Tmux.with(columns: 80, rows: 24, script) { tmux in
        for index in parts.indices {
          let done = folder.appending(path: "\(index).done").path
          try tmux.wait("part \(index)") { _ in FileManager.default.fileExists(atPath: done) }
          // The bytes are in the pseudo-terminal; they are shown when two looks agree.
          var last: [String]?
          try tmux.wait("rest") { lines in
            defer { last = lines }
            return last == lines
          }
          guard index < sizes.count else { break }
          try tmux.resize(columns: sizes[index].0, rows: sizes[index].1)
          _ = FileManager.default.createFile(atPath: folder.appending(path: "go\(index)").path, contents: nil)
        }
        return (try tmux.lines(attributes: true), try tmux.value("cursor_x") + "," + tmux.value("cursor_y"))
      }
    }
  }

  @Test func `at any moment the player shows what a terminal shows of the captured bytes`() throws {
    try withSample { sample in
      // Moments between two events that stand well apart, spread over the recording.
      var moments: [Double] = []
      let outputs = sample.events.filter { $0.code == "o" || $0.code == "r" }
      for share in [0.08, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 1.0] {
        let from = Int(Double(outputs.count - 1) * share)
        let gap = (from..<outputs.count).first { index in
          index + 1 == outputs.count || outputs[index + 1].at - outputs[index].at > 0.01
        }
        moments.append(outputs[try #require(gap)].at + 0.002)
      }
      let size = try #require(sample.events.last { $0.code == "r" }?.data.split(separator: "x").compactMap { Int($0) })
      try Tmux.with(columns: 80, rows: 24, try sample.command("--speed 0.0625")) { tmux in
        try tmux.wait(for: "▶ playing")
        try tmux.press("Space", "z")
        for moment in moments {
          let isLarger = sample.events.contains { $0.code == "r" && $0.at <= moment }
          try tmux.resize(columns: isLarger ? size[0] : 80, rows: isLarger ? size[1] : 24)
          try tmux.type("g\(sample.clock(moment))")
          try tmux.press("Enter")
          let wanted = try shown(sample, until: moment)
          try tmux.wait("\(moment) s: \(wanted.cursor)\n" + wanted.lines.joined(separator: "\n")) { _ in
            let cursor = try tmux.value("cursor_x") + "," + tmux.value("cursor_y")
            return try tmux.lines(attributes: true) == wanted.lines && cursor == wanted.cursor
          }
        }
      }
    }
  }

  @Test func `keys do what they say`() throws {
    try withSample { sample in
      try Tmux.with(columns: 130, rows: 30, try sample.command("--speed 0.0625")) { tmux in
        try tmux.wait(for: "▶ playing")
        try tmux.press("Space")
        try tmux.wait(for: "‖ paused")
        try tmux.type("]]]")
        try tmux.wait("the third command") { $0.contains { $0.contains("▶") && $0.contains("cat shop.conf") } }
        try tmux.press("Up")
        try tmux.wait("the second command") { $0.contains { $0.contains("▶") && $0.hasSuffix("ls") } }
        try tmux.type("/seen")
        try tmux.press("Enter")
        try tmux.wait(for: "1 of ")
        try tmux.wait(for: "VALUES (1, 'seen')")
        try tmux.type("G")
        try tmux.wait("the end") { $0.last?.contains("■ end") == true && $0.last?.contains("exit 1") == true }
        try tmux.press("Left")
        try tmux.wait(for: "‖ paused")
        try tmux.type("+")
        try tmux.wait(for: "1/8×")
        try tmux.type("?")
        try tmux.wait(for: "next and previous typed command")
        try tmux.press("Escape")
        try tmux.wait(for: "t transcript")
        try tmux.type("t")
        try tmux.wait(for: "t screen")
        try tmux.resize(columns: 70, rows: 12)
        try tmux.type("t")
        try tmux.wait("a part of the screen") { $0.contains { $0.hasSuffix("›") } }
      }
    }
  }

  /// How a way to leave the player looks to the shell that ran it.
  @Test(arguments: [("key", 0), ("INT", 130), ("TERM", 143), ("HUP", 129)])
  func `the terminal is as it was, however the player ends`(way: String, code: Int) throws {
    try withSample { sample in
      try TemporaryFolder.with { folder in
        let script = """
          cd \(folder.path); stty -g > before
          (echo $BASHPID > pid; exec \(try sample.command()))
          code=$?; stty -g > after; echo "left with $code"; exec cat
          """
        try Tmux.with(columns: 100, rows: 30, script) { tmux in
          try tmux.wait(for: "t transcript")
          #expect(try tmux.value("alternate_on") == "1")
          if way == "key" { try tmux.type("q") } else { try signal(way, folder) }
          let lines = try tmux.wait(for: "left with")
          #expect(lines.contains("left with \(code)"))
          #expect(!lines.contains { $0.contains("┌") })
          for (name, wanted) in [("alternate_on", "0"), ("cursor_flag", "1"), ("wrap_flag", "1")] {
            #expect(try tmux.value(name) == wanted, "\(name)")
          }
          let states = try ["before", "after"].map {
            try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
          }
          #expect(states[0] == states[1])
        }
      }
    }
  }

  @Test(arguments: ["TSTP", "C-z", "STOP"])
  func `a player that is stopped gives the terminal back, and takes it again`(way: String) throws {
    try withSample { sample in
      try TemporaryFolder.with { folder in
        try Tmux.with(columns: 100, rows: 30, "cd \(folder.path); exec env PS1='ready> ' bash --norc --noprofile -i") {
          tmux in
          try tmux.wait(for: "ready>")
          try tmux.type("stty -g > before; bash -c 'echo $$ > pid; exec \"$@\"' - \(try sample.command())")
          try tmux.press("Enter")
          try tmux.wait(for: "t transcript")
          if way == "C-z" { try tmux.press("C-z") } else { try signal(way, folder) }
          try tmux.wait(for: "Stopped")
          if way != "STOP" {
            #expect(try tmux.value("alternate_on") == "0")
            #expect(try tmux.value("cursor_flag") == "1")
            #expect(try !tmux.lines().contains { $0.contains("┌") })
            try tmux.type("stty -g > after")
            try tmux.press("Enter")
            try tmux.wait("the state") { _ in
              let text = { (name: String) in try? String(contentsOf: folder.appending(path: name), encoding: .utf8) }
              return text("before") == text("after")
            }
          }
          try tmux.type("fg")
          try tmux.press("Enter")
          try tmux.wait("the player again") { $0.last?.contains("t transcript") == true && $0[0].hasPrefix("┌") }
          try tmux.type(" ")
          try tmux.type("q")
          try tmux.wait("the shell again") { $0.last { !$0.isEmpty }?.hasPrefix("ready>") == true }
          #expect(try tmux.value("alternate_on") == "0")
        }
      }
    }
  }

  @Test func `a dumb terminal and a pipe get text`() throws {
    try withSample { sample in
      try Tmux.with(columns: 100, rows: 30, "TERM=dumb \(try sample.command()); exec cat") { tmux in
        try tmux.wait(for: "app:~$ exit")
        #expect(try tmux.value("alternate_on") == "0")
      }
      let piped = try ExhibitProcess.run(["replay", sample.action, "--case", sample.path])
      #expect(piped.code == 0)
      #expect(!piped.out.contains("\u{1b}"))
    }
  }

  private func signal(_ name: String, _ folder: URL) throws {
    let pid = try String(contentsOf: folder.appending(path: "pid"), encoding: .utf8)
    let process = Process()
    process.setUnblocked("/bin/kill", ["-\(name)", pid.trimmingCharacters(in: .whitespacesAndNewlines)])
    try process.run()
    process.waitUntilExit()
  }
}
