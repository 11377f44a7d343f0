import Model

/// Commands of other people's tools that check approvals.
struct ApprovalCheckSection {
  let facts: CaseFacts

  private static let files = 20

  func write(to html: inout HTMLWriter<some ReportSink>) {
    let groups = ApprovalGroup.groups(of: facts.verdict.approvals).filter { $0.stance != nil && $0.approver != nil }
    guard !groups.isEmpty else { return }
    html.section(HTMLAnchor("check-approvals"), "How to check the approvals without us") { html in
      html.element(
        "p", .class("soft"),
        prose: """
          Beside each request lie its signatures (\(code: ".sig"), \(code: ".….sig")) and their time stamps \
          (\(code: ".tsr")). Run these in the folder of the approvals, with your own \(code: "allowed_signers") and the \
          certificate of the time stamping authority.
          """)
      var lines: [String] = []
      var seen = Set<String>()
      for group in groups where seen.insert(group.file + "\n" + (group.approver ?? "")).inserted {
        guard lines.count < Self.files * 6, let stance = group.stance, let approver = group.approver else { break }
        let file = ShellQuoting.word(group.file)
        if !lines.isEmpty { lines.append("") }
        if Self.isDigest(group.fileSHA256), !group.file.contains(where: \.isNewline), !group.file.contains("\\") {
          lines.append("echo \(ShellQuoting.value(group.fileSHA256 + "  " + group.file)) | sha256sum -c")
        }
        let namespace = ShellQuoting.value("\(Self.role(stance))@\(facts.verdict.approvalNamespace)")
        lines.append(
          "ssh-keygen -Y verify -f allowed_signers -I \(ShellQuoting.value(approver)) -n \(namespace) "
            + "-s \(file).sig < \(file)")
        lines.append("openssl ts -verify -data \(file).sig -in \(file).sig.tsr -CAfile tsa.pem")
      }
      html.command(lines)
    }
  }

  private static func isDigest(_ text: String) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  /// What stands before the `@` of a signature's namespace.
  private static func role(_ stance: Approval.Stance) -> String {
    switch stance {
    case .approve: "approval"
    case .reject: "rejection"
    case .revoke: "revocation"
    case .breakGlass: "breakglass"
    case .review: "review"
    }
  }
}
