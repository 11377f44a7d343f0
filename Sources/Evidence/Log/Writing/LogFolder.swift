import Glibc

/// The files of a log on disk: put there whole and durably, or not at all. Links are not followed.
struct LogFolder: Sendable {
  static let checkpointName = "checkpoint"
  /// All checkpoints, oldest first.
  static let historyName = "checkpoints"
  static let lockName = "lock"

  /// What is about to be done to the disk.
  enum Step: Hashable, Sendable {
    case makeFolder(String)
    case write(String)
    case append(String)
    case sync(String)
    case rename(String, to: String)
    case syncFolder(String)
  }

  let path: String
  /// Called before each step; what it throws is as if the disk had refused.
  var before: (@Sendable (Step) throws(EvidenceLogError) -> Void)?
  /// Folders with names that are not yet on disk for good.
  private var unsynced: Set<String> = []

  init(path: String) { self.path = path }

  func place(_ name: String) -> String { name.isEmpty ? path : "\(path)/\(name)" }

  static func failure(_ place: String, _ number: CInt = errno) -> EvidenceLogError {
    let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    return EvidenceLogError([ENOSPC, EDQUOT, EFBIG].contains(number) ? .full : .file, place, reason)
  }

  /// Makes the log's own folder and those above it, durably.
  func create() throws(EvidenceLogError) { try create(path: path) }

  private func create(path: String) throws(EvidenceLogError) {
    if unsafe access(path, F_OK) == 0 { return }
    let above = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    if !above.isEmpty, above != path { try create(path: above) }
    try before?(.makeFolder(path))
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Self.failure(path) }
    try sync(folder: above.isEmpty ? "/" : above)
  }

  /// Makes a folder within and those above it; their names are durable after `sync`.
  mutating func create(_ name: String) throws(EvidenceLogError) {
    let place = place(name)
    if unsafe access(place, F_OK) == 0 { return }
    if !parent(of: name).isEmpty { try create(parent(of: name)) }
    try before?(.makeFolder(place))
    guard unsafe mkdir(place, 0o700) == 0 || errno == EEXIST else { throw Self.failure(place) }
    unsynced.insert(parent(of: name))
  }

  private func parent(of name: String) -> String { name.lastIndex(of: "/").map { String(name[..<$0]) } ?? "" }

  /// Puts a file in place, or another in place of it; its name is durable after `sync`, unless that is not wanted.
  mutating func put(
    _ name: String, _ bytes: [UInt8], syncsName: Bool = true
  ) throws(EvidenceLogError) {
    let (place, fresh) = (place(name), place(name + ".tmp"))
    let flags = O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
    var file = unsafe open(fresh, flags, 0o600)
    if file < 0, errno == ENOENT {
      try create(parent(of: name))
      file = unsafe open(fresh, flags, 0o600)
    }
    guard file >= 0 else { throw Self.failure(fresh) }
    defer { close(file) }
    try before?(.write(fresh))
    try Self.write(bytes, to: file, fresh)
    try before?(.sync(fresh))
    guard fdatasync(file) == 0 else { throw Self.failure(fresh) }
    try before?(.rename(fresh, to: place))
    guard unsafe rename(fresh, place) == 0 else { throw Self.failure(place) }
    if syncsName { unsynced.insert(parent(of: name)) }
  }

  /// Adds to a file, durably but for its name.
  mutating func append(_ name: String, _ bytes: [UInt8]) throws(EvidenceLogError) {
    let place = place(name)
    let file = unsafe open(place, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw Self.failure(place) }
    defer { close(file) }
    let start = lseek(file, 0, SEEK_END)
    if start == 0 { unsynced.insert(parent(of: name)) }
    do throws(EvidenceLogError) {
      try before?(.append(place))
      try Self.write(bytes, to: file, place)
      try before?(.sync(place))
      guard fdatasync(file) == 0 else { throw Self.failure(place) }
    } catch {
      // Half a note must not stand before the next one.
      if start >= 0 { _ = ftruncate(file, start) }
      throw error
    }
  }

  private static func write(_ bytes: [UInt8], to file: CInt, _ place: String) throws(EvidenceLogError) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.span.extracting(written..<bytes.count).withUnsafeBufferPointer { rest in
        unsafe Glibc.write(file, rest.baseAddress, rest.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(place, count < 0 ? errno : ENOSPC) }
      written += count
    }
  }

  /// Makes the names of all that was put durable.
  mutating func sync() throws(EvidenceLogError) {
    // Folders within before those around them.
    for name in unsynced.sorted(by: >) { try sync(folder: place(name)) }
    unsynced = []
  }

  private func sync(folder place: String) throws(EvidenceLogError) {
    try before?(.syncFolder(place))
    let folder = unsafe open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw Self.failure(place) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw Self.failure(place) }
  }

  /// A whole file; nil when it is not there.
  ///
  /// - Throws: `EvidenceLogError` when it cannot be read, is no regular file or longer than `limit`.
  func read(_ name: String, limit: Int) throws(EvidenceLogError) -> [UInt8]? {
    let place = place(name)
    let file = unsafe open(place, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      if errno == ELOOP { throw EvidenceLogError(.damaged, place, "is a link; a log has none") }
      throw Self.failure(place)
    }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else { throw Self.failure(place) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw EvidenceLogError(.damaged, place, "is no regular file") }
    guard let count = Int(exactly: status.st_size), count <= limit else {
      throw EvidenceLogError(.damaged, place, "is longer than \(limit) bytes")
    }
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(file, buffer.baseAddress?.advanced(by: filled), count - filled)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw Self.failure(place) }
      if got == 0 { break }
      filled += got
    }
    return Array(bytes.prefix(filled))
  }

  /// Names in a folder of the log, sorted; none when it is not there.
  func names(in name: String) throws(EvidenceLogError) -> [String] {
    let place = place(name)
    guard let stream = unsafe opendir(place) else {
      if errno == ENOENT || errno == ENOTDIR { return [] }
      throw Self.failure(place)
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let bytes = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        unsafe tuple.withMemoryRebound(to: UInt8.self, capacity: 256) { start in
          unsafe Array(UnsafeBufferPointer(start: start, count: strnlen(start, 256)))
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      if text != ".", text != ".." { names.append(text) }
    }
    return names.sorted()
  }

  /// The name of a folder, however the path to it is written; empty when it is not there.
  static func lastName(of path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return "" }
    defer { unsafe free(real) }
    return unsafe String(cString: real).split(separator: "/").last.map(String.init) ?? ""
  }

  /// Whether something of that name is there.
  func contains(_ name: String) throws(EvidenceLogError) -> Bool {
    if unsafe access(place(name), F_OK) == 0 { return true }
    guard errno == ENOENT || errno == ENOTDIR else { throw Self.failure(place(name)) }
    return false
  }

  /// Removes a file, or an empty folder; what is not there is no error.
  func remove(_ name: String) {
    if unsafe unlink(place(name)) != 0, errno == EISDIR || errno == EPERM { _ = unsafe rmdir(place(name)) }
  }

  /// Cuts a file.
  func truncate(_ name: String, to count: Int) throws(EvidenceLogError) {
    let place = place(name)
    guard unsafe Glibc.truncate(place, off_t(count)) == 0 else { throw Self.failure(place) }
  }
}
