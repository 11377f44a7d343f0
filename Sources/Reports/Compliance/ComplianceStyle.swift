/// What a compliance report has besides the looks of the case report.
enum ComplianceStyle {
  static let looks: StaticString = #"""
    .state{font-weight:600;white-space:nowrap}.state::before{margin-right:.35em}
    .state.ok{color:var(--ok)}.state.bad{color:var(--bad)}.state.warn{color:var(--warn)}
    .state.ok::before{content:"✓"}.state.bad::before{content:"✗"}.state.warn::before{content:"○"}
    .matrix td ul{list-style:none;margin:0;padding:0}.matrix td li+li{margin-top:6px}
    .matrix th[scope=row]{white-space:nowrap;min-width:5em}
    .matrix td:nth-child(2){width:30%}.matrix td:nth-child(3){width:8.5em}.wide td{overflow-wrap:anywhere}
    .wide td:first-child,.wide th:first-child{overflow-wrap:normal}.statement{max-height:9rem;margin:0}
    .id,.id code{white-space:nowrap;overflow-wrap:normal}td.id{white-space:normal}td.id code{display:inline-block}
    .people td:nth-child(2),.sampled td:nth-child(3){min-width:8em}
    .people td:nth-child(6),.sampled td:nth-child(6){min-width:9em}.sampled td:nth-child(4){min-width:20em}
    .plain{margin:6px 0;padding-left:20px}.plain li{margin:3px 0;overflow-wrap:anywhere}
    @media (max-width:640px){.matrix thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
    .matrix,.matrix tbody{display:block}.matrix tr{display:block;padding:8px 0;border-top:1px solid var(--line)}
    .matrix td,.matrix th{display:block;border:0;padding:2px 10px;width:auto!important}}
    @media print{.statement{max-height:none}}
    """#
}
