extension Framework {
  public static let soc2 = Framework(
    id: "soc2", name: "SOC 2", edition: "Trust Services Criteria, common criteria", note: nil, prefix: "soc2-",
    controls: [
      Control(
        "CC6.1", "Only authorised logical access",
        "Which person, program or agent acted with which account, from where, on what.",
        [.identity, .authentication, .dataPermission]),
      Control(
        "CC6.3", "Rights by role, least privilege, duties separated",
        "Who used powers over schema and privileges, which rights were granted, and that nobody approved his own "
          + "change.",
        [.privilegedUse, .privilegeChanges, .separation, .outside]),
      Control(
        "CC7.1", "Changes of configuration are detected",
        "Every change that was seen, with what it touched.", [.objectChanges, .monitoring]),
      Control(
        "CC7.2", "Anomalies are watched for", "That all actions were judged by a policy, and what was found.",
        [.logging, .monitoring, .completeness]),
      Control(
        "CC7.3", "Events are evaluated as incidents", "Findings with severity, and who decided what about them.",
        [.monitoring, .followUp, .outside]),
      Control(
        "CC7.4", "Incidents are responded to", "What was done about findings, and when.", [.followUp, .outside]),
      Control(
        "CC8.1", "Changes are authorised, documented, tested, approved and implemented",
        "Each change with its approval and result, and those without approval; tests are for other evidence to show.",
        [.changeApproval, .separation, .completeness]),
    ])
}
