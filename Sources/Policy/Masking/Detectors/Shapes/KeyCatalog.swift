/// Keys that are told by their beginning; their shapes are those that the services document (docs/formats/detectors.md).
struct KeyCatalog: Sendable {
  static let shared = KeyCatalog()

  static let shapes: [KeyShape] = [
    // AWS, IAM identifiers: long-term and temporary keys.
    KeyShape(.awsAccessKeyID, "AKIA", .upper, 16...16), KeyShape(.awsAccessKeyID, "ASIA", .upper, 16...16),
    KeyShape(.awsAccessKeyID, "ABIA", .upper, 16...16), KeyShape(.awsAccessKeyID, "ACCA", .upper, 16...16),
    KeyShape(.googleAPIKey, "AIza", .base64URL, 35...35), KeyShape(.googleClientSecret, "GOCSPX-", .base64URL, 28...28),
    KeyShape(.googleOAuthToken, "ya29.", .base64URL, 20...400, .mixed),
    // The last six of the thirty-six are a checksum.
    KeyShape(.githubToken, "ghp_", .alphanumeric, 36...36, .checksum),
    KeyShape(.githubToken, "gho_", .alphanumeric, 36...36, .checksum),
    KeyShape(.githubToken, "ghu_", .alphanumeric, 36...36, .checksum),
    KeyShape(.githubToken, "ghs_", .alphanumeric, 36...36, .checksum),
    KeyShape(.githubToken, "ghr_", .alphanumeric, 36...76, .mixed),
    KeyShape(.githubFineGrainedToken, "github_pat_", .base64URL, 82...82),
    KeyShape(.gitlabToken, "glpat-", .dotted, 20...320, .mixed),
    KeyShape(.gitlabToken, "gldt-", .base64URL, 20...64, .mixed),
    KeyShape(.gitlabToken, "glptt-", .base64URL, 40...40), KeyShape(.gitlabToken, "glrt-", .dotted, 20...320, .mixed),
    KeyShape(.gitlabToken, "glcbt-", .base64URL, 20...80, .mixed),
    KeyShape(.gitlabToken, "glsoat-", .base64URL, 20...64, .mixed),
    KeyShape(.gitlabToken, "glft-", .base64URL, 20...64, .mixed),
    KeyShape(.gitlabToken, "glagent-", .base64URL, 50...64, .mixed),
    KeyShape(.slackToken, "xoxb-", .base64URL, 20...128, .mixed),
    KeyShape(.slackToken, "xoxp-", .base64URL, 20...128, .mixed),
    KeyShape(.slackToken, "xoxa-", .base64URL, 20...128, .mixed),
    KeyShape(.slackToken, "xoxr-", .base64URL, 20...128, .mixed),
    KeyShape(.slackToken, "xoxs-", .base64URL, 20...128, .mixed),
    KeyShape(.slackToken, "xoxe.", .dotted, 40...256, .mixed),
    KeyShape(.slackToken, "xapp-", .base64URL, 40...256, .mixed),
    KeyShape(.stripeKey, "sk_live_", .alphanumeric, 20...120, .mixed),
    KeyShape(.stripeKey, "rk_live_", .alphanumeric, 20...120, .mixed),
    KeyShape(.stripeTestKey, "sk_test_", .alphanumeric, 20...120, .mixed),
    KeyShape(.stripeTestKey, "rk_test_", .alphanumeric, 20...120, .mixed),
    KeyShape(.stripeWebhookSecret, "whsec_", .alphanumeric, 32...64, .mixed),
    KeyShape(.npmToken, "npm_", .alphanumeric, 36...36, .checksum),
    // A macaroon for pypi.org, in base 64.
    KeyShape(.pypiToken, "pypi-AgEIcHlwaS5vcmc", .base64URL, 50...400),
    KeyShape(.dockerToken, "dckr_pat_", .base64URL, 27...27), KeyShape(.dockerToken, "dckr_oat_", .base64URL, 27...32),
    KeyShape(.digitaloceanToken, "dop_v1_", .hex, 64...64), KeyShape(.digitaloceanToken, "doo_v1_", .hex, 64...64),
    KeyShape(.digitaloceanToken, "dor_v1_", .hex, 64...64),
    KeyShape(.vaultToken, "hvs.", .base64URL, 24...160, .mixed),
    KeyShape(.vaultToken, "hvb.", .base64URL, 24...300, .mixed),
    KeyShape(.sendgridKey, "SG.", .dotted, 66...66, .contains(".")),
    KeyShape(.twilioKey, "SK", .hex, 32...32), KeyShape(.mailgunKey, "key-", .hex, 32...32),
    KeyShape(.anthropicKey, "sk-ant-", .base64URL, 80...140),
    // Those of OpenAI hold its name in base 64.
    KeyShape(.openaiKey, "sk-", .base64URL, 40...200, .contains("T3BlbkFJ")),
    KeyShape(.huggingfaceToken, "hf_", .alphanumeric, 34...40, .mixed),
    KeyShape(.shopifyToken, "shpat_", .hex, 32...32), KeyShape(.shopifyToken, "shpss_", .hex, 32...32),
    KeyShape(.shopifyToken, "shpca_", .hex, 32...32), KeyShape(.shopifyToken, "shppa_", .hex, 32...32),
    KeyShape(.squareToken, "sq0atp-", .base64URL, 22...22), KeyShape(.squareToken, "sq0csp-", .base64URL, 43...43),
    KeyShape(.squareToken, "EAAA", .base64URL, 60...60, .mixed),
    KeyShape(.databricksToken, "dapi", .hex, 32...34), KeyShape(.atlassianToken, "ATATT3", .dotted, 150...240),
    KeyShape(.grafanaToken, "glsa_", .base64URL, 41...41, .contains("_")),
    KeyShape(.grafanaToken, "glc_", .dotted, 32...400, .mixed),
    KeyShape(.newRelicKey, "NRAK-", .upper, 27...27), KeyShape(.linearKey, "lin_api_", .alphanumeric, 40...48, .mixed),
    KeyShape(.notionToken, "ntn_", .alphanumeric, 40...60, .mixed),
    KeyShape(.notionToken, "secret_", .alphanumeric, 43...43, .mixed),
    KeyShape(.alibabaAccessKeyID, "LTAI", .alphanumeric, 20...26, .mixed),
    KeyShape(.ageSecretKey, "AGE-SECRET-KEY-1", .upper, 58...58),
  ]

  static let codes = 1 << 15
  /// A bit for each three bytes, of which five bits count, with which a key begins; and with `eyJ`.
  private(set) var beginnings = [UInt64](repeating: 0, count: codes / 64)
  private var groups: [Int: [KeyShape]] = [:]

  private init() {
    insert(KeyCatalog.code(0x65, 0x79, 0x4A), nil)
    for shape in KeyCatalog.shapes {
      guard shape.beginning.count > 2 else {
        // Of two letters any third may follow.
        for third in 0..<32 { insert(KeyCatalog.code(shape.beginning[0], shape.beginning[1], UInt8(third)), shape) }
        continue
      }
      insert(KeyCatalog.code(shape.beginning[0], shape.beginning[1], shape.beginning[2]), shape)
    }
  }

  private mutating func insert(_ code: Int, _ shape: KeyShape?) {
    beginnings[code >> 6] |= 1 << UInt64(code & 63)
    if let shape { groups[code, default: []].append(shape) }
  }

  @inline(__always)
  static func code(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
    Int(first & 31) << 10 | Int(second & 31) << 5 | Int(third & 31)
  }

  /// The key or token at `start`, where a word begins.
  func find(_ bytes: Span<UInt8>, at start: Int) -> Detection? {
    if bytes.has("eyJ", at: start) { return WebToken.find(bytes, at: start) }
    let code = KeyCatalog.code(bytes.peek(start), bytes.peek(start + 1), bytes.peek(start + 2))
    for shape in groups[code] ?? [] where bytes.has(shape.beginning, at: start) {
      if let range = shape.find(bytes, at: start) {
        return Detection(kind: shape.kind, range: range, isCertain: shape.kind != .stripeTestKey)
      }
    }
    return nil
  }

  /// What keys of a kind begin with, of those that this one may be: the longest. Nil for kinds that have no beginning.
  static func beginning(of key: [UInt8], _ kind: DataKind) -> [UInt8]? {
    shapes.filter { $0.kind == kind && key.starts(with: $0.beginning) }.map(\.beginning).max { $0.count < $1.count }
  }

  /// Whether a word begins as a key whose checksum it does not have: made up, and no secret of another sort.
  func isMadeUp(_ bytes: Span<UInt8>, at start: Int) -> Bool {
    let code = KeyCatalog.code(bytes.peek(start), bytes.peek(start + 1), bytes.peek(start + 2))
    guard beginnings[code >> 6] >> UInt64(code & 63) & 1 == 1 else { return false }
    return (groups[code] ?? []).contains { shape in
      guard case .checksum = shape.check else { return false }
      return bytes.has(shape.beginning, at: start)
    }
  }
}
