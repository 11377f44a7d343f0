import Bytes
import Foundation
public import Model

/// What the gateway tells its operator: one JSON object a line. Never statements' parameters, and never a secret.
public final class GatewayLog: Sendable {
  enum Level: String, Sendable {
    case info
    case notice
    case warning
    case error
  }

  private let write: @Sendable ([UInt8]) -> Void
  private let clock: @Sendable () -> Timestamp

  public init(clock: @escaping @Sendable () -> Timestamp, write: @escaping @Sendable ([UInt8]) -> Void) {
    (self.clock, self.write) = (clock, write)
  }

  func write(_ level: Level, _ event: String, _ fields: KeyValuePairs<String, String> = [:]) {
    var json = JSONWriter()
    json.object { json in
      json.member("time", clock().formatted(fractionDigits: 3))
      json.member("level", level.rawValue)
      json.member("event", event)
      for (name, value) in fields { json.member(name, value) }
    }
    json.newline()
    write(json.take())
  }
}
