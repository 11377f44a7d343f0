/// What was done to a file or folder on the other side, by SFTP, SCP or rsync.
public struct FileOperation: Sendable {
  public enum Service: String, Sendable, Hashable {
    case sftp
    case scp
    case rsync
  }

  public enum Verb: String, Sendable, Hashable {
    /// Content went from the server to the client.
    case get
    /// Content went from the client to the server.
    case put
    /// Opened for both, or read and written through one handle.
    case edit
    /// Opened and closed without any content.
    case open
    case list
    case stat
    case setstat
    case rename
    case remove
    case mkdir
    case rmdir
    case symlink
    case link
    case readlink
    case realpath
    case statvfs
    case fsync
    case copy
    /// A question about the server itself, its limits and the names of its users; `path` holds the question's name.
    case inquire
    /// An extension that we have no name for; `path` holds its name.
    case other
  }

  public enum Outcome: Sendable, Hashable {
    case ok
    /// The status: `SSH_FX_NO_SUCH_FILE`, `scp: error`, and the server's text.
    case failed(code: String, message: String)
    /// The verdict was not captured.
    case unknown
  }

  public var service: Service
  public var verb: Verb
  /// As sent; what is no UTF-8 is replaced.
  public var path: String
  /// The other path of rename, symlink, link and copy.
  public var otherPath: String?
  /// Number of the channel in its session, in the order of opening, from 0.
  public var channel: UInt32
  public var outcome = Outcome.unknown
  /// Attributes that were set or told.
  public var attributes: FileAttributes?
  /// What moved, from offset 0 and in order; nil when nothing did.
  public var content: Payload?
  /// `content` is the whole file, so its digest is the file's.
  public var isWholeFile = false
  public var readByteCount: UInt64 = 0
  public var writtenByteCount: UInt64 = 0
  /// What needs saying: `read in part: 3 of 9 blocks`, names that were listed are in `content`.
  public var note: String?

  public init(_ service: Service, _ verb: Verb, path: String, channel: UInt32) {
    self.service = service
    self.verb = verb
    self.path = path
    self.channel = channel
  }
}

/// Attributes of a file (draft-ietf-secsh-filexfer-02 §5).
public struct FileAttributes: Sendable, Hashable {
  /// Bytes.
  public var size: UInt64?
  public var userID: UInt32?
  public var groupID: UInt32?
  /// `st_mode` of POSIX, type bits included where they were sent.
  public var permissions: UInt32?
  /// Seconds since the epoch.
  public var accessedAt: UInt32?
  public var modifiedAt: UInt32?

  public init() {}
}
