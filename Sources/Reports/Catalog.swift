/// Every format of report: a folder beside this file and a line here.
public enum ReportCatalog {
  public static let formats: [any ReportFormat] = [
    HTMLReport(), JUnitReport(), JSONReport(), OTLPReport(), ProvenanceReport(), SARIFReport(), MarkdownReport(),
    CSVReport(), OSCALReport(), ComplianceReport(), OCSFReport(),
  ]
}
