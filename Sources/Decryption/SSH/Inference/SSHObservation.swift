import Bytes
import Model

/// What the sizes of encrypted packets tell of a session without keys: everything in it is inferred.
///
/// Authentication is a dialogue of one request and one answer at a time (RFC 4252), so that the sizes of the answers can be
/// told apart even where lengths are encrypted: USERAUTH_SUCCESS is a payload of one byte, and the smallest packet there
/// can be. USERAUTH_FAILURE carries a list of methods and is the same each time.
struct SSHObservation {
  /// Bytes of one direction in one packet of the capture, or before the other end speaks.
  struct Flight: Sendable {
    var from: Direction
    var count: UInt64
    var packet: UInt64
    var at: Timestamp
    /// It has a gap, or was not looked at whole.
    var isDamaged = false
  }

  /// The dialogue of an authentication is kept so far.
  static let flightLimit = 512
  /// More tries than any server allows: what goes on longer is none.
  static let attemptLimit = 64

  private(set) var flights: [Flight] = []
  private var byteCounts = PerDirection<UInt64>(0, 0)
  private var last: Flight?
  /// Flights of the client as small as a keystroke's, which the server answered.
  private var keystrokeCount = 0
  private var hasLoss = false

  mutating func receive(_ input: borrowing PendingBytes, _ from: Direction) {
    input.forEachPiece { count, position in
      byteCounts[from] &+= UInt64(count)
      if var flight = last, flight.from == from, flight.packet == position.origin.packet {
        flight.count &+= UInt64(count)
        last = flight
      } else {
        end()
        last = Flight(from: from, count: UInt64(count), packet: position.origin.packet, at: position.time)
      }
    }
  }

  mutating func lose(_ count: UInt64, _ from: Direction) {
    byteCounts[from] &+= count
    hasLoss = true
    last?.isDamaged = true
  }

  private mutating func end() {
    guard let flight = last else { return }
    last = nil
    if flight.from == .fromClient, flight.count <= 132 { keystrokeCount += 1 }
    if flights.count < Self.flightLimit { flights.append(flight) }
  }

  mutating func parameters(_ algorithms: NegotiatedAlgorithms?) -> [String: String] {
    end()
    var out = [
      "ssh.inferred.bytes-from-client": String(byteCounts.fromClient),
      "ssh.inferred.bytes-from-server": String(byteCounts.fromServer),
    ]
    let login = algorithms.flatMap { SSHLoginInference(flights, $0, hasLoss: hasLoss) }
    out["ssh.inferred.authentication"] = (login?.outcome ?? .unknown).rawValue
    guard let login, login.outcome != .unknown else { return out }
    out["ssh.inferred.failed-attempts"] = String(login.failedCount)
    guard login.outcome == .succeeded else { return out }
    let small = keystrokeCount - login.clientFlightCount
    let total = byteCounts.fromClient + byteCounts.fromServer
    out["ssh.inferred.small-client-packets"] = String(max(0, small))
    // Typing gives many small packets and few bytes for each; a copy gives the reverse.
    if small >= 20, total / UInt64(max(1, small)) < 2000 {
      out["ssh.inferred.use"] = "interactive"
    } else if total > 1 << 20 {
      out["ssh.inferred.use"] = "bulk"
    } else {
      out["ssh.inferred.use"] = "cannot tell"
    }
    return out
  }
}
