/// What a run of the recorder told since its `open`.
struct LeafCounts: Hashable, Sendable {
  var leaves: UInt64 = 0
  var extents: UInt64 = 0
  var bytes: UInt64 = 0
  var losses: UInt64 = 0

  mutating func add(_ record: LeafRecord) {
    leaves &+= 1
    switch record {
    case .open: self = LeafCounts(leaves: 1)
    case .extent(let extent):
      extents &+= 1
      bytes &+= extent.length
    case .lost: losses &+= 1
    default: break
    }
  }
}
