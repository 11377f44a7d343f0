/// A conversation of git with a repository: references that were told, objects that were fetched or pushed.
public struct RepositoryExchange: Sendable {
  public enum Operation: String, Sendable, Hashable {
    /// References were asked for and no objects.
    case list
    case fetch
    case push
    case archive
  }

  public var operation: Operation
  /// The path as the request named it: `/srv/git/shop.git`.
  public var repository: String
  /// Version of the wire protocol: 0, 1 or 2.
  public var version: Int
  public var updates: [ReferenceUpdate] = []
  /// Object ids that were asked for, with the reference that had been told for it where there is one.
  public var wants: [String] = []
  /// Objects that the client said it has already.
  public var haveCount = 0
  /// `agent=` of the client and the server.
  public var clientAgent: String?
  public var serverAgent: String?
  public var isAtomic = false
  public var pushOptions: [String] = []
  public var pack: PackFacts?
  /// The commits that moved, as `git log -p --format=raw` shows them; layout `text`.
  public var history: Payload?
  /// Commits in `history`, oldest last.
  public var commits: [CommitFacts] = []
  /// What the server said on the side bands: progress, output of hooks.
  public var messages: Payload?
  /// `unpack` status of the report: `ok` or the error. Nil when there was none.
  public var unpackStatus: String?
  /// References that the server told; nil when it was not asked, or the answer was not captured.
  public var referenceCount: Int?
  /// Bytes of the archive that was sent.
  public var archiveByteCount: UInt64?
  /// What HEAD is a symbolic reference to: `refs/heads/main`.
  public var head: String?
  /// `sha1` or `sha256`.
  public var objectFormat = "sha1"
  /// What else was asked for, as sent: `deepen 1`, `filter blob:none`, `shallow <id>`, `ref-prefix refs/heads/`, the arguments
  /// of an archive, `object-info`.
  public var arguments: [String] = []
  /// `session-id=` of the client and the server.
  public var clientSession: String?
  public var serverSession: String?
  /// The text of a signed push, with its signature, which is not verified (`push-cert`).
  public var certificate: String?
  /// Places outside the conversation that the server named for packs (`packfile-uris`) or bundles (`bundle-uri`).
  public var locations: [String] = []
  /// What is known of this exchange only in part, and why.
  public var notes: [String] = []
  /// An ERR packet or an error on band 3 ended it.
  public var error: String?

  public init(_ operation: Operation, repository: String, version: Int) {
    self.operation = operation
    self.repository = repository
    self.version = version
  }
}

/// A reference that a push asked to change (gitprotocol-pack(5)).
public struct ReferenceUpdate: Sendable, Hashable {
  public enum Outcome: Sendable, Hashable {
    case ok
    /// The server's reason: `non-fast-forward`, `pre-receive hook declined`.
    case refused(String)
    /// No report, or it was not captured.
    case unknown
  }

  /// `refs/heads/main`.
  public var name: String
  /// Nil when the reference is created.
  public var old: String?
  /// Nil when the reference is deleted.
  public var new: String?
  /// The new commit does not descend from the old one; nil when the commits at hand cannot tell.
  public var isForced: Bool?
  public var outcome = Outcome.unknown
  /// `option` lines of report-status-v2, as told: `forced-update`, `refname refs/heads/main`.
  public var reportOptions: [String] = []

  public init(name: String, old: String?, new: String?) {
    self.name = name
    self.old = old
    self.new = new
  }
}

/// What is known of a packfile (gitformat-pack(5)).
public struct PackFacts: Sendable, Hashable {
  public var byteCount: UInt64
  /// As its header says.
  public var objectCount: UInt32
  public var commitCount = 0
  public var treeCount = 0
  public var blobCount = 0
  public var tagCount = 0
  /// Deltas whose base is not in the pack.
  public var missingBaseCount = 0
  /// Deltas that could not be rebuilt, as their base is missing or was not kept; part of `objectCount`.
  public var unresolvedCount = 0
  /// Objects that were read and whose content was not kept, because of its size or of the bound on all of them.
  public var unkeptCount = 0
  /// The checksum at its end is that of its bytes; nil when its end was not captured.
  public var isIntact: Bool?

  public init(byteCount: UInt64, objectCount: UInt32) {
    self.byteCount = byteCount
    self.objectCount = objectCount
  }
}

/// A commit that moved, and what it did to paths where its trees are at hand.
public struct CommitFacts: Sendable, Hashable {
  public struct Change: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
      case added = "A"
      case modified = "M"
      case deleted = "D"
      case typeChanged = "T"
    }

    public var kind: Kind
    public var path: String

    public init(_ kind: Kind, path: String) {
      self.kind = kind
      self.path = path
    }
  }

  public var id: String
  public var parents: [String]
  /// `Name <mail>`.
  public var author: String
  public var authoredAt: Timestamp?
  public var committer: String
  public var committedAt: Timestamp?
  /// `+0100`, as written.
  public var authorZone: String?
  public var committerZone: String?
  /// The message's first line.
  public var subject: String
  /// Trailers of the message, in order: `Co-authored-by`, `Agent-Session`.
  public var trailers: [HeaderField] = []
  /// `gpg`, `ssh`, `x509`, or nil; a signature is there, it is not verified.
  public var signature: String?
  /// Against the first parent; nil when the trees to compare are not at hand.
  public var changes: [Change]?
  /// What `changes` lacks, in a few words: directories that are not at hand, paths over the limit.
  public var changesNote: String?

  public init(id: String, parents: [String], author: String, committer: String, subject: String) {
    self.id = id
    self.parents = parents
    self.author = author
    self.committer = committer
    self.subject = subject
  }
}
