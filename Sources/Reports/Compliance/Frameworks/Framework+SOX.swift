extension Framework {
  static let sox = Framework(
    id: "sox", name: "SOX, general IT controls", edition: "PCAOB AS 2201 and AS 1105",
    note: """
      Information that the company itself produces needs evidence that it is accurate and complete. AS 1105.10A, on \
      electronic information from outside, applies to fiscal years that begin on or after 15 December 2025.
      """, prefix: "sox-",
    controls: [
      Control(
        "APD", "Access to programs and data", "Who acted with which account, and which rights were granted.",
        [.identity, .authentication, .privilegedUse, .privilegeChanges]),
      Control(
        "PC", "Program changes", "Each change with its approval and result, and the list of those without.",
        [.changeApproval, .separation]),
      Control("CO", "Computer operations", "Programs and jobs that ran, and what was found.", [.logging, .monitoring]),
      Control(
        "IPE", "Accuracy and completeness of information that the company produces",
        "Where the population comes from, how it was counted, and what is missing from it.",
        [.custody, .integrity, .completeness]),
    ])
}
