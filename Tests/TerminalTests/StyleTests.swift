import Terminal
import Testing

@Suite struct StyleTests {
  private func style(_ parameters: String) -> CellStyle? {
    var terminal = emulator("\u{1b}[\(parameters)mx")
    return terminal.screen.rows[0].runs.first?.style
  }

  @Test func `attributes are set and taken back`() {
    #expect(
      style("1;2;3;4;5;7;8;9;53")?.attributes
        == [.bold, .dim, .italic, .underline, .blink, .reverse, .conceal, .strike, .overline])
    #expect(style("1;2;3;4;5;7;8;9;53;22;23;24;25;27;28;29;55") == .plain)
    #expect(style("1;0") == .plain)
    #expect(style("1;") == .plain)
    #expect(style("21")?.attributes == [.underline, .doubleUnderline])
    #expect(style("4:3")?.attributes == [.underline, .curlyUnderline])
    #expect(style("4:3;4:0") == .plain)
  }

  @Test func `colours come from the palettes and in true colour, in every spelling`() {
    #expect(style("31;44")?.foreground == .indexed(1))
    #expect(style("31;44")?.background == .indexed(4))
    #expect(style("97;107") == CellStyle(foreground: .indexed(15), background: .indexed(15)))
    #expect(style("38;5;200;1") == CellStyle(foreground: .indexed(200), attributes: .bold))
    #expect(style("38:5:200;1") == CellStyle(foreground: .indexed(200), attributes: .bold))
    #expect(style("48;2;1;2;3;1") == CellStyle(background: .rgb(1, 2, 3), attributes: .bold))
    #expect(style("48:2:1:2:3;1") == CellStyle(background: .rgb(1, 2, 3), attributes: .bold))
    #expect(style("48:2::1:2:3;1") == CellStyle(background: .rgb(1, 2, 3), attributes: .bold))
    #expect(style("58;2;5;5;5;1") == CellStyle(attributes: .bold))
    #expect(style("58:2::5:5:5;1") == CellStyle(attributes: .bold))
    #expect(style("31;39") == .plain)
    #expect(style("38;5;999") == .plain)
    #expect(style("38") == .plain)
    #expect(style("38;5") == .plain)
  }

  @Test func `what is erased keeps the background only`() {
    var terminal = emulator("\u{1b}[1;31;42m\u{1b}[2J")
    #expect(
      terminal.screen.rows[2].runs == [
        StyledRun(
          text: String(repeating: " ", count: 20),
          style: CellStyle(background: .indexed(2)), width: 20)
      ])
  }

  @Test func `runs part where the look changes`() {
    var terminal = emulator("ab\u{1b}[1mcd\u{1b}[me")
    #expect(
      terminal.screen.rows[0].runs == [
        StyledRun(text: "ab", style: .plain, width: 2),
        StyledRun(text: "cd", style: CellStyle(attributes: .bold), width: 2),
        StyledRun(text: "e", style: .plain, width: 1),
      ])
  }
}
