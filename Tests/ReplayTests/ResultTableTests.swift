import Model
import TestKit
import Testing

@testable import Replay

struct ResultTableTests {
  @Test func `a result looks as psql draws it`() throws {
    let payload = StoredPayload.rows(
      [("id", "int4"), ("name", "text"), ("note", "text")],
      [["1", "Ada", nil], ["12", "日本", "NULL"], ["123", "two\nlines", "e\u{301}"]])
    let expected = """
       id  | name  |  note
      -----+-------+--------
         1 | Ada   | NULL
        12 | 日本  | "NULL"
       123 | two  +| e\u{301}
           | lines |
      (3 rows)

      """
    #expect(try ResultTable.text(of: payload, rowLimit: 10) == expected)
  }

  @Test func `rows beyond the limit are counted`() {
    let rows = (0..<30).map { ["\($0)" as String?] }
    let table = ResultTable(.rows([("n", "int8")], rows), total: 5000, rowLimit: 3)
    #expect(table.lines(width: nil).map(\.plain) == [" n", "---", " 0", " 1", " 2", "… 4,997 more rows"])
    #expect(table.footer().plain == "(5,000 rows)")
  }

  @Test func `a result without rows names its columns`() {
    let table = ResultTable(nil, names: ["id", "email"], total: 0, rowLimit: 10)
    #expect(table.lines(width: nil).map(\.plain) == [" id | email", "----+-------"])
    #expect(table.footer().plain == "(0 rows)")
  }

  @Test func `a result wider than the terminal becomes a block for each row`() {
    let payload = StoredPayload.rows(
      [("oid", "oid"), ("definition", "text")], [["16391", String(repeating: "word ", count: 11)], [nil, "x"]])
    let lines = ResultTable(payload, total: nil, rowLimit: 10).lines(width: 40)
    #expect(lines.allSatisfy { $0.width <= 40 })
    #expect(lines.first?.plain.hasPrefix("-[ RECORD 1 ]---") == true)
    #expect(lines.map(\.plain).contains("oid        | 16391"))
    #expect(lines.map(\.plain).contains("oid        | NULL"))
  }

  @Test func `damaged rows leave the good ones and a word about the rest`() {
    var payload = StoredPayload.rows([("a", "text")], [["x"], ["y"]])
    payload.bytes.removeLast(3)
    let lines = ResultTable(payload, total: 2, rowLimit: 10).lines(width: nil).map(\.plain)
    #expect(lines.contains(" x"))
    #expect(lines.contains("the rest of the rows cannot be read"))
  }

  @Test func `hostile cells and names keep the columns in line`() {
    for text in Hostile.statements {
      let payload = StoredPayload.rows(
        [(text, "text"), (text, "int4")], [[text, "1"], [nil, text], ["日本", "e\u{301}"]])
      let lines = ResultTable(payload, total: 3, rowLimit: 10).lines(width: nil)
      let bars = lines.dropFirst(1).filter { !$0.plain.hasPrefix("…") }.map { line in
        let before = line.plain.unicodeScalars.prefix { $0 != "|" && $0 != "+" }
        return before.count
      }
      #expect(!bars.isEmpty)
      #expect(Set(lines.map(\.width)).count <= 2)
    }
  }
}
