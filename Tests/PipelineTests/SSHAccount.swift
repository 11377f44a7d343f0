import Bytes
import Foundation
import Model
import TestKit

/// What both ends of SSH connections say that they did, as Tests/Live/ssh_account.py writes it.
struct SSHAccount: Decodable {
  struct Total: Decodable, Equatable, CustomStringConvertible {
    var count: UInt64
    var sha256: String

    init?(_ payload: Payload?) {
      guard let payload else { return nil }
      (count, sha256) = (payload.byteCount, payload.digest.hex)
    }

    /// A stream that nothing came through is one of no bytes.
    init(_ total: Command.Total?) {
      count = total?.byteCount ?? 0
      sha256 = total.map { $0.digest?.hex ?? "of what is in it" } ?? Digests.sha256([])
    }

    var description: String { "\(count) bytes \(sha256)" }
  }

  struct Ran: Decodable {
    var text: String
    /// `7`, `signal TERM`.
    var exit: String
    /// Nil where the client did not tell.
    var input: Total?
    var output: Total?
    var error: Total?
    var resizes: [String]?
    var terminal: String?
    var agent: Bool?
  }

  struct Moved: Decodable {
    var service: String
    var verb: String
    var path: String
    var other: String?
    var ok: Bool
    var content: Total?
  }

  struct Carried: Decodable {
    var kind: String
    var destination: String?
    var accepted: Bool
  }

  struct SignedIn: Decodable {
    var user: String
    var method: String
    var accepted: Bool
  }

  struct Called: Decodable {
    var method: String
    var target: String
    var status: Int
    var content: Total
  }

  struct Repository: Decodable {
    struct Update: Decodable {
      var name: String
      var old: String?
      var new: String?
      var forced: Bool
    }

    struct Commit: Decodable {
      var id: String
      var author: String
      var subject: String
      var parents: [String]
      /// `M shop.py`, sorted; nil where the client did not look.
      var changes: [String]?
      var diff: String?
    }

    var operation: String
    var repository: String
    var updates: [Update]
    var commits: [Commit]
  }

  struct Scene: Decodable {
    var name: String
    /// The ends of its connections: `127.0.0.1:53874`.
    var clients: [String]
    var commands: [Ran]
    var files: [Moved]
    var forwardings: [Carried]
    var logins: [SignedIn]
    var calls: [Called]
    var repositories: [Repository]
    var facts: [String: String]
    /// Beginnings of commands of which the client does not say more.
    var prefixes: [String]?
    /// Key exchanges after the first, at least.
    var rekeys: Int?
  }

  var scenes: [Scene]

  init(_ folder: URL) throws {
    self = try JSONDecoder().decode(SSHAccount.self, from: Data(contentsOf: folder.appending(path: "account.json")))
  }
}
