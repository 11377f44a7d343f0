import Bytes
import Foundation
import Model
import TestKit

@testable import Parsers

/// Real git with repositories of its own, and a record of what passed between its two ends.
struct GitLab {
  /// One conversation as it passed.
  struct Conversation {
    var opening: String
    var pieces: [(direction: Direction, bytes: [UInt8])] = []

    /// `git-upload-pack '/srv/shop.git'`, a NUL, GIT_PROTOCOL.
    private var command: [String] {
      opening.split(separator: "\0", omittingEmptySubsequences: false).first.map {
        $0.split(separator: " ", maxSplits: 1).map(String.init)
      } ?? []
    }
    var service: String { command.first ?? "" }
    var repository: String { String((command.last ?? "").filter { $0 != "'" }) }
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  let folder: URL
  private let log: URL

  static var isPossible: Bool {
    ["/usr/bin/git", "/usr/bin/python3"].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
  }

  init(_ folder: URL) throws {
    self.folder = folder
    log = folder.appending(path: "relay.log")
    try Data(GitRelays.ssh.utf8).write(to: folder.appending(path: "ssh-relay.py"))
    try Data(GitRelays.http.utf8).write(to: folder.appending(path: "http-relay.py"))
  }

  /// Runs git and gives what it printed.
  @discardableResult
  func git(_ arguments: String..., in place: String = ".", fails: Bool = false, input: String = "") throws -> [UInt8] {
    try git(arguments, in: place, fails: fails, input: input)
  }

  @discardableResult
  func git(
    _ arguments: [String], in place: String = ".", fails: Bool = false, input: String = ""
  ) throws -> [UInt8] {
    let process = Process()
    process.setUnblocked("/usr/bin/git", ["-C", folder.appending(path: place).path] + arguments)
    var environment = ProcessInfo.processInfo.environment
    environment["GIT_CONFIG_GLOBAL"] = "/dev/null"
    environment["GIT_CONFIG_NOSYSTEM"] = "1"
    environment["GIT_AUTHOR_NAME"] = "Ada Łukasz"
    environment["GIT_AUTHOR_EMAIL"] = "ada@example.com"
    environment["GIT_COMMITTER_NAME"] = "Grace"
    environment["GIT_COMMITTER_EMAIL"] = "grace@example.com"
    environment["GIT_SSH_COMMAND"] = "python3 \(folder.appending(path: "ssh-relay.py").path)"
    environment["GIT_SSH_VARIANT"] = "ssh"
    environment["RELAY_LOG"] = log.path
    environment["GIT_TERMINAL_PROMPT"] = "0"
    environment["LC_ALL"] = "C.UTF-8"
    process.environment = environment
    let output = folder.appending(path: "output-\(UUID().uuidString)")
    let errors = folder.appending(path: "errors-\(UUID().uuidString)")
    let given = folder.appending(path: "input-\(UUID().uuidString)")
    for file in [output, errors] { try Data().write(to: file) }
    try Data(input.utf8).write(to: given)
    process.standardInput = try FileHandle(forReadingFrom: given)
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    let printed = try Data(contentsOf: output)
    let complaints = try String(decoding: Data(contentsOf: errors), as: UTF8.self)
    for file in [output, errors, given] { try FileManager.default.removeItem(at: file) }
    guard (process.terminationStatus != 0) == fails else {
      throw Failure(description: "git \(arguments) in \(place): \(process.terminationStatus) \(complaints)")
    }
    return Array(printed)
  }

  /// The address of a repository of the lab, by the recording stand-in of ssh.
  func address(_ name: String) -> String { "ssh://lab\(folder.path)/\(name)" }

  func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

  func write(_ bytes: [UInt8], to path: String) throws {
    let file = folder.appending(path: path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  /// Commits all that lies there, a minute after the last commit that it made.
  func commit(_ message: String, in place: String, minute: Int) throws {
    try git("add", "-A", in: place)
    try git(
      "-c", "user.name=Lab", "commit", "-q", "--allow-empty", "--date=@\(1_700_000_000 + minute * 60) +0130", "-m",
      message, in: place)
  }

  /// What passed since the last call.
  func conversations() throws -> [Conversation] {
    let bytes = (try? Data(contentsOf: log)).map { Array($0) } ?? []
    try? FileManager.default.removeItem(at: log)
    var found: [Conversation] = []
    var reader = ByteReader(bytes.span)
    while !reader.isAtEnd {
      let kind = try reader.readUInt8()
      let data = try reader.read(Int(reader.readUInt32())).array
      if kind == 2 {
        found.append(Conversation(opening: data.span.string))
      } else if let last = found.indices.last {
        found[last].pieces.append((kind == 0 ? .fromClient : .fromServer, data))
      }
    }
    return found
  }
}

extension GitLab.Conversation {
  enum Cutting {
    case whole
    case random(seed: UInt64)
    case everyByte
  }

  static func options(bodyLimit: Int = 64 << 20) -> ParserOptions {
    ParserOptions(bodyLimit: bodyLimit, secrets: SecretHasher(key: [1]), flow: FlowID(1))
  }

  /// Feeds it to a reader.
  func events(
    _ cutting: Cutting = .whole, source: (any ObjectSource)? = nil, bodyLimit: Int = 64 << 20, upTo limit: Int = .max,
    missing: (direction: Direction, offsets: Range<Int>)? = nil
  ) -> [ParserEvent] {
    guard
      var reader = GitReader(
        service: service, repository: repository, options: Self.options(bodyLimit: bodyLimit), source: source)
    else { return [] }
    var events: [ParserEvent] = []
    var seed: UInt64 = 0
    if case .random(let given) = cutting { seed = given }
    var generator = SeededGenerator(seed: seed)
    var left = limit
    var offsets = [0, 0]
    for (number, piece) in pieces.enumerated() where left > 0 {
      let bytes = Array(piece.bytes.prefix(left))
      left -= bytes.count
      let side = Int(piece.direction.rawValue)
      func position(_ index: Int) -> StreamPosition {
        StreamPosition(
          time: Timestamp(nanoseconds: Int64(number)),
          origin: Origin(source: 0, packet: UInt64(number), offset: UInt64(offsets[side])))
      }
      var index = 0
      while index < bytes.count {
        var end = bytes.count
        switch cutting {
        case .whole: break
        case .everyByte: end = index + 1
        case .random: end = min(end, index + 1 + Int(generator.next() % 3000))
        }
        if let missing, missing.direction == piece.direction {
          let gap = missing.offsets.clamped(to: offsets[side] + index..<offsets[side] + bytes.count)
          if !gap.isEmpty, gap.lowerBound == offsets[side] + index {
            reader.skip(
              Gap(byteCount: UInt64(gap.count), reason: .notCaptured), from: piece.direction, at: position(index),
              into: &events)
            index += gap.count
            continue
          }
          if !gap.isEmpty { end = min(end, gap.lowerBound - offsets[side]) }
        }
        reader.receive(bytes.span.extracting(index..<end), from: piece.direction, at: position(index), into: &events)
        index = end
      }
      offsets[side] += bytes.count
    }
    reader.finish(at: StreamPosition(time: Timestamp(nanoseconds: 1 << 40), origin: .unknown), into: &events)
    return events
  }
}

extension [ParserEvent] {
  var repositories: [RepositoryExchange] {
    exchanges.compactMap { exchange in
      if case .repository(let repository) = exchange.shape { repository } else { nil }
    }
  }

  /// The anomalies, a line each.
  var strange: [String] {
    compactMap { event in
      if case .anomaly(let anomaly) = event { "\(anomaly.code.name): \(anomaly.detail)" } else { nil }
    }
  }
}
