public import Model
import Synchronization

/// Objects that become known only after they were first asked for.
public final class LateObjects: ObjectSource {
  private let known = Mutex<[String: RepositoryObject]>([:])

  public init() {}

  public func add(_ objects: [String: RepositoryObject]) { known.withLock { $0.merge(objects) { $1 } } }

  public func object(_ id: String) -> RepositoryObject? { known.withLock { $0[id] } }
}
