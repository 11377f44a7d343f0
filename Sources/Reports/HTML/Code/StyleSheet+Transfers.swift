/// The looks of files that moved, commits, and what is known of a connection.
extension StyleSheet {
  static let transfers: StaticString = #"""
    .files{margin-top:12px}.files h3{margin:0 0 6px}.tree{list-style:none;margin:0;padding:0}.tree .tree{padding-left:14px;margin-left:5px;border-left:1px solid var(--line)}
    .tree li{padding:2px 0}.tree summary code,.leaf{font-weight:600}.leaf{display:inline-block;padding:2px 0}
    .move{display:flex;flex-wrap:wrap;gap:1px 12px;align-items:baseline;font-size:13px;padding:1px 0 1px 14px}.move .n{color:var(--ink)}
    .mark{display:inline-block;width:1.3em;text-align:center;font-weight:700;margin-right:-6px}.move-in{color:var(--write)}.move-out{color:var(--transfer)}.move-gone{color:var(--bad)}.move-changed{color:var(--schema)}
    .move.failed .did{color:var(--bad)}.move.failed .mark{opacity:.5}.sha{display:inline-block;max-width:100%}.sha>summary{padding:0;color:var(--soft);font-size:12.5px}.tree .sha code{font-size:12px;font-weight:400}
    .refs{list-style:none;margin:6px 0;padding:0;font-size:13px}.refs li{display:flex;flex-wrap:wrap;gap:0 12px;align-items:baseline;padding:1px 0}
    .refs .word{white-space:normal}
    .commits>summary{color:var(--accent);font-size:13px}.commit{border:1px solid var(--line);border-radius:8px;margin:6px 0;background:var(--card)}
    .commit>summary{padding:6px 10px;font-size:13.5px;overflow-wrap:anywhere}.commit>:not(summary){margin-left:10px;margin-right:10px}.commit[open]{padding-bottom:6px}.commit[open]>summary{border-bottom:1px solid var(--line);margin-bottom:6px}
    .trailer{display:inline-block;margin:2px 8px 0 0;padding:0 7px;border:1px solid var(--edge);border-radius:9px;font-size:12px;color:var(--schema);overflow-wrap:anywhere}
    .commit-facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:1px 14px;font-size:13px;margin:6px 0}.commit-facts dt{color:var(--soft);overflow-wrap:anywhere;max-width:16em}
    .commit-facts dd{margin:0;overflow-wrap:anywhere}.sure{font-style:italic;color:var(--soft);font-size:12px}
    .change>summary{font-size:13px;overflow-wrap:anywhere}.counts{margin-left:10px;font-variant-numeric:tabular-nums;font-size:12.5px;white-space:nowrap}
    .plus,.kind-A{color:var(--ok)}.minus,.kind-D{color:var(--bad)}.kind-M{color:var(--warn)}
    .diff{padding:6px 0}.diff span{display:block;padding:0 12px;white-space:pre-wrap}.d-add{background:var(--ok-ground);color:var(--ok)}.d-del{background:var(--bad-ground);color:var(--bad)}
    .d-hunk{color:var(--soft);background:var(--span)}.carried ul{margin:2px 0 6px;padding-left:20px;font-size:13.5px}.about>summary{color:var(--soft)}
    @media (max-width:640px){.commit-facts{grid-template-columns:minmax(0,1fr)}.commit-facts dd{margin-bottom:4px}.tree .tree{padding-left:8px;margin-left:2px}.move{padding-left:6px}}
    @media print{.commit,.change{break-inside:avoid-page}.diff{max-height:none}}
    """#
}
