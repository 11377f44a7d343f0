/// Every live case.
enum LiveCatalog {
  static let all = suites + withoutEncryptThenMAC + staticRSA + handshakes

  // MARK: The matrix of versions and cipher suites

  static let suites: [LiveCase] =
    ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"].map { suite in
      LiveCase(
        "1.3-\(suite)", clients: [["-tls1_3", "-ciphersuites", suite]],
        facts: ["tls.version": "1.3", "tls.cipher": suite, "tls.resumed": "false"])
    }
    + [
      LiveCase(
        "1.3-CCM", server: ["-ciphersuites", "TLS_AES_128_CCM_SHA256"],
        clients: [["-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256"]],
        facts: ["tls.version": "1.3", "tls.cipher": "TLS_AES_128_CCM_SHA256"]),
      LiveCase(
        "1.3-CCM-8", server: ["-ciphersuites", "TLS_AES_128_CCM_8_SHA256", "-cipher", "DEFAULT:@SECLEVEL=0"],
        clients: [["-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_8_SHA256", "-cipher", "DEFAULT:@SECLEVEL=0"]],
        facts: ["tls.version": "1.3", "tls.cipher": "TLS_AES_128_CCM_8_SHA256"]),
    ]
    + suites12.map { suite in old("1.2", suite) }
    + ["1.1", "1.0"].flatMap { version in suites10.map { old(version, $0) } }

  struct Suite: Sendable {
    /// The name that openssl knows it by.
    var openssl: String
    /// The registered name.
    var name: String
    var certificate = "rsa"
  }

  private static let suites12: [Suite] =
    [
      Suite(openssl: "ECDHE-RSA-AES128-GCM-SHA256", name: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
      Suite(openssl: "ECDHE-RSA-AES256-GCM-SHA384", name: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
      Suite(openssl: "ECDHE-RSA-CHACHA20-POLY1305", name: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
      Suite(openssl: "DHE-RSA-AES128-GCM-SHA256", name: "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
      Suite(openssl: "DHE-RSA-CHACHA20-POLY1305", name: "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
      Suite(
        openssl: "ECDHE-ECDSA-AES128-GCM-SHA256", name: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", certificate: "ecdsa"),
      Suite(
        openssl: "ECDHE-ECDSA-AES256-GCM-SHA384", name: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", certificate: "ecdsa"),
      Suite(
        openssl: "ECDHE-ECDSA-CHACHA20-POLY1305", name: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        certificate: "ecdsa"),
      Suite(openssl: "ECDHE-ECDSA-AES128-CCM", name: "TLS_ECDHE_ECDSA_WITH_AES_128_CCM", certificate: "ecdsa"),
      Suite(openssl: "ECDHE-ECDSA-AES256-CCM8", name: "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8", certificate: "ecdsa"),
      Suite(openssl: "ECDHE-ARIA128-GCM-SHA256", name: "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256"),
      Suite(openssl: "ECDHE-RSA-CAMELLIA256-SHA384", name: "TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384"),
      Suite(
        openssl: "ECDHE-ECDSA-AES128-SHA256", name: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", certificate: "ecdsa"),
    ] + blocks12

  private static let blocks12: [Suite] = [
    Suite(openssl: "ECDHE-RSA-AES128-SHA", name: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    Suite(openssl: "ECDHE-RSA-AES128-SHA256", name: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
    Suite(openssl: "ECDHE-RSA-AES256-SHA384", name: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
    Suite(openssl: "DHE-RSA-AES256-SHA256", name: "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"),
  ]

  private static let suites10: [Suite] = [
    Suite(openssl: "ECDHE-RSA-AES128-SHA", name: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    Suite(openssl: "ECDHE-ECDSA-AES256-SHA", name: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", certificate: "ecdsa"),
    Suite(openssl: "DHE-RSA-AES256-SHA", name: "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"),
    Suite(openssl: "NULL-SHA", name: "TLS_RSA_WITH_NULL_SHA"),
  ]

  private static func old(
    _ version: String, _ suite: Suite, label: String = "", server: [String] = [], client: [String] = []
  ) -> LiveCase {
    // Anything below 1.2 and without encryption is refused above security level 0.
    let isWeak = version != "1.2" || suite.openssl.contains("NULL")
    let flag = ["1.2": "-tls1_2", "1.1": "-tls1_1", "1.0": "-tls1"][version] ?? "-tls1_2"
    let cipher = suite.openssl + (isWeak ? ":@SECLEVEL=0" : "")
    return LiveCase(
      "\(version)-\(suite.openssl)\(label)", certificate: suite.certificate,
      server: [flag, "-cipher", cipher] + server, clients: [[flag, "-cipher", cipher] + client],
      facts: ["tls.version": version, "tls.cipher": suite.name, "tls.resumed": "false"], isOptional: isWeak)
  }

  static let withoutEncryptThenMAC: [LiveCase] =
    blocks12.map { old("1.2", $0, label: "-mac-then-encrypt", client: ["-no_etm"]) }
    + ["1.1", "1.0"].map { old($0, suites10[0], label: "-mac-then-encrypt", client: ["-no_etm"]) }

  /// The exchange in which the client encrypts the premaster secret: opened by the key log and by the private key alone.
  static let staticRSA: [LiveCase] =
    [
      Suite(openssl: "AES128-GCM-SHA256", name: "TLS_RSA_WITH_AES_128_GCM_SHA256"),
      Suite(openssl: "AES256-GCM-SHA384", name: "TLS_RSA_WITH_AES_256_GCM_SHA384"),
      Suite(openssl: "AES128-CCM", name: "TLS_RSA_WITH_AES_128_CCM"),
      Suite(openssl: "AES256-CCM8", name: "TLS_RSA_WITH_AES_256_CCM_8"),
      Suite(openssl: "AES128-SHA", name: "TLS_RSA_WITH_AES_128_CBC_SHA"),
      Suite(openssl: "AES256-SHA256", name: "TLS_RSA_WITH_AES_256_CBC_SHA256"),
      Suite(openssl: "CAMELLIA128-SHA", name: "TLS_RSA_WITH_CAMELLIA_128_CBC_SHA"),
      Suite(openssl: "NULL-SHA256", name: "TLS_RSA_WITH_NULL_SHA256"),
    ].map { old("1.2", $0) }
    + ["1.1", "1.0"].map { old($0, Suite(openssl: "AES128-SHA", name: "TLS_RSA_WITH_AES_128_CBC_SHA")) }
    + [plainMasterSecret("1.2", "-tls1_2"), plainMasterSecret("1.0", "-tls1")]

  /// Without the extended master secret.
  private static func plainMasterSecret(_ version: String, _ flag: String) -> LiveCase {
    LiveCase(
      "\(version)-static-rsa-plain-master-secret", server: [flag, "-cipher", "AES128-SHA:@SECLEVEL=0"],
      clients: [[flag, "-cipher", "AES128-SHA:@SECLEVEL=0"]], configuration: "Options = -ExtendedMasterSecret",
      facts: ["tls.version": version], isOptional: version == "1.0")
  }
}
