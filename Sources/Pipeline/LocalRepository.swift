import Foundation
public import Model
import Synchronization

/// A clone on this machine, asked for objects that a captured pack builds on, by `git cat-file --batch`.
///
/// Nothing is written, fetched or run but that: no configuration of the user or the machine is read, and no transport is
/// allowed, so that a partial clone does not reach for its server.
public final class LocalRepository: ObjectSource {
  /// Larger objects are of no use for a difference, in bytes.
  static let objectLimit = 16 << 20
  /// The head of an answer: an id, a kind and a length.
  private static let headLimit = 256

  private struct Conversation: ~Copyable {
    var process: Process
    var question: FileHandle
    var answer: FileHandle
    var unread: ArraySlice<UInt8> = []
    var isOver = false
  }

  private let conversation: Mutex<Conversation>

  /// Opens a clone or a bare repository; nil when there is none at the path, or git is not installed.
  public init?(path: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git", "-C", path, "cat-file", "--batch"]
    var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("GIT_") }
    environment["GIT_CONFIG_NOSYSTEM"] = "1"
    environment["GIT_CONFIG_GLOBAL"] = "/dev/null"
    environment["GIT_ALLOW_PROTOCOL"] = "none"
    environment["GIT_NO_LAZY_FETCH"] = "1"
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    // Evidence often belongs to someone else.
    environment["GIT_CONFIG_COUNT"] = "1"
    environment["GIT_CONFIG_KEY_0"] = "safe.directory"
    environment["GIT_CONFIG_VALUE_0"] = "*"
    process.environment = environment
    let (question, answer) = (Pipe(), Pipe())
    process.standardInput = question
    process.standardOutput = answer
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    conversation = Mutex(
      Conversation(
        process: process, question: question.fileHandleForWriting, answer: answer.fileHandleForReading))
    // Whatever it knows, it answers, if it is a repository.
    let isOver = conversation.withLock { conversation in
      _ = Self.ask(String(repeating: "0", count: 40), &conversation)
      return conversation.isOver
    }
    if isOver { return nil }
  }

  deinit {
    conversation.withLock {
      try? $0.question.close()
      $0.process.terminate()
    }
  }

  public func object(_ id: String) -> RepositoryObject? {
    guard id.utf8.count >= 40, id.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) else {
      return nil
    }
    return conversation.withLock { Self.ask(id, &$0) }
  }

  /// `<id> SP <kind> SP <length> LF <content> LF`, or `<id> SP missing LF` (git-cat-file(1), "Batch output").
  private static func ask(_ id: String, _ conversation: inout Conversation) -> RepositoryObject? {
    guard !conversation.isOver else { return nil }
    do {
      try conversation.question.write(contentsOf: Data((id + "\n").utf8))
      var head: [UInt8] = []
      while let byte = try next(&conversation), byte != 0x0a, head.count < headLimit { head.append(byte) }
      let words = String(decoding: head, as: UTF8.self).split(separator: " ")
      if head.isEmpty { conversation.isOver = true }
      guard words.count == 3, words[0] == id, let kind = RepositoryObject.Kind(rawValue: String(words[1])),
        let count = Int(words[2]), count >= 0
      else { return nil }
      var content: [UInt8] = []
      let isKept = count <= objectLimit
      var rest = count + 1
      while rest > 0 {
        if conversation.unread.isEmpty, try !fill(&conversation) { return nil }
        let piece = conversation.unread.prefix(rest)
        if isKept { content += piece }
        rest -= piece.count
        conversation.unread = conversation.unread.dropFirst(piece.count)
      }
      guard isKept else { return nil }
      content.removeLast()
      return RepositoryObject(kind, content)
    } catch {
      conversation.isOver = true
      return nil
    }
  }

  private static func next(_ conversation: inout Conversation) throws -> UInt8? {
    if conversation.unread.isEmpty, try !fill(&conversation) { return nil }
    return conversation.unread.popFirst()
  }

  private static func fill(_ conversation: inout Conversation) throws -> Bool {
    let data = conversation.answer.availableData
    conversation.isOver = data.isEmpty
    conversation.unread = Array(data)[...]
    return !data.isEmpty
  }
}
