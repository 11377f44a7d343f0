/// The looks of terminals.
extension StyleSheet {
  static let terminal: StaticString = #"""
    :root{--t-ink:#1c1d21;--t-ground:#fff;--t-edge:#d9d5ca;--t-hit:#ffe08a;--t-hit-ink:#1c1d21}
    @media (prefers-color-scheme:dark){:root{--t-ink:#e9e7e2;--t-ground:#101114;--t-edge:#33363f;--t-hit:#f0c36a;--t-hit-ink:#15161a}}
    .terminal{margin:10px 0;font-size:13px;container-type:inline-size}
    .t-stage{display:grid;grid-template-columns:minmax(0,1fr);gap:12px;align-items:stretch}
    .t-stage.has-commands{grid-template-columns:minmax(0,1fr) minmax(200px,270px)}
    .t-case{border:1px solid var(--t-edge);border-radius:10px;overflow:hidden;background:var(--t-ground);min-width:0}
    .t-head{background:var(--code);border-bottom:1px solid var(--t-edge);padding:4px 12px;color:var(--soft);font-size:12px;min-height:26px;text-align:center;overflow:hidden;
    text-overflow:ellipsis;white-space:nowrap}
    .t-screen{color:var(--t-ink);background:var(--t-ground);padding:10px 12px;overflow:auto;font:13px/1.25 ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;
    line-height:1.25;font-variant-ligatures:none;outline-offset:-3px;max-height:44rem}
    .t-reversed{color:var(--t-ground);background:var(--t-ink)}
    .t-row{white-space:pre;height:1.25em;unicode-bidi:bidi-override;direction:ltr;width:max-content;min-width:100%}
    .t-cell,.t-wide{display:inline-block;width:1ch;height:1.25em;vertical-align:top;text-align:left;overflow:visible}.t-wide{width:2ch;overflow:hidden}
    .t-cursor{box-shadow:inset 0 0 0 1px var(--t-ink);background:color-mix(in srgb,var(--t-ink) 28%,transparent)}
    .t-screen:focus .t-cursor{background:var(--t-ink);color:var(--t-ground)}
    .t-hit{background:var(--t-hit);color:var(--t-hit-ink)}
    .t-bold{font-weight:700}.t-dim{opacity:.66}.t-italic{font-style:italic}.t-underline{text-decoration:underline}.t-strike{text-decoration:line-through}
    .t-underline.t-strike{text-decoration:underline line-through}.t-double{text-decoration-style:double}.t-curly{text-decoration-style:wavy}.t-over{border-top:1px solid currentColor}
    .t-conceal{opacity:.35}
    .t-aside{min-width:0;display:flex;flex-direction:column;position:relative}.t-aside h4{margin:4px 0 6px;font-size:13px;font-weight:600;color:var(--soft)}
    .t-commands{list-style:none;margin:0;padding:0;overflow:auto;flex:1 1 0;min-height:10rem;max-height:44rem;position:relative;border-top:1px solid var(--line)}
    .t-commands li{border-bottom:1px solid var(--line)}
    button.t-command{display:grid;grid-template-columns:auto minmax(0,1fr);gap:0 8px;width:100%;text-align:left;border:0;border-radius:0;background:none;padding:5px 6px;min-height:0;
    border-left:3px solid transparent}
    button.t-command:hover{background:var(--code)}button.t-command[aria-current]{background:var(--target);border-left-color:var(--accent)}
    .t-command code{font-size:12px;overflow:hidden;display:-webkit-box;-webkit-line-clamp:3;-webkit-box-orient:vertical}.t-command[data-changes] code{font-weight:600}
    .t-at,.t-time{color:var(--soft);font-variant-numeric:tabular-nums;font-size:12px;white-space:nowrap}.t-inferred,.t-failed{grid-column:2;font-size:11.5px;color:var(--soft)}
    .t-inferred{font-style:italic}.t-failed{color:var(--bad);font-weight:600}
    .t-controls{margin:8px 0 0;align-items:center}.t-controls .grow{flex:1 1 12em;display:flex}.t-play{min-width:7.2em;font-weight:600}
    .t-slider{flex:1 1 14em;min-width:8em;accent-color:var(--accent);height:32px;margin:0}.t-tally{min-width:5em;font-variant-numeric:tabular-nums}
    .t-note{color:var(--warn);margin:4px 0 0}.t-note:empty{display:none}
    .t-open{margin:6px 0;border-color:var(--accent);color:var(--accent);font-weight:600}
    .typed-list{margin:4px 0;padding-left:0;list-style:none;max-height:26rem;overflow:auto;font-size:13px}
    .typed-list li{padding:2px 0;display:flex;flex-wrap:wrap;gap:0 10px;align-items:baseline}.typed-list time{color:var(--soft)}
    .typed-list .sure{font-style:italic;color:var(--soft);font-size:12px}.typed-list .failed{color:var(--bad);font-size:12px;font-weight:600}
    .terminal~.preview:not([open])>summary{color:var(--soft)}
    .stderr>summary{color:var(--bad)}.stderr>pre{border-left:4px solid var(--bad);border-radius:0 8px 8px 0}
    @container (max-width:860px){.t-stage.has-commands{grid-template-columns:minmax(0,1fr)}.t-commands{max-height:14rem;min-height:0;flex:none}}
    @media (max-width:640px){.t-screen{padding:6px 8px}.t-slider{flex-basis:100%;order:-1}.t-controls{gap:6px 8px}}
    @media (forced-colors:active){.t-cursor{outline:1px solid CanvasText}.t-hit{background:Mark;color:MarkText;forced-color-adjust:none}}
    @media print{.terminal .controls,.t-open{display:none!important}.t-screen,.t-commands,.typed-list{max-height:none;overflow:visible}}
    """#
}
