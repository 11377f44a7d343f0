/// Addresses to which anyone may post into a channel of Slack: workspace, application and a secret of 24 characters.
enum SlackWebhook {
  private static let characters = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/")
  private static let limit = 80

  /// The part behind `https://`.
  static func find(_ bytes: Span<UInt8>, at start: Int) -> Range<Int>? {
    guard bytes.has("hooks.slack.com/", at: start) else { return nil }
    let path = start + 16
    let end = bytes.end(of: characters, from: path, limit: limit)
    guard bytes.has("services/T", at: path) || bytes.has("workflows/T", at: path) else { return nil }
    return end - path >= 40 ? start..<end : nil
  }
}
