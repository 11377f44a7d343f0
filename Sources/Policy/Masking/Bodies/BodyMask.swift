import Bytes
import Codings

/// Masks the content of an answer while it goes by, by the rules that mask captures: what it gives is what `exhibit ingest`
/// shows of the whole, in whatever pieces it comes.
///
/// Codings are removed. What cannot be masked throws, and then nothing more of the answer may be shown. Memory is bounded by named
/// limits, whatever the length.
public struct BodyMask {
  /// What decides how content is masked.
  public struct Form: Sendable, Hashable {
    /// The Content-Type field.
    public var mediaType: String?
    /// Codings in the order in which they were applied.
    public var codings: [String]
    /// The grpc-encoding field.
    public var messageEncoding: String?
    /// Leave out content that is compressed by its nature, such as pictures and archives.
    public var passesCompressed: Bool

    public init(
      mediaType: String?, codings: [String] = [], messageEncoding: String? = nil, passesCompressed: Bool = false
    ) {
      (self.mediaType, self.codings) = (mediaType, codings)
      (self.messageEncoding, self.passesCompressed) = (messageEncoding, passesCompressed)
    }
  }

  /// The content is as long as it was: a Content-Length may stay.
  public let keepsLength: Bool
  private var mask: DataMask
  private var content: any BodyContent
  private var charset: BodyCharset?
  /// In the order in which they are removed.
  private var decoders: [any ContentDecoder]
  private var codedCount: UInt64 = 0
  private var decodedCount: UInt64 = 0
  private var failure: BodyMaskFailure?

  /// - Throws: `BodyMaskFailure` for codings and charsets that are not known.
  public init(_ form: Form, mask: DataMask) throws(BodyMaskFailure) {
    self.mask = mask
    let names = form.codings.map { $0.lowercased() }.filter { $0 != "identity" && $0 != "chunked" }
    let known = names.compactMap(ContentCoding.init(name:))
    guard known.count == names.count else {
      throw BodyMaskFailure(.coding, "a content coding that is not removed")
    }
    guard known.count <= ContentLimits.codingDepth else { throw BodyMaskFailure(.coding, "too many content codings") }
    decoders = known.reversed().map { $0.makeDecoder() }
    content = Self.content(form)
    let type = form.mediaType.map(MediaType.init)
    let isText = type?.isText == true && GRPCForm(mediaType: form.mediaType) == nil
    // "Streams must be decoded using the UTF-8 decode algorithm" (HTML Living Standard, §9.2.6).
    charset = isText ? try BodyCharset(type?.charset ?? (type?.isEventStream == true ? "utf-8" : nil)) : nil
    keepsLength = known.isEmpty && (content is CoveredContent || content is PassingContent)
  }

  private static func content(_ form: Form) -> any BodyContent {
    if let messages = GRPCForm(mediaType: form.mediaType) {
      return GRPCContent(messages, encoding: form.messageEncoding)
    }
    guard let media = form.mediaType?.lowercased() else { return UnknownContent() }
    let type = MediaType(media)
    if media.hasPrefix("application/x-www-form-urlencoded") { return FormContent() }
    if media.hasPrefix("text/csv") { return CSVContent() }
    if type.isEventStream { return EventContent() }
    // Pictures of a camera, without end.
    if type.essence == "multipart/x-mixed-replace" { return CoveredContent() }
    if type.essence.hasPrefix("multipart/") { return WholeContent(mediaType: form.mediaType ?? "") }
    if type.isText { return TextContent() }
    if form.passesCompressed, CompressedTypes.contains(type.essence) { return PassingContent() }
    return type.isBinary ? CoveredContent() : UnknownContent()
  }

  /// What was masked since this was asked last. Never the values.
  public mutating func takeTally() -> MaskTally { mask.takeTally() }

  // MARK: Content

  /// Adds content, without chunk framing; gives what may be shown by now.
  public mutating func feed(_ bytes: Span<UInt8>) throws(BodyMaskFailure) -> [UInt8] {
    if let failure { throw failure }
    var out: [UInt8] = []
    guard !decoders.isEmpty else {
      codedCount += UInt64(bytes.count)
      try keep { (self: inout BodyMask) throws(BodyMaskFailure) in try self.take(bytes, &out) }
      return out
    }
    var index = 0
    while index < bytes.count {
      // Up to the next multiple of a step, so that no bound depends on how the content was cut.
      let room = Int(ContentLimits.stepLength - codedCount % ContentLimits.stepLength)
      let end = min(bytes.count, index + room)
      codedCount += UInt64(end - index)
      if !decode(bytes.extracting(index..<end), stage: 0, &out) {
        let reason = failure ?? BodyMaskFailure(.damaged, "compressed content is damaged")
        failure = reason
        throw reason
      }
      index = end
    }
    return out
  }

  /// Nothing came for a while: gives what waits for its end if it is plain words. Of a value that goes on behind the pause no
  /// more is shown than a word that an address of mail begins with.
  public mutating func settle() throws(BodyMaskFailure) -> [UInt8] {
    if let failure { throw failure }
    var out: [UInt8] = []
    try keep { (self: inout BodyMask) throws(BodyMaskFailure) in
      try self.content.settle(&self.mask, into: &out)
      if self.charset != nil { out = self.charset?.write(out) ?? out }
    }
    return out
  }

  /// The end of the content: what was held back.
  public mutating func finish() throws(BodyMaskFailure) -> [UInt8] {
    if let failure { throw failure }
    guard codedCount == 0 || decoders.allSatisfy(\.isComplete) else {
      let reason = BodyMaskFailure(.damaged, "compressed content ends before it is whole")
      failure = reason
      throw reason
    }
    var out: [UInt8] = []
    try keep { (self: inout BodyMask) throws(BodyMaskFailure) in
      if let rest = self.charset?.finishReading(), !rest.isEmpty {
        try self.content.receive(rest.span, &self.mask, into: &out)
      }
      try self.content.finish(&self.mask, into: &out)
      if self.charset != nil { out = (self.charset?.write(out) ?? []) + (self.charset?.finishWriting() ?? []) }
    }
    return out
  }

  // MARK: Details

  /// Remembers a failure.
  private mutating func keep(
    _ body: (inout BodyMask) throws(BodyMaskFailure) -> Void
  ) throws(BodyMaskFailure) {
    do {
      try body(&self)
    } catch {
      failure = error
      throw error
    }
  }

  /// Hands `bytes` to the decoder at `stage`, and what comes out to the next.
  private mutating func decode(_ bytes: Span<UInt8>, stage: Int, _ out: inout [UInt8]) -> Bool {
    guard stage < decoders.count else {
      decodedCount += UInt64(bytes.count)
      guard decodedCount <= ContentLimits.decodedLimit(coded: codedCount) else {
        failure = BodyMaskFailure(.bomb, "far more than so little compressed content should give")
        return false
      }
      do {
        try take(bytes, &out)
        return true
      } catch {
        failure = error
        return false
      }
    }
    return decoders[stage].decode(bytes) { output in self.decode(output, stage: stage + 1, &out) }
  }

  private mutating func take(_ bytes: Span<UInt8>, _ out: inout [UInt8]) throws(BodyMaskFailure) {
    guard charset != nil else { return try content.receive(bytes, &mask, into: &out) }
    guard let text = charset?.read(bytes, into: &out) else { return }
    var shown: [UInt8] = []
    try content.receive(text.span, &mask, into: &shown)
    out += charset?.write(shown) ?? shown
  }
}

/// Media types of content that is compressed by its nature: detectors find nothing in it but what looks like a value by chance.
enum CompressedTypes {
  private static let essences: Set<String> = [
    "application/zip", "application/gzip", "application/x-gzip", "application/zstd", "application/x-xz",
    "application/x-bzip2", "application/x-7z-compressed", "application/vnd.rar", "application/java-archive",
    "application/x-git-upload-pack-result", "application/x-git-packed-objects", "application/wasm",
    "application/vnd.docker.image.rootfs.diff.tar.gzip", "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.oci.image.layer.v1.tar+zstd", "application/vnd.debian.binary-package",
    "application/x-debian-package",
    "application/x-rpm", "application/vnd.android.package-archive", "application/pdf",
  ]

  static func contains(_ essence: String) -> Bool {
    if essence == "image/svg+xml" { return false }
    return essences.contains(essence) || ["image/", "audio/", "video/", "font/"].contains { essence.hasPrefix($0) }
  }
}
