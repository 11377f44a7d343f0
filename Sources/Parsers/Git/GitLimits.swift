/// Bounds on what is kept of a conversation with git, and on the work that it may cost.
enum GitLimits {
  /// The longest packet: gitprotocol-common(5) allows 65516 bytes of data and 4 of length; implementations accept 65520.
  static let packetLength = 65520
  /// References that are remembered of an advertisement; more are counted.
  static let references = 100_000
  /// Wants, updates, push options, arguments and notes that are kept, of each.
  static let items = 10_000
  /// Bytes of a push certificate.
  static let certificateLength = 64 << 10

  /// Objects of a pack whose place is remembered, so that deltas can name them by offset.
  static let trackedObjects = 1 << 20
  /// The largest commit, tree or tag that is kept.
  static let structureLength = 16 << 20
  /// Bytes of commits, trees and tags that are kept of a pack.
  static let structureTotal = 128 << 20
  /// The largest blob that is kept.
  static let blobLength = 4 << 20
  /// Bytes of blobs that are kept from the beginning of a pack: git writes what is newest first.
  static let leadingBlobTotal = 32 << 20
  /// Bytes of later blobs that are kept, of which the longest unused give way: bases of the deltas that follow.
  static let rotatingBlobTotal = 32 << 20
  /// Bytes of deltas that wait for their base.
  static let waitingTotal = 16 << 20
  /// Bytes that deltas may be rebuilt to, whatever the pack's length is.
  static let rebuiltFloor: UInt64 = 1 << 30
  /// Bytes that deltas may be rebuilt to for each byte of the pack; chains of trees reach some hundreds.
  static let rebuiltRatio: UInt64 = 256
  /// Bytes inflated at a time.
  static let blockLength = 64 << 10

  /// Commits that are told of one by one; more are counted.
  static let commits = 10_000
  /// Paths that are told of a commit, and of all commits together.
  static let changesOfCommit = 10_000
  static let changes = 200_000
  /// How deep directories may lie in each other.
  static let treeDepth = 256
  /// Entries of trees that may be compared.
  static let comparedEntries = 20_000_000
  /// The longest path that is told.
  static let pathLength = 4096
  /// Text of a history that is written; what is kept of it is the body limit.
  static let historyLength: UInt64 = 64 << 20
  /// The largest file of which lines are compared.
  static let comparedLength = 2 << 20
  /// Steps that the comparison of one pair of files may take.
  static let comparisonSteps = 20_000_000
  /// Steps that the comparisons of one history may take.
  static let historySteps = 2_000_000_000
  /// Commits that are walked to tell whether one descends from another.
  static let walkedCommits = 100_000
  /// Objects that are fetched from a local clone, in bytes.
  static let fetchedTotal = 256 << 20
}
