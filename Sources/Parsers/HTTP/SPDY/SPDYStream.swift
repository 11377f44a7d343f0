import Model

/// One stream of a connection of SPDY, as Kubernetes uses them.
struct SPDYStream {
  enum Role: Equatable {
    /// Bytes of a program, as records of this kind.
    case program(StreamRecord.Kind)
    /// JSON documents, a line each: a terminal's sizes.
    case sizes
    /// How a program ended, told when the stream ends.
    case ending
    /// What went wrong with a forwarded connection, told when the stream ends.
    case failure
    /// A connection that is passed on.
    case forwarded
    /// Nobody said what it is for.
    case unknown

    /// Reads the header `streamType` of Kubernetes' `remotecommand` and `portforward`.
    init(_ fields: [HeaderField]) {
      switch fields["streamtype"] {
      case "stdin": self = .program(.input)
      case "stdout": self = .program(.output)
      case "stderr": self = .program(.errorOutput)
      case "resize": self = .sizes
      case "error": self = fields["port"] == nil ? .ending : .failure
      case "data": self = .forwarded
      default: self = .unknown
      }
    }
  }

  let role: Role
  /// What is not told yet, for each direction.
  private var pending: [[UInt8]] = [[], []]
  private var isEnded = [false, false]

  init(_ role: Role) { self.role = role }

  var isOver: Bool { isEnded == [true, true] }

  func hasEnded(_ direction: Direction) -> Bool { isEnded[Int(direction.rawValue)] }
  mutating func end(_ direction: Direction) { isEnded[Int(direction.rawValue)] = true }

  func pendingCount(_ direction: Direction) -> Int { pending[Int(direction.rawValue)].count }
  mutating func append(_ bytes: some Sequence<UInt8>, _ direction: Direction) {
    pending[Int(direction.rawValue)].append(contentsOf: bytes)
  }
  mutating func takePending(_ direction: Direction) -> [UInt8] {
    let side = Int(direction.rawValue)
    defer { pending[side] = [] }
    return pending[side]
  }
}
