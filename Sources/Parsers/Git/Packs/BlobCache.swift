/// Which blobs are kept: the first of a pack to stay, the later ones as long as there is room and they are used.
struct BlobCache {
  private struct Turn {
    var id: ObjectID
    var stamp: UInt64
  }

  private var blobs: [ObjectID: (bytes: [UInt8], stamp: UInt64)] = [:]
  private var leadingTotal = 0
  private var rotatingTotal = 0
  private var turns: [Turn] = []
  private var firstTurn = 0
  private var clock: UInt64 = 0
  private(set) var evictedCount = 0

  /// A blob that stays has no stamp.
  private static let stays: UInt64 = 0

  func contains(_ id: ObjectID) -> Bool { blobs[id] != nil }

  func content(_ id: ObjectID) -> [UInt8]? { blobs[id]?.bytes }

  var kept: [(id: ObjectID, bytes: [UInt8])] { blobs.map { ($0.key, $0.value.bytes) } }

  /// The content, which is then the last to go.
  mutating func use(_ id: ObjectID) -> [UInt8]? {
    guard let blob = blobs[id] else { return nil }
    if blob.stamp != Self.stays { touch(id) }
    return blob.bytes
  }

  /// False when it is too large to be kept.
  mutating func insert(_ id: ObjectID, _ bytes: [UInt8]) -> Bool {
    guard bytes.count <= GitLimits.blobLength else { return false }
    guard blobs[id] == nil else { return true }
    if leadingTotal + bytes.count <= GitLimits.leadingBlobTotal {
      leadingTotal += bytes.count
      blobs[id] = (bytes, Self.stays)
      return true
    }
    rotatingTotal += bytes.count
    blobs[id] = (bytes, 1)
    touch(id)
    while rotatingTotal > GitLimits.rotatingBlobTotal { evict() }
    return true
  }

  private mutating func touch(_ id: ObjectID) {
    clock += 1
    blobs[id]?.stamp = clock + 1
    turns.append(Turn(id: id, stamp: clock + 1))
    // Turns of blobs that were used again since are dead; there are never more than a few of them for each blob.
    if turns.count - firstTurn > 4 * blobs.count + 64 || firstTurn > turns.count / 2 + 64 {
      turns = turns[firstTurn...].filter { blobs[$0.id]?.stamp == $0.stamp }
      firstTurn = 0
    }
  }

  private mutating func evict() {
    while firstTurn < turns.count {
      let turn = turns[firstTurn]
      firstTurn += 1
      guard let blob = blobs[turn.id], blob.stamp == turn.stamp else { continue }
      rotatingTotal -= blob.bytes.count
      blobs[turn.id] = nil
      evictedCount += 1
      return
    }
    rotatingTotal = 0
  }
}
