import Model

/// One value for what the client sends and one for what the server sends.
struct PerDirection<Value> {
  var fromClient: Value
  var fromServer: Value

  init(_ fromClient: Value, _ fromServer: Value) {
    self.fromClient = fromClient
    self.fromServer = fromServer
  }

  subscript(_ direction: Direction) -> Value {
    get { direction == .fromClient ? fromClient : fromServer }
    _modify {
      if direction == .fromClient { yield &fromClient } else { yield &fromServer }
    }
  }
}

extension PerDirection: Sendable where Value: Sendable {}
extension PerDirection: Equatable where Value: Equatable {}

extension PerDirection where Value == String {
  /// One name where both directions agree, else `client/server`.
  var text: String { fromClient == fromServer ? fromClient : "\(fromClient)/\(fromServer)" }
}
