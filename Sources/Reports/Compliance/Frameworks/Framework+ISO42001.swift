extension Framework {
  static let iso42001 = Framework(
    id: "iso42001", name: "ISO/IEC 42001", edition: "2023, Annex A", note: nil, prefix: "iso42001-",
    controls: [
      Control(
        "A.6.2.6", "AI systems are monitored in operation",
        "What agents did to systems, judged by a policy, and what goes back to which prompt.",
        [.traceability, .monitoring]),
      Control(
        "A.6.2.8", "Events of AI systems are logged", "Records of what agents were asked and did.",
        [.traceability, .logging]),
    ])
}
