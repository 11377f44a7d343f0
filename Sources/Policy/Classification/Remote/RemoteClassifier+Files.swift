import Bytes
public import Model

extension RemoteClassifier {
  /// Something that was done to a file or folder.
  public func part(of file: FileOperation, on host: String) -> ActionPart {
    let path = Self.plain(file.path)
    let otherPath = file.otherPath.map(Self.plain)
    var what = Classification(verb: file.verb.rawValue, effect: .read)
    what.fingerprint = "\(file.service.rawValue) \(file.verb.rawValue)"
    func touches(_ access: String, _ kind: String, _ name: String) {
      what.resources.append(Resource(access, kind, name))
    }
    switch file.verb {
    case .get, .open: touches("read", "file", path)
    case .list: touches("read", "folder", path)
    case .stat, .readlink, .realpath, .statvfs: touches("read", "file", path)
    case .put, .edit:
      what.effect = .write
      touches("write", "file", path)
    case .fsync: what.effect = .session
    case .setstat:
      // Modes and owners are rights; sizes and times are content.
      let attributes = file.attributes
      let isRight = attributes?.permissions != nil || attributes?.userID != nil || attributes?.groupID != nil
      what.effect = isRight ? .privilege : .write
      touches("alter", "file", path)
    case .rename:
      what.effect = .write
      touches("rename", "file", path)
      if let other = otherPath { touches("write", "file", other) }
    case .remove:
      what.effect = .write
      touches("drop", "file", path)
    case .mkdir:
      what.effect = .write
      touches("create", "folder", path)
    case .rmdir:
      what.effect = .write
      touches("drop", "folder", path)
    case .symlink, .link:
      // By its new name the old file is reached from here on.
      what.effect = .write
      touches("create", "file", path)
      if let otherPath { touches("link", "file", otherPath) }
    case .copy:
      what.effect = .write
      touches("read", "file", path)
      if let other = otherPath { touches("write", "file", other) }
    case .inquire: what.effect = .session
    case .other:
      what.effect = .unknown
      what.note = "an extension that is not known"
    }
    what.note = [what.note, file.note].compactMap(\.self).joined(separator: "; ")
    if what.note?.isEmpty == true { what.note = nil }
    let shown = [file.verb.rawValue, file.path, file.otherPath.map { "→ \($0)" }].compactMap(\.self)
    var part = ActionPart(
      kind: file.service.rawValue, text: shown.joined(separator: " "), classification: what, status: .ok)
    switch file.outcome {
    case .ok: break
    case .unknown: part.status = .incomplete
    case .failed(let code, let message):
      part.status = code == "SSH_FX_PERMISSION_DENIED" ? .denied : .error
      part.code = code
      part.message = message
    }
    part.parameters = parameters(of: file)
    if let content = file.content { mask(content, of: file, &part) }
    bound(&part)
    return part
  }

  /// A path without what leads back in it, as far as its words tell: `/srv/in/../../etc/x` is `/etc/x`. Links may lead elsewhere.
  static func plain(_ path: String) -> String {
    guard path.contains("/.") || path.contains("//") || path.hasPrefix("./") else { return path }
    let isAbsolute = path.hasPrefix("/")
    var kept: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = kept.last, last != ".." {
        kept.removeLast()
      } else if part != ".." || !isAbsolute {
        kept.append(part)
      }
    }
    let joined = kept.joined(separator: "/")
    return isAbsolute ? "/" + joined : joined.isEmpty ? "." : joined
  }

  /// Sizes, rights and times that were set or told.
  private func parameters(of file: FileOperation) -> String? {
    var list: [String] = []
    if let attributes = file.attributes {
      if let size = attributes.size { list.append("size \(size)") }
      if let mode = attributes.permissions { list.append("mode \(String(mode & 0o7777, radix: 8))") }
      if let user = attributes.userID { list.append("uid \(user)") }
      if let group = attributes.groupID { list.append("gid \(group)") }
      if let time = attributes.modifiedAt {
        list.append("modified \(Timestamp(nanoseconds: Int64(time) * 1_000_000_000))")
      }
    }
    if file.readByteCount > 0 { list.append("read \(file.readByteCount) bytes") }
    if file.writtenByteCount > 0 { list.append("written \(file.writtenByteCount) bytes") }
    if let content = file.content, file.isWholeFile { list.append("sha256 \(content.digest.hex)") }
    guard !list.isEmpty else { return nil }
    var json = JSONWriter()
    json.value(list)
    return json.text
  }

  /// A connection that was carried, or asked to be carried.
  public func part(of forwarding: Forwarding) -> ActionPart {
    var what = Classification(
      verb: forwarding.kind.rawValue, effect: .execute,
      resources: [Resource("execute", "forward", forwarding.destination)],
      fingerprint: "ssh \(forwarding.kind.rawValue)")
    switch forwarding.kind {
    case .cancelListen:
      what.effect = .session
      what.resources = [Resource("use", "port", forwarding.destination)]
    case .listen: what.resources = [Resource("use", "port", forwarding.destination)]
    case .agent: what.note = "the server used the client's authentication agent"
    default: break
    }
    var text = "\(forwarding.kind.rawValue) \(forwarding.destination)"
    if let originator = forwarding.originator { text += " from \(originator)" }
    var part = ActionPart(kind: "forward", text: text, classification: what, status: .ok)
    switch forwarding.outcome {
    case .accepted: break
    case .unknown: part.status = .incomplete
    case .refused(let reason):
      part.status = .denied
      part.message = reason
    }
    return part
  }
}
