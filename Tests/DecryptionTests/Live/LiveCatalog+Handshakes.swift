extension LiveCatalog {
  static let ticket12 = resumption("1.2-ticket", ["-tls1_2"])
  static let session12 = resumption("1.2-session-id", ["-tls1_2", "-no_ticket"], server: ["-no_ticket"])
  static let ticket10 = resumption(
    "1.0-ticket", ["-tls1", "-cipher", "DEFAULT:@SECLEVEL=0"], server: ["-cipher", "DEFAULT:@SECLEVEL=0"])
  static let psk13 = resumption("1.3-psk", ["-tls1_3"])

  private static func resumption(_ name: String, _ client: [String], server: [String] = []) -> LiveCase {
    LiveCase(
      name, server: server,
      clients: [
        client + ["-sess_out", name + ".session"], client + ["-sess_in", name + ".session"],
        client + ["-sess_in", name + ".session"],
      ], isOptional: name.hasPrefix("1.0"))
  }

  static let retry = LiveCase(
    "1.3-hello-retry", server: ["-groups", "P-384"], clients: [["-tls1_3", "-groups", "X25519:P-384"]],
    facts: ["tls.version": "1.3", "tls.resumed": "false"])

  static let keyUpdates = LiveCase(
    "1.3-key-update", clients: [["-tls1_3"]],
    steps: [
      [
        .client("client: a first line\n"), .clientCommand("k"), .client("client: new keys\n"),
        .server("server: the old keys\n"), .clientCommand("K"), .client("client: newer keys\n"),
        .server("server: new keys\n"), .server("0123456789\n", times: 4000), .clientCommand("K"),
        .client("client: the newest keys\n"), .server("server: farewell\n"),
      ]
    ])

  static let clientCertificate12 = clientCertificate("1.2")
  static let clientCertificate13 = clientCertificate("1.3")

  private static func clientCertificate(_ version: String) -> LiveCase {
    LiveCase(
      "\(version)-client-certificate", server: ["-verify", "1"],
      clients: [[version == "1.3" ? "-tls1_3" : "-tls1_2", "-cert", "ecdsa.crt", "-key", "ecdsa.key"]],
      facts: ["tls.client-certificate.subject": "CN=ecdsa.example.test,O=Exhibit"])
  }

  static let early = "early words of the client\n"

  static let earlyData = LiveCase(
    "1.3-early-data", server: ["-early_data", "-no_anti_replay"],
    clients: [
      ["-tls1_3", "-sess_out", "early.session"],
      ["-tls1_3", "-sess_in", "early.session", "-early_data", "early.txt"],
    ],
    steps: [
      LiveCase.usualSteps,
      [
        .early(early), .server("server: an answer\n"), .client("client: a later line\n"), .server("server: farewell\n"),
      ],
    ])

  /// A ticket counts once for early data: at its second use the server makes a new session and skips what came early.
  static let earlyDataSkipped = LiveCase(
    "1.3-early-data-skipped", server: ["-early_data"],
    clients: [
      ["-tls1_3", "-sess_out", "skipped.session"],
      ["-tls1_3", "-sess_in", "skipped.session", "-early_data", "early.txt"],
      ["-tls1_3", "-sess_in", "skipped.session", "-early_data", "early.txt"],
    ],
    steps: [
      LiveCase.usualSteps, earlyData.connections[1].steps,
      [.client("client: the same again\n"), .server("server: an answer\n"), .client("client: a last line\n")],
    ])

  /// No certificate is sent, and still the session is new.
  static let anonymous = LiveCase(
    "1.2-anonymous", server: ["-cipher", "ADH-AES128-GCM-SHA256:@SECLEVEL=0"],
    clients: [["-tls1_2", "-cipher", "ADH-AES128-GCM-SHA256:@SECLEVEL=0"]],
    facts: ["tls.cipher": "TLS_DH_anon_WITH_AES_128_GCM_SHA256"], isOptional: true)
  static let sharedKey12 = LiveCase(
    "1.2-shared-key", server: ["-psk", "0123456789abcdef", "-nocert", "-cipher", "PSK-AES128-GCM-SHA256"],
    clients: [["-tls1_2", "-psk", "0123456789abcdef", "-cipher", "PSK-AES128-GCM-SHA256"]],
    facts: ["tls.cipher": "TLS_PSK_WITH_AES_128_GCM_SHA256"])
  static let sharedKey13 = LiveCase(
    "1.3-shared-key", server: ["-psk", "0123456789abcdef", "-nocert"],
    clients: [["-tls1_3", "-psk", "0123456789abcdef", "-ciphersuites", "TLS_AES_128_GCM_SHA256"]])

  /// The server takes the ticket and not the early data: the client has to send what matters again.
  static let earlyDataRefused = LiveCase(
    "1.3-early-data-refused", server: ["-early_data", "-groups", "P-256"],
    clients: [
      ["-tls1_3", "-sess_out", "refused.session", "-groups", "P-256"],
      ["-tls1_3", "-sess_in", "refused.session", "-early_data", "early.txt", "-groups", "X25519:P-256"],
    ],
    steps: [
      LiveCase.usualSteps,
      [.client("client: the same again\n"), .server("server: an answer\n"), .client("client: a last line\n")],
    ])

  static let renegotiation12 = renegotiation("1.2-renegotiation", [])
  static let renegotiationCBC = renegotiation("1.2-renegotiation-cbc", ["-cipher", "ECDHE-RSA-AES128-SHA"])

  private static func renegotiation(_ name: String, _ client: [String]) -> LiveCase {
    LiveCase(
      name, server: ["-client_renegotiation"], clients: [["-tls1_2"] + client],
      steps: [
        [
          .client("client: a first line\n"), .server("server: an answer\n"), .clientCommand("R"),
          .client("client: under new keys\n"), .server("server: under new keys\n"),
          .client("0123456789\n", times: 2000), .server("server: farewell\n"),
        ]
      ])
  }

  static let padded = LiveCase("1.3-padding", server: ["-record_padding", "512"], clients: [["-tls1_3"]])
  static let noDisguise = LiveCase(
    "1.3-no-middlebox", server: ["-no_middlebox"], clients: [["-tls1_3", "-no_middlebox"]])
  static let smallRecords = LiveCase(
    "1.3-small-records", server: ["-max_send_frag", "512"], clients: [["-tls1_3", "-max_send_frag", "512"]])
  static let smallRecords12 = LiveCase(
    "1.2-small-records", server: ["-max_send_frag", "512"], clients: [["-tls1_2", "-max_send_frag", "512"]])
  static let names = LiveCase(
    "1.3-names", server: ["-alpn", "h2,http/1.1"],
    clients: [["-tls1_3", "-servername", "db.example.test", "-alpn", "http/1.1,h2"]],
    facts: [
      "tls.sni": "db.example.test", "tls.alpn": "h2", "tls.alpn-offered": "http/1.1,h2",
      "tls.certificate.subject": "CN=rsa.example.test,O=Exhibit",
      "tls.certificate.issuer": "CN=rsa.example.test,O=Exhibit", "tls.certificate.names": "rsa.example.test",
      "tls.certificate.chain": "1",
    ])

  /// A megabyte each way. Digits and line ends only: openssl takes some letters at the head of a read for commands.
  static let large13 = large("1.3-large", ["-tls1_3"])
  static let large12 = large("1.2-large", ["-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA384"])

  private static func large(_ name: String, _ client: [String]) -> LiveCase {
    LiveCase(
      name, clients: [client],
      steps: [[.client("0123456789abcde\n", times: 65536), .server("0123456789fedcb\n", times: 65536)]])
  }

  /// Short connections for damage at every place.
  static let short: [LiveCase] = [
    shortCase("1.3", ["-tls1_3"]), shortCase("1.2", ["-tls1_2"]),
    shortCase("1.2-cbc", ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA"]),
    shortCase(
      "1.0-mac-then-encrypt", ["-tls1", "-cipher", "AES128-SHA:@SECLEVEL=0", "-no_etm"],
      server: ["-cipher", "ALL:@SECLEVEL=0"]),
    shortCase("1.0-cbc", ["-tls1", "-cipher", "AES128-SHA:@SECLEVEL=0"], server: ["-cipher", "ALL:@SECLEVEL=0"]),
  ]

  private static func shortCase(_ name: String, _ client: [String], server: [String] = []) -> LiveCase {
    // Every line is different, so that a line at the wrong place shows.
    let lines = (1...6).map { number in
      let text = "line \(number) of \(name): \(String(repeating: "\(number)", count: 20 + number))\n"
      return number.isMultiple(of: 2) ? LiveCase.Step.server(text) : .client(text)
    }
    return LiveCase(
      "short-" + name, server: server, clients: [client],
      steps: [lines], isOptional: name.hasPrefix("1.0"))
  }

  static let shortUpdates = LiveCase(
    "short-key-update", clients: [["-tls1_3"]],
    steps: [
      [
        .client("client: a first line\n"), .server("server: an answer\n"), .clientCommand("K"),
        .client("client: newer keys\n"), .server("server: new keys\n"), .client("client: a third line\n"),
        .server("server: farewell\n"),
      ]
    ])

  static let handshakes: [LiveCase] =
    [
      ticket12, session12, ticket10, psk13, retry, keyUpdates, clientCertificate12, clientCertificate13, earlyData,
      earlyDataRefused, earlyDataSkipped, anonymous, sharedKey12, sharedKey13, shortUpdates, renegotiation12,
      renegotiationCBC, padded, noDisguise, smallRecords, smallRecords12, names,
      large13, large12,
    ] + short
}
