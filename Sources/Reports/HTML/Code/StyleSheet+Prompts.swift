/// The looks of prompts: a bar at the side of what was asked, a speech mark in the picture.
extension StyleSheet {
  static let prompts: StaticString = #"""
    .quote{font:inherit;background:none;border-left:3px solid var(--accent);border-radius:0;padding:1px 0 1px 12px;margin:8px 0 4px}
    .undone .quote{border-left:3px solid var(--accent);border-radius:0}
    .ask{display:grid;grid-template-columns:104px minmax(0,1fr) 300px;gap:18px;padding:18px 0;border-top:1px solid var(--line)}
    .ask:first-child{border-top:0;padding-top:6px}.ask:target{background:var(--target)}.ask .quote{margin-top:0;font-size:15.5px}
    .came{font-size:14px}.came b{font-weight:600}.deeds{list-style:none;margin:4px 0;padding:0;font-size:13.5px}
    .deeds li{padding:2px 0;overflow-wrap:anywhere}.deeds a{color:var(--soft)}.deeds li>a:first-child{margin-right:6px}
    .by{margin:3px 0 1px;font-size:13px;padding-left:9px;border-left:2px solid var(--accent);overflow-wrap:anywhere}
    .by a{text-decoration:none}.by a:hover{text-decoration:underline}.by .soft{font-size:12.5px}
    .by.none{border-left:2px dotted var(--edge);color:var(--soft)}.by.open{border-left-style:dashed}
    .refused .by.none,.exception .by.none{border-left-color:var(--bad);color:var(--ink)}.run .by{border-left:0;padding-left:0}
    .all-of:empty{display:none}.all-of{margin:4px 0 0}tr:target>*{background:var(--target)}
    .told td:nth-child(2){min-width:15em}
    .speech{fill:var(--card);stroke:var(--accent);stroke-width:1.3}.speech.bad{stroke:var(--bad);stroke-width:1.8}.speech-words{fill:var(--ink)}
    @media (max-width:960px){.ask{grid-template-columns:90px minmax(0,1fr)}.ask .who{grid-column:2}}
    @media (max-width:640px){.ask{grid-template-columns:minmax(0,1fr);gap:8px}.ask .who{grid-column:1}}
    @media (forced-colors:active){.speech{forced-color-adjust:none}}
    @media print{.ask{grid-template-columns:62pt minmax(0,1fr) 165pt;gap:10pt;padding:9pt 0;break-inside:avoid}.ask .who{grid-column:auto}
    .ask .who>div{grid-template-columns:44pt minmax(0,1fr)}.ask .quote{font-size:10.5pt}.by{font-size:8.5pt}.all-of,#prompt-keys{display:none}}
    """#
}
