import Foundation

/// What two ends of openssl are to say to each other.
struct LiveCase: Encodable, Sendable, CustomStringConvertible {
  struct Step: Encodable, Sendable {
    var from: String
    var text: String?
    var times: Int?
    /// A letter that openssl takes for a command: `K` updates keys, `R` renegotiates.
    var command: String?
    /// The text goes out by `-early_data`.
    var isEarly: Bool?

    static func client(_ text: String, times: Int = 1) -> Step { Step(from: "client", text: text, times: times) }
    static func server(_ text: String, times: Int = 1) -> Step { Step(from: "server", text: text, times: times) }
    static func early(_ text: String) -> Step { Step(from: "client", text: text, isEarly: true) }
    static func clientCommand(_ letter: String) -> Step { Step(from: "client", command: letter + "\n") }
  }

  struct Connection: Encodable, Sendable {
    var client: [String]
    var steps: [Step]
  }

  var name: String
  var server: [String]
  var connections: [Connection]
  /// Lines of the section `system_default` of openssl's configuration.
  var configuration: String?
  /// Facts every connection must tell.
  var facts: [String: String] = [:]
  /// The local openssl may have been built without it.
  var isOptional = false

  private enum CodingKeys: String, CodingKey {
    case name, server, connections, configuration
  }

  var description: String { name }

  /// The steps that most cases take: both ends speak twice, and more than one record's worth crosses each way.
  static let usualSteps: [Step] = [
    .client("client: a first line\n"), .server("server: an answer\n"),
    .client("0123456789abcde\n", times: 1500), .server("fedcba9876543210\n", times: 2500),
    .client("client: a last line\n"), .server("server: farewell\n"),
  ]

  /// One server, and clients that come one after another.
  init(
    _ name: String, certificate: String = "rsa", server: [String] = [], clients: [[String]],
    steps: [[Step]] = [usualSteps], configuration: String? = nil, facts: [String: String] = [:],
    isOptional: Bool = false
  ) {
    self.name = name
    self.server = ["-quiet", "-cert", certificate + ".crt", "-key", certificate + ".key"] + server
    connections = clients.enumerated().map { index, arguments in
      // `-quiet` alone would keep the client from ending with its input.
      Connection(client: ["-quiet", "-no_ign_eof"] + arguments, steps: steps[min(index, steps.count - 1)])
    }
    self.configuration = configuration
    self.facts = facts
    self.isOptional = isOptional
  }
}

/// What crossed the wire, and the keys.
struct LiveRun: Decodable, Sendable {
  struct Piece: Decodable, Sendable {
    var from: String
    var bytes: Data
  }

  var name: String
  var connections: [[Piece]]
  var error: String?
  var keys: String
}

struct LiveAnswer: Decodable, Sendable {
  var rsaKey: String
  var cases: [LiveRun]
}
