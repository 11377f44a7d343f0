extension Framework {
  static let aiact = Framework(
    id: "aiact", name: "EU AI Act", edition: "Regulation (EU) 2024/1689",
    note: """
      These articles concern high-risk systems only, and from when they apply has been moved: 2 December 2027 for \
      systems of Annex III, 2 August 2028 for those of Annex I. Check what holds for yours.
      """, prefix: "aiact-",
    controls: [
      Control(
        "12(1)", "Events are logged automatically over the lifetime", "Records of what the system did.",
        [.logging, .completeness, .outside]),
      Control(
        "12(2)", "Logs let risks and changes be traced", "Changes with the prompts that caused them.",
        [.traceability, .monitoring]),
      Control(
        "14(4)", "People can understand, override and stop it",
        "Approvals and rejections by people, and which changes ran without.",
        [.changeApproval, .traceability, .outside]),
      Control("19(1)", "The provider keeps logs for six months or more", "The span of the evidence.", [.outside]),
      Control(
        "26(5)", "The deployer monitors the operation", "That actions were judged, and what was found.",
        [.monitoring, .traceability]),
      Control("26(6)", "The deployer keeps logs for six months or more", "The span of the evidence.", [.outside]),
    ])
}
