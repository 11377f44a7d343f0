import Terminal
import Testing

@Suite struct PlainTextTests {
  @Test func `lines above the screen and on it are one text, wrapped ones whole`() {
    let terminal = emulator("one\r\n\r\nabcdefghijklmnopqrstuvwxyz\r\ntwo\r\nthree\r\n$ \r\n\r\n", columns: 10, rows: 3)
    #expect(terminal.plainText == "one\n\nabcdefghijklmnopqrstuvwxyz\ntwo\nthree\n$\n")
    #expect(emulator("").plainText.isEmpty)
  }

  @Test func `lines that are no longer kept are counted`() {
    var options = EmulatorOptions()
    options.scrollbackLimit = 2
    var terminal = Emulator(size: TerminalSize(columns: 10, rows: 2), options: options)
    for number in 0..<9 { terminal.write(Array("\(number)\r\n".utf8)) }
    #expect(terminal.plainText == "[6 earlier lines are not kept]\n6\n7\n8\n")
  }
}
