import Testing

@testable import Policy

/// The names that PostgreSQL 15 gave to the same things.
@Suite struct SchemaNamingTests {
  @Test func `the longer part is cut, never within a character`() {
    let table = "a_table_with_a_very_long_name_that_leaves_no_room_for_anything_"
    let column = "a_column_with_a_name_that_is_as_long_as_a_name_may_be_in_postgr"
    #expect(SchemaNaming.name("orders", nil, "pkey") == "orders_pkey")
    #expect(SchemaNaming.name(table, nil, "pkey") == "a_table_with_a_very_long_name_that_leaves_no_room_for_anyt_pkey")
    #expect(
      SchemaNaming.name(table, column, "key") == "a_table_with_a_very_long_name_a_column_with_a_name_that_is__key")
    #expect(SchemaNaming.name(table, column, "key").utf8.count == 63)
    let umlauts = SchemaNaming.name(String(repeating: "ü", count: 31), String(repeating: "ö", count: 31), "check")
    #expect(umlauts.utf8.count <= 63 && umlauts.hasSuffix("_check") && !umlauts.contains("\u{FFFD}"))
  }

  @Test func `a name that is taken gets a number`() {
    let taken: Set = ["t_a_idx", "t_a_idx1"]
    #expect(SchemaNaming.choose("t", "a", "idx") { taken.contains($0) } == "t_a_idx2")
    #expect(SchemaNaming.indexColumns(["lower", "lower", nil, nil, "a"]) == ["lower", "lower1", "expr", "expr1", "a"])
  }

  @Test func `an empty name and one that all names are taken of end`() {
    #expect(SchemaNaming.name("", "", "") == "__")
    #expect(!SchemaNaming.choose("t", nil, "pkey") { _ in true }.isEmpty)
  }
}
