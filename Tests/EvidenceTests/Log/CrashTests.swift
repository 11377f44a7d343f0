import Bytes
import Foundation
import Model
import Synchronization
import TestKit
import Testing

@testable import Evidence

/// Whatever ends a recorder, what it was told is durable is there and signed, and the log goes on.
@Suite struct CrashTests {
  /// What the machine does to a disk that was not waited for.
  enum Ending: CaseIterable {
    /// The process ends; the system writes all that it was given.
    case killed
    /// The power goes: what was not waited for never came to the disk.
    case nothingLeft
    /// The same, but half of each write did, and all names.
    case halfLeft
  }

  /// A disk that stops at a step, and knows what is not durable by then.
  private final class Disk: Sendable {
    struct Stop: Error {}

    private struct State {
      var countdown: Int
      /// Files whose bytes are not durable, and how long they durably are.
      var dirty: [String: Int] = [:]
      /// Names that are not durable, and what they durably stand for.
      var names: [String: [UInt8]?] = [:]
      var folders: Set<String> = []
    }

    private let state: Mutex<State>

    init(stopsBefore step: Int) { state = Mutex(State(countdown: step)) }

    private static func content(_ path: String) -> [UInt8]? {
      FileManager.default.contents(atPath: path).map { Array($0) }
    }

    /// Whether it came to its end.
    var hasStopped: Bool { state.withLock { $0.countdown < 0 } }

    func take(_ step: LogFolder.Step) throws(EvidenceLogError) {
      let isStopped = state.withLock { state -> Bool in
        state.countdown -= 1
        guard state.countdown >= 0 else { return true }
        switch step {
        case .makeFolder(let path):
          if !FileManager.default.fileExists(atPath: path) { state.folders.insert(path) }
        case .write(let path): state.dirty[path] = 0
        case .append(let path): state.dirty[path] = Disk.content(path)?.count ?? 0
        case .sync(let path): state.dirty[path] = nil
        case .rename(_, let path): if state.names[path] == nil { state.names[path] = Disk.content(path) }
        case .syncFolder(let path):
          let isWithin = { (name: String) in (name as NSString).deletingLastPathComponent == path }
          state.names = state.names.filter { !isWithin($0.key) }
          state.folders = state.folders.filter { !isWithin($0) }
        }
        return false
      }
      if isStopped { throw EvidenceLogError(.file, "", "stopped") }
    }

    /// Leaves on the disk what was durable.
    func lose(_ ending: Ending) throws {
      guard ending != .killed else { return }
      let state = state.withLock { $0 }
      for (path, length) in state.dirty {
        guard let bytes = Disk.content(path) else { continue }
        let kept = ending == .halfLeft ? (length + bytes.count) / 2 : length
        try Data(bytes[..<kept]).write(to: URL(filePath: path))
      }
      guard ending == .nothingLeft else { return }
      for (path, content) in state.names {
        if let content {
          try Data(content).write(to: URL(filePath: path))
        } else {
          try? FileManager.default.removeItem(atPath: path)
        }
      }
      for path in state.folders { try? FileManager.default.removeItem(atPath: path) }
    }
  }

  private static func heartbeats(_ log: EvidenceLog, _ count: Int) throws {
    for index in 0..<count { try log.append(.heartbeat(LeafHeartbeat(sessionCount: index))) }
  }

  /// Writes a log until the disk stops; gives the last size that was said to be durable.
  private func write(_ place: String, _ key: NoteSigner, _ disk: Disk) -> UInt64 {
    var durable: UInt64 = 0
    do {
      for run in 0..<2 {
        var options = RecordedLog.options(from: 1_800_000_000 + Int64(run) * 10_000)
        options.before = { step throws(EvidenceLogError) in try disk.take(step) }
        let (log, _) = try EvidenceLog.open(directory: place, key: key, options: options)
        durable = try log.commit().checkpoint.size
        for count in run == 0 ? [3, 250, 4] : [1] {
          try Self.heartbeats(log, count)
          durable = try log.commit().checkpoint.size
        }
      }
    } catch {}
    return durable
  }

  private func verify(_ place: String, _ key: NoteSigner) throws -> LogVerification {
    try LogVerifier(log: place, recording: nil, trust: LogTrust(key: key.key)).verify()
  }

  @Test(arguments: Ending.allCases) func `it can end before any step`(ending: Ending) throws {
    let key = try #require(LogVectors.signer)
    var steps = 0
    while true {
      let isDone = try TemporaryFolder.with { folder in
        let place = folder.appending(path: "log").path
        let disk = Disk(stopsBefore: steps)
        let durable = write(place, key, disk)
        guard disk.hasStopped else { return true }
        try disk.lose(ending)
        if LogVerifier.places(in: place) != nil {
          let found = try verify(place, key)
          let size = found.checkpoint?.checkpoint.size ?? 0
          #expect(size >= durable, "step \(steps): \(size) of \(durable)")
          // Before the first checkpoint nothing is signed.
          if size > 0 {
            #expect(
              [.intactButOpen, .unsignedTail].contains(found.verdict), "step \(steps): \(found.verdict) \(found.reason)"
            )
          }
        } else {
          #expect(durable == 0)
        }
        do {
          let (log, tail) = try EvidenceLog.open(
            directory: place, key: key, options: RecordedLog.options(from: 1_800_100_000))
          if case .unsigned(_, let leaves) = tail { #expect(!leaves.isEmpty) }
          try Self.heartbeats(log, 2)
          try log.close(reason: "test")
        }
        let after = try verify(place, key)
        #expect(
          after.verdict == .intact && after.provenCount > durable, "step \(steps): \(after.verdict) \(after.reason)")
        return false
      }
      if isDone { break }
      // Each step for the worst; every third for the others, of which it has nearly all.
      steps += ending == .nothingLeft ? 1 : 3
    }
    #expect(steps > 60, "\(steps)")
  }

  @Test func `a full disk loses nothing that is tried again`() throws {
    let key = try #require(LogVectors.signer)
    for step in 0..<14 {
      try TemporaryFolder.with { folder in
        let place = folder.appending(path: "log").path
        let isFull = Mutex(false)
        let countdown = Mutex(step)
        var options = RecordedLog.options()
        options.before = { _ throws(EvidenceLogError) in
          let refuses =
            isFull.withLock { $0 }
            && countdown.withLock { count in
              count -= 1
              return count < 0
            }
          if refuses { throw EvidenceLogError(.file, place, "no space left on device") }
        }
        let (log, _) = try EvidenceLog.open(directory: place, key: key, options: options)
        isFull.withLock { $0 = true }
        try Self.heartbeats(log, 255)
        let first = try? log.commit()
        try Self.heartbeats(log, 5)
        isFull.withLock { $0 = false }
        #expect(try log.close(reason: "test").checkpoint.size == 262)
        let found = try verify(place, key)
        #expect(found.verdict == .intact, "\(step) \(first == nil): \(found.reason)")
      }
    }
  }

  @Test func `it can be killed at any instant`() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "exhibit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let key = try #require(LogVectors.signer)
    let (place, told) = (folder.appending(path: "log").path, folder.appending(path: "told").path)
    var total: UInt64 = 0
    for round in 0..<12 {
      // Spread evenly, from the first commit on.
      let microseconds = UInt32(2_000 + (round * 7919) % 97 * 1_000)
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [place = place as String, told = told as String, microseconds = microseconds as UInt32] in
        let key = try #require(LogVectors.signer)
        let timer = Thread {
          usleep(microseconds)
          kill(getpid(), SIGKILL)
        }
        timer.start()
        let (log, _) = try EvidenceLog.open(directory: place, key: key)
        var count = 1
        while true {
          try CrashTests.heartbeats(log, count)
          let size = try log.commit().checkpoint.size
          try Data("\(size)".utf8).write(to: URL(filePath: told), options: .atomic)
          count = count % 40 + 1
        }
      }
      let durable = UInt64((try? String(contentsOfFile: told, encoding: .utf8)) ?? "") ?? 0
      guard LogVerifier.places(in: place) != nil else {
        #expect(durable == 0)
        continue
      }
      let found = try verify(place, key)
      total = max(total, found.checkpoint?.checkpoint.size ?? 0)
      #expect(found.checkpoint?.checkpoint.size ?? 0 >= durable)
      if total > 0 {
        #expect(
          [.intactButOpen, .unsignedTail].contains(found.verdict), "round \(round): \(found.verdict) \(found.reason)")
      }
    }
    #expect(total > 0, "no commit was reached")
    let (log, _) = try EvidenceLog.open(directory: place, key: key)
    try log.close(reason: "test")
    let found = try verify(place, key)
    #expect(found.verdict == .intact, "\(found.reason)")
  }
}
