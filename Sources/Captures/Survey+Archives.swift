import Bytes
import Model

/// What lies in archives, and keys.
extension Survey {
  func takeArchive(_ bytes: any RandomAccessBytes, _ form: ArchiveHandle.Form, ordinal: Int) throws {
    let group = ArchiveGroup(options.archives, byteCount: bytes.byteCount, ordinal: ordinal)
    let before = candidates.count + documents.count
    let known = sources.count
    let root = ArchiveRoot(bytes, form, path: sources[ordinal].path, depth: 1, weight: 1, group: group)
    try survey(root)
    let skipped = sources[known...].count { $0.isSkipped }
    if candidates.count + documents.count == before, skipped == 0 {
      let count = group.surveyBudget.memberCount
      // What is wrong with the archive, or else with the first bad member of it, says more than a number.
      let trouble = sources[ordinal].note ?? sources[(ordinal + 1)...].first { !$0.isComplete }?.note
      let reason = "holds no capture (\(trouble ?? (count == 1 ? "1 member" : "\(count) members")))"
      let isEncrypted = trouble?.contains("encrypted") == true
      sources[ordinal].remark("no capture in it")
      problems.append(
        InputError(
          .noCapture, path: sources[ordinal].path, reason: reason,
          advice: isEncrypted ? InputError.unpackFirst : InputError.giveCapture))
    }
  }

  private func survey(_ root: ArchiveRoot) throws {
    let number = roots.count
    roots.append(root)
    let walker = root.walk(root.group.surveyBudget)
    while let leaf = walker.next() {
      root.roles.append(.ignored)
      root.roles[leaf.index] = try role(of: leaf, root: number)
    }
    for problem in walker.problems { noteArchiveProblem(problem, ordinal: root.group.ordinal) }
    root.bytes.release()
  }

  private func role(of leaf: ArchiveWalker.Leaf, root number: Int) throws -> ArchiveRoot.Role {
    let root = roots[number]
    if let source = leaf.source, case .container(let container) = leaf.content {
      try takeNested(leaf, source, container, in: root)
      return .ignored
    }
    var leaf = leaf
    if leaf.source != nil { leaf.content = content(of: leaf.head, isWhole: leaf.isWhole, path: leaf.path) }
    let headDigest = SHA256.digest(of: leaf.head.span)
    let size = leaf.isWhole ? UInt64(leaf.head.count) : leaf.byteCount
    let ordinal = add(leaf.path, leaf.content, byteCount: size ?? 0, headDigest: leaf.source == nil ? nil : headDigest)
    guard let source = leaf.source else {
      if let problem = leaf.problem { note(problem, ordinal: ordinal) }
      return .ignored
    }
    var asked = leaf.isWhole ? headDigest : nil
    if leaf.content == .keys { asked = takeKeys(source, ordinal: ordinal) }
    let probe = SourceProbe(path: leaf.path, byteCount: size, headDigest: headDigest) {
      if let asked { return asked }
      let digest = try Survey.digest(of: source)
      asked = digest
      return digest
    }
    if try isKnown(probe) {
      skip(ordinal, "known already")
      return .ignored
    }
    if leaf.content == .keys { return .other(ordinal: ordinal) }
    if case .document(let kind) = leaf.content {
      let extent = try spool.append(source, path: leaf.path)
      if let trouble = extent.trouble { note(trouble, ordinal: ordinal) }
      documents.append(
        CaptureDocument(ordinal: ordinal, path: leaf.path, kind: kind, modifiedAt: nil, bytes: extent))
      return .ignored
    }
    guard leaf.content.isCapture else {
      refuse(leaf.content, ordinal: ordinal, isMember: true)
      return .other(ordinal: ordinal)
    }
    candidates.append(
      Candidate(
        ordinal: ordinal, place: .leaf(root: number, index: leaf.index), byteCount: size, headDigest: headDigest,
        digest: asked, firstAt: firstTime(leaf.head)))
    return .packets(ordinal: ordinal)
  }

  /// A zip or 7-Zip file within an archive: these are read from their end, so it is put aside and surveyed by itself.
  private func takeNested(
    _ leaf: ArchiveWalker.Leaf, _ source: MemberSource, _ container: Content.Container, in root: ArchiveRoot
  ) throws {
    guard leaf.depth <= root.group.limits.depth else {
      let problem = InputError(
        .archiveDepth, path: leaf.path, reason: "archives nested deeper than \(root.group.limits.depth); not opened",
        advice: "unpack the outer ones first")
      return noteArchiveProblem(problem, ordinal: root.group.ordinal)
    }
    let extent = try spool.append(source, path: leaf.path)
    if let trouble = extent.trouble { noteArchiveProblem(trouble, ordinal: root.group.ordinal) }
    try survey(
      ArchiveRoot(
        extent, .container(container), path: leaf.path, depth: leaf.depth, weight: source.costShare,
        group: root.group))
  }

  // MARK: Keys

  /// Reads a file of keys. One that was read in an earlier ingest may be needed for captures that are new.
  ///
  /// - Returns: the digest of what was read.
  func takeKeys(_ source: any ByteSource, ordinal: Int) -> Digest {
    var bytes: [UInt8] = []
    while bytes.count < KeyFile.byteLimit {
      let (block, failure) = readHead(of: source, limit: Content.headByteCount)
      bytes += block
      if let failure { note(failure, ordinal: ordinal) }
      guard failure == nil, block.count == Content.headByteCount else { break }
    }
    let digest = SHA256.digest(of: bytes.span)
    let secret = DecryptionSecrets(source: UInt32(clamping: ordinal), type: DecryptionSecrets.file, bytes: bytes)
    if !secrets.keep(secret) {
      note(
        InputError(.inputLimit, path: sources[ordinal].path, reason: "more keys than are kept; not used"),
        ordinal: ordinal)
    }
    problems.append(
      InputError(
        .noCapture, path: sources[ordinal].path, reason: "keys, and no capture that they could open",
        advice: "give the capture too"))
    return digest
  }
}
