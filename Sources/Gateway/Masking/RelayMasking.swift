import NIOCore
import Policy
import Synchronization

/// The masking of one session, and what it asks the target's catalogue. Used on the session's event loop.
final class RelayMasking {
  var stream: PostgresMasking
  let catalog: TargetCatalog
  let scope: Scope
  /// The names that the message at the beginning of the relay's buffer needs; nil before they were asked for.
  var names: KnownNames?
  /// What the client may see, gathered.
  var out = ByteBuffer()
  /// Values that were masked when it was told last.
  var toldCount = 0
  /// Names are asked for: nothing goes on until they come.
  var isAsking = false

  init(_ stream: PostgresMasking, _ catalog: TargetCatalog, _ scope: Scope) {
    (self.stream, self.catalog, self.scope) = (stream, catalog, scope)
  }

  /// Where a session is: what rules are chosen by.
  struct Scope {
    var listener: PostgresListener
    var database: String
    var isReplication: Bool

    func stream(_ core: GatewayCore) -> PostgresMasking? {
      let plan = core.policy.policy.masking.rules(
        protocolName: "postgres", database: database, server: listener.target.place.description)
      return AnswerMask(plan, hasher: core.hasher).map { PostgresMasking($0) }
    }
  }
}

/// The catalogues of a listener's target, one for all sessions of a database on an event loop.
final class CatalogShelf: Sendable {
  private struct Place: Hashable {
    var database: String
    var loop: ObjectIdentifier
  }

  private let catalogs = Mutex<[Place: NIOLoopBound<TargetCatalog>]>([:])

  func catalog(_ listener: PostgresListener, _ database: String, on loop: any EventLoop, _ log: GatewayLog)
    -> TargetCatalog
  {
    let place = Place(database: database, loop: ObjectIdentifier(loop))
    if let known = catalogs.withLock({ $0[place] }) { return known.value }
    let made = TargetCatalog(listener, database: database, loop: loop, log: log)
    let bound = NIOLoopBound(made, eventLoop: loop)
    catalogs.withLock { $0[place] = bound }
    return made
  }
}
