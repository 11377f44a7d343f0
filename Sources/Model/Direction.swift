/// Which end of a flow sent the bytes.
public enum Direction: UInt8, Sendable, Hashable, CaseIterable {
  case fromClient = 0
  case fromServer = 1

  public var reversed: Direction { self == .fromClient ? .fromServer : .fromClient }
}
