import Bytes
import Model

/// A resource of a server that an action touches, as provenance tells it.
struct ResourceUse {
  /// What became of the resource.
  enum Change {
    /// It was looked at.
    case used
    /// It is another than before, or new.
    case generated
    /// It is gone.
    case invalidated
  }

  var resource: Resource
  var digest: Digest
  var change: Change
  /// Its number among those of its action.
  var number: Int

  private static let looks: Set<String> = ["read", "use", "lock", "execute", "list", "connect", "call"]
  private static let ends: Set<String> = ["drop", "delete", "remove"]

  /// The resources of an action, each once and the strongest change first told.
  static func all(of action: Action, in session: Session) -> [ResourceUse] {
    // What was undone, failed or has an unknown outcome made no new state of anything.
    let lasts = action.isChange && action.status == .ok && !action.hasNoLastingEffect
    var found: [ResourceUse] = []
    var places: [Digest: Int] = [:]
    for resource in action.resources {
      let digest = ProvenanceNames.digest(of: [
        session.server, action.identity.target ?? session.target ?? "", resource.kind, resource.name,
      ])
      let isLook = looks.contains(resource.access)
      let change: Change = isLook ? .used : !lasts ? .used : ends.contains(resource.access) ? .invalidated : .generated
      if let place = places[digest] {
        if found[place].change == .used { found[place].change = change }
        continue
      }
      places[digest] = found.count
      found.append(ResourceUse(resource: resource, digest: digest, change: change, number: found.count + 1))
    }
    return found
  }

  /// The name of the state that an action made of it.
  func version(by action: Action) -> String { "\(ProvenanceNames.of(action.id))-v\(number)" }
}
