import Foundation
import Model
import Terminal
import TestKit
import Testing

@Suite(.enabled(if: LiveTyping.isPresent, LiveTyping.absence)) struct LiveTypingTests {
  @Test func `commands of real shells are recovered`() throws {
    var exact = 0
    var all = 0
    var invented = 0
    var certain = 0
    var others: [String: (right: Int, all: Int)] = [:]
    var byBasis: [String: (right: Int, all: Int, confidence: Double)] = [:]
    for session in try LiveTyping.played.get() {
      let reading = readTyped(session.stream, size: session.size)
      let commands = reading.commands.filter { $0.program == .shell }
      let truth = Self.joined(session.truth, as: commands.map(\.text))
      let matched = Self.align(commands.map(\.text), truth, session.shell)
      exact += matched.count
      all += truth.count
      invented += commands.count - matched.count
      certain += commands.count { $0.isCertain }
      for (index, command) in commands.enumerated() {
        let isRight = matched[index] != nil
        let old = byBasis[command.basis] ?? (0, 0, 0)
        byBasis[command.basis] = (old.right + (isRight ? 1 : 0), old.all + 1, old.confidence + command.confidence)
        #expect(isRight || !command.isCertain, "\(session.name): \(command.text) is certain and wrong")
      }
      if matched.count < truth.count || commands.count > matched.count {
        print("\(session.name): \(matched.count)/\(truth.count)")
        let found = Set(matched.values)
        for (index, text) in truth.enumerated() where !found.contains(index) {
          print("  missed \(text.debugDescription)")
        }
        for (index, command) in commands.enumerated() where matched[index] == nil {
          print("  instead \(command.text.debugDescription) \(command.confidence) \(command.basis)")
        }
      }
    }
    for session in try LiveTyping.played.get() {
      let reading = readTyped(session.stream, size: session.size)
      for (program, lines) in session.others ?? [:] {
        let ours = reading.commands.filter { $0.program.name == program }.map(\.text)
        let parted = program == "python" ? ours.flatMap { $0.split(separator: "\n").map(String.init) } : ours
        let right = Self.align(parted, lines, "").count
        let old = others[program] ?? (0, 0)
        others[program] = (old.right + right, old.all + lines.count)
        if right < lines.count || parted.count > right { print("\(session.name) \(program): \(parted) for \(lines)") }
      }
    }
    for (basis, count) in byBasis.sorted(by: { $0.key < $1.key }) {
      print("\(basis): \(count.right)/\(count.all), confidence \(count.confidence / Double(count.all))")
    }
    for (program, count) in others.sorted(by: { $0.key < $1.key }) {
      print("\(program): \(count.right) of \(count.all) lines")
    }
    print("typed commands: \(exact) of \(all) exact, \(invented) besides; \(certain) certain")
    for (program, count) in others {
      #expect(Double(count.right) >= 0.95 * Double(count.all), "\(program)")
    }
    #expect(certain > 0)
    #expect(all >= 200)
    #expect(Double(exact) >= 0.95 * Double(all))
    #expect(Double(invented) <= 0.02 * Double(all))
  }

  @Test func `what is typed without echo is told and no command`() throws {
    for session in try LiveTyping.played.get() {
      let reading = readTyped(session.stream, size: session.size)
      for secret in session.hidden {
        #expect(!reading.commands.contains { $0.text.contains(secret) }, "\(session.name)")
        let input = session.records.enumerated().filter { $0.element.kind == "input" }
        var rest: [UInt8] = []
        var whole: [UInt8] = []
        for (index, record) in input {
          whole += record.bytes
          var bytes = record.bytes
          for hidden in reading.hiddenInput.reversed() where hidden.record == index {
            bytes.removeSubrange(hidden.range)
          }
          rest += bytes
        }
        let text = String(decoding: rest, as: UTF8.self)
        #expect(!text.contains(secret), "\(session.name) keeps \(secret)")
        if String(decoding: whole, as: UTF8.self).contains("echo open") {
          #expect(text.contains("echo open"), "\(session.name) erases what is no secret")
        }
      }
    }
  }

  @Test func `output cut anywhere gives the same commands`() throws {
    var numbers = SeededGenerator(seed: 20261121)
    for session in try LiveTyping.played.get() {
      var cut: [StreamRecord] = []
      for record in session.stream {
        guard record.kind == .output, record.bytes.count > 1 else {
          cut.append(record)
          continue
        }
        var start = 0
        while start < record.bytes.count {
          let end = min(start + Int.random(in: 1...7, using: &numbers), record.bytes.count)
          var piece = record
          piece.bytes = Array(record.bytes[start..<end])
          cut.append(piece)
          start = end
        }
      }
      #expect(
        readTyped(cut, size: session.size).commands == readTyped(session.stream, size: session.size).commands,
        "\(session.name)")
    }
  }

  @Test func `without input commands are read off the screen and say so`() throws {
    var exact = 0
    var all = 0
    for session in try LiveTyping.played.get() where !session.name.contains("secrets") {
      let reading = readTyped(session.stream.filter { $0.kind != .input }, size: session.size)
      let commands = reading.commands.filter { $0.program == .shell }
      #expect(commands.allSatisfy { $0.confidence < 0.98 || $0.isCertain })
      #expect(commands.isEmpty || !reading.note.isEmpty)
      let truth = Self.joined(session.truth, as: commands.map(\.text))
      all += truth.count
      exact += Self.align(commands.map(\.text), truth, session.shell).count
    }
    print("from the screen alone: \(exact) of \(all)")
    #expect(Double(exact) >= 0.6 * Double(all))
  }

  @Test func `damaged sessions are read without failing`() throws {
    var numbers = SeededGenerator(seed: 4)
    for session in try LiveTyping.played.get().prefix(40) {
      var records = session.stream
      for index in records.indices where !records[index].bytes.isEmpty {
        switch Int.random(in: 0..<12, using: &numbers) {
        case 0:
          records[index].bytes[Int.random(in: 0..<records[index].bytes.count, using: &numbers)] = .random(
            in: 0...255, using: &numbers)
        case 1: records[index].bytes.removeLast()
        case 2: records[index].kind = records[index].kind == .output ? .input : .output
        case 3: records.swapAt(index, Int.random(in: 0..<records.count, using: &numbers))
        default: break
        }
      }
      let reading = readTyped(records, size: session.size)
      for hidden in reading.hiddenInput {
        #expect(records.indices.contains(hidden.record))
        #expect(hidden.range.upperBound <= records[hidden.record].bytes.count)
      }
    }
  }

  /// What was pasted and entered as one goes to bash's history in parts: the parts that make one of ours, put together.
  private static func joined(_ truth: [String], as ours: [String]) -> [String] {
    let wanted = Set(ours.filter { $0.contains("\n") })
    var result: [String] = []
    var rest = truth[...]
    while let first = rest.first {
      let count = (2...8).first { $0 <= rest.count && wanted.contains(rest.prefix($0).joined(separator: "\n")) }
      result.append(count.map { rest.prefix($0).joined(separator: "\n") } ?? first)
      rest = rest.dropFirst(count ?? 1)
    }
    return result
  }

  /// The longest common subsequence: which of ours is which of theirs. bash keeps no backslash before a line end.
  private static func align(_ ours: [String], _ theirs: [String], _ shell: String) -> [Int: Int] {
    let ours = shell == "bash" ? ours.map { $0.replacing("\\\n", with: "") } : ours
    var lengths = Array(repeating: Array(repeating: 0, count: theirs.count + 1), count: ours.count + 1)
    for i in ours.indices.reversed() {
      for j in theirs.indices.reversed() {
        lengths[i][j] = ours[i] == theirs[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
      }
    }
    var result: [Int: Int] = [:]
    var (i, j) = (0, 0)
    while i < ours.count, j < theirs.count {
      if ours[i] == theirs[j] {
        result[i] = j
        (i, j) = (i + 1, j + 1)
      } else if lengths[i + 1][j] >= lengths[i][j + 1] {
        i += 1
      } else {
        j += 1
      }
    }
    return result
  }
}
