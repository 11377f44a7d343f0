extension Framework {
  static let hipaa = Framework(
    id: "hipaa", name: "HIPAA Security Rule", edition: "45 CFR Part 164, subpart C",
    note: "Which tables hold health information is for the covered entity to say.", prefix: "hipaa-",
    controls: [
      Control(
        "164.308(a)(1)(ii)(D)", "Activity of systems is reviewed", "That actions were judged, and what was found.",
        [.monitoring]),
      Control("164.312(a)(2)(i)", "Users have ids of their own", "That every action is some user's.", [.identity]),
      Control(
        "164.312(a)(2)(ii)", "There is a way in for emergencies", "Emergency changes and their reviews.", [.emergency]),
      Control(
        "164.312(b)", "Activity is recorded and examined",
        "Records of access and change, and what a policy says of them.",
        [.logging, .dataAccess, .monitoring]),
      Control(
        "164.312(c)(1)", "Data is protected from improper alteration", "Each change with its approval.",
        [.changeApproval]),
      Control(
        "164.312(c)(2)", "That data was not altered can be shown", "Whether records verify, and who changed what.",
        [.integrity, .changeApproval]),
      Control("164.312(d)", "Who asks for access is authenticated", "Logins with their outcome.", [.authentication]),
      Control(
        "164.316(b)(2)(i)", "Documentation is kept for six years", "The span of the evidence.", [.outside]),
    ])
}
