import Model

/// One value for each direction.
struct SSHBoth<Value> {
  private var fromClient: Value
  private var fromServer: Value

  init(_ fromClient: Value, _ fromServer: Value) {
    self.fromClient = fromClient
    self.fromServer = fromServer
  }

  subscript(direction: Direction) -> Value {
    get { direction == .fromClient ? fromClient : fromServer }
    _modify {
      if direction == .fromClient { yield &fromClient } else { yield &fromServer }
    }
  }
}

extension SSHBoth: Sendable where Value: Sendable {}
