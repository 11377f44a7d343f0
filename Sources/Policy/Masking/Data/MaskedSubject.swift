import Bytes

/// What approvals are held against where the text or the parameters of an action were masked: a digest of what they were,
/// because what they became is the same for many.
enum MaskedSubject {
  /// Over the text as `ApprovalChange` has it and the values in their order, each with its length.
  static func digest(of text: String, kind: String, parameters: [String?]) -> String {
    var writer = ByteWriter()
    for part in [ApprovalChange.normalised(text, kind: kind)] + parameters {
      writer.write(Int64(part?.utf8.count ?? -1))
      writer.write(part ?? "")
    }
    return SHA256.digest(of: writer.bytes.span).hex
  }
}
