import Testing

@testable import Pipeline

@Suite struct PoolStatementTests {
  @Test(arguments: [
    "DISCARD ALL", "SELECT 1;", "SET application_name='psql';", "set client_encoding = 'UTF8'", "SET TimeZone='it''s'",
  ])
  func `what pools ask is a pool's own`(text: String) { #expect(PoolStatement.isOwn(text)) }

  @Test(arguments: [
    "", "SET", "SET ROLE admin", "SET work_mem='1GB'", "SET application_name='a', b='c'", "SET application_name='",
    "SET application_name='a'; DROP TABLE t; SELECT 'b'", "SELECT 1, 2", "DISCARD PLANS", "SET LOCAL timezone='UTC'",
  ])
  func `what clients ask is not`(text: String) { #expect(!PoolStatement.isOwn(text)) }
}
