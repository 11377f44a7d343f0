import Bytes
import Model

/// Finds objects in the pack, and then in the local clone.
final class ObjectLookup {
  private let pack: PackObjects?
  private let source: (any ObjectSource)?
  private var fetched: [ObjectID: (kind: ObjectKind, bytes: [UInt8])] = [:]
  private var absent: Set<ObjectID> = []
  private var fetchedTotal = 0

  init(pack: PackObjects?, source: (any ObjectSource)?) {
    self.pack = pack
    self.source = source
  }

  func content(_ id: ObjectID) -> (kind: ObjectKind, bytes: [UInt8])? {
    if let found = pack?.content(id) ?? fetched[id] { return found }
    guard let source, !absent.contains(id) else { return nil }
    guard let object = source.object(id.hex) else { return miss(id) }
    let kind = ObjectKind(object.kind)
    guard ObjectHasher(id.format).id(kind, object.bytes.span) == id else { return miss(id) }
    // Past the bound the oldest knowledge goes, not the newest.
    if fetchedTotal + object.bytes.count > GitLimits.fetchedTotal { (fetched, fetchedTotal) = ([:], 0) }
    if object.bytes.count <= GitLimits.structureLength {
      fetched[id] = (kind, object.bytes)
      fetchedTotal += object.bytes.count
    }
    return (kind, object.bytes)
  }

  func content(_ id: ObjectID, _ kind: ObjectKind) -> [UInt8]? {
    guard let found = content(id), found.kind == kind else { return nil }
    return found.bytes
  }

  private func miss(_ id: ObjectID) -> (kind: ObjectKind, bytes: [UInt8])? {
    if absent.count < GitLimits.references { absent.insert(id) }
    return nil
  }
}
