/// Text that someone would like to reach a terminal, a page or a shell as it is.
public enum Hostile {
  public static let statements: [String] = [
    "UPDATE t SET a = '\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m'",
    "UPDATE t SET a = '\u{202e}drowssap\u{202c}' -- \u{200b}\u{feff}\u{2066}",
    "UPDATE t SET a = '</failure></testcase><testcase name=\"fake\"/>]]><!--'",
    "UPDATE t SET a = '\u{0}\u{1}\u{8}\u{c}\r\n\u{b}\u{7f}\u{85}\u{2028}\u{2029}\u{fffe}\u{ffff}'",
    "UPDATE t SET a = 1;\n\\! touch /tmp/exhibit-was-here\n",
    "UPDATE t SET a = 'it''s' || E'\\'; \\! id' || $$ \\! id $$ || :'HOME' || :USER",
    "UPDATE 日本語 SET \"e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\" = '🏴\u{e0067}\u{e007f} 👩\u{200d}🚀'",
    "\u{301}\u{301} UPDATE t SET a = 'x' && <script>alert(1)</script> &amp; \"quoted\" 'single'",
    "UPDATE t SET a = '\(String(repeating: "x", count: 3000))'",
    "-- a comment only, \\q",
    "UPDATE t SET a = 'unterminated",
    "UPDATE t SET a = \\gexec",
  ]
}
