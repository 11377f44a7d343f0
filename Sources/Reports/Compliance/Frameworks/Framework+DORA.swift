extension Framework {
  static let dora = Framework(
    id: "dora", name: "DORA", edition: "Delegated Regulation (EU) 2024/1774", note: nil, prefix: "dora-",
    controls: [
      Control(
        "12(2)(c)", "Access, change and operation are logged", "Records of access, change and operation.",
        [.logging, .dataAccess, .objectChanges]),
      Control(
        "12(2)(d)", "Logs are protected from tampering and deletion", "Whether records are signed and verify.",
        [.integrity, .outside]),
      Control("12(2)(e)", "Failures of logging are detected", "Gaps of the recording.", [.completeness]),
      Control("12(2)(f)", "Clocks follow a reliable source", "How far clocks were apart.", [.clocks, .timestamps]),
      Control(
        "17(1)(b)", "Who approves neither requested nor implemented", "That nobody approved his own change.",
        [.separation]),
      Control(
        "17(1)(f)", "Emergency changes are governed", "Emergency changes, by whom and why.", [.emergency]),
      Control(
        "17(1)(g)", "Emergency changes are documented and approved afterwards", "Reviews of emergency changes.",
        [.emergency]),
    ])
}
