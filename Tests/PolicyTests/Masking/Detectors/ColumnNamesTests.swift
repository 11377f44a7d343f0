import Policy
import Testing

@Suite struct ColumnNamesTests {
  @Test(arguments: [
    ("customers.card_pan", [DataClass.paymentCard]), ("cardNumber", [.paymentCard]), ("CARD_NUMBER", [.paymentCard]),
    ("ccnum", [.paymentCard]),
    ("ssn", [.nationalID]), ("customerSSN", [.nationalID]), ("SSNValue", [.nationalID]), ("tax_id", [.nationalID]),
    ("pesel", [.nationalID]),
    ("dob", [.dateOfBirth]), ("birth_date", [.dateOfBirth]), ("dateOfBirth", [.dateOfBirth]), ("iban", [.iban]),
    ("home_phone", [.phone]),
    ("phone2", [.phone]), ("contact_email", [.email]), ("E-Mail", [.email]), ("email_address", [.email]),
    ("password_hash", [.password]),
    ("users.passwd", [.password]), ("salary", [.income]), ("primary_diagnosis", [.health]), ("icd10", [.health]),
    ("api_key", [.highEntropy]),
    ("client_ip", [.ipAddress]), ("ip_address", [.ipAddress]), ("ipv4", [.ipAddress]), ("street_address", [.address]),
    ("zip", [.address]),
    ("first_name", [.name]), ("lastName", [.name]), ("customers.name", [.name]), ("customer_name", [.name]),
    ("passport_no", [.identityDocument]),
    ("religion", [.specialCategory]), ("lat", [.location]), ("account_number", [.bankAccount]),
    ("public.users.email", [.email]),
  ])
  func `a telling name is told, however its words are joined`(_ name: String, _ classes: [DataClass]) {
    #expect(ColumnNames.classes(of: name) == classes)
  }

  @Test(arguments: [
    "", ".", "id", "name", "products.name", "file_name", "hostname", "card_type", "email_verified", "is_phone_valid",
    "email_count",
    "password_reset_at", "card_id", "phone_model", "created_at", "company", "compass", "spanish", "mac_order", "total",
    "panel",
    "ipsum", "description", "latency", "_", "___.___", "telemetry",
  ])
  func `a name that says nothing of its values is left`(_ name: String) {
    #expect(ColumnNames.classes(of: name).isEmpty, "\(ColumnNames.classes(of: name))")
  }

  @Test func `a name of any length is read`() {
    #expect(ColumnNames.classes(of: String(repeating: "x_", count: 100_000) + "ssn") == [.nationalID])
    #expect(ColumnNames.classes(of: String(repeating: "é", count: 1000)).isEmpty)
  }

  @Test func `classes are either told by values or by names alone`() {
    for kind in DataKind.allCases { #expect(kind.dataClass.hasShape) }
    for dataClass in DataClass.allCases where dataClass.hasShape {
      #expect(DataKind.allCases.contains { $0.dataClass == dataClass })
    }
  }
}
