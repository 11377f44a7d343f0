/// The looks of the page: system fonts, one accent colour, light and dark, paper.
enum StyleSheet {
  static var text: StyleText { StyleText(colours, page, parts, timeline, terminal, transfers, narrow, paper, prompts) }

  /// The foot of every printed page.
  static func footer(verdict: String, digest: String) -> StyleText {
    var style = StyleText("@page{@bottom-left{content:")
    style.append(string: verdict + ". Case digest " + digest.prefix(32))
    style.append("}}")
    return style
  }

  /// Contrast is at least 4.5:1 for text and 3:1 for marks, on every ground that they stand on, in both schemes.
  private static let colours: StaticString = #"""
    :root{color-scheme:light dark;--ground:#fbfaf7;--card:#fff;--ink:#1c1d21;--soft:#5b5e66;--line:#e4e1d9;--edge:#8d8a81;
    --accent:#0b5fa5;--bad:#b3261e;--bad-ground:#fcebe9;--ok:#1b6e46;--ok-ground:#e7f4ec;--warn:#7a5000;--warn-ground:#fcf3dd;
    --read:#6f737c;--bars:#a4a7ae;--write:#b85c00;--schema:#6f35a8;--privilege:#a3154f;--execute:#0b5fa5;--transfer:#00707a;
    --unknown:#3d4048;--code:#f4f2ec;--span:#efece3;--target:#fff6d6}
    @media (prefers-color-scheme:dark){:root{--ground:#15161a;--card:#1d1f25;--ink:#e9e7e2;--soft:#a9adb6;--line:#33363f;
    --edge:#747a86;--accent:#84bff5;--bad:#ff8f85;--bad-ground:#381d1c;--ok:#7fd3a5;--ok-ground:#163025;--warn:#f0c36a;
    --warn-ground:#332810;--read:#9298a3;--bars:#666c78;--write:#ffa24d;--schema:#c8a5f2;--privilege:#ff8db4;
    --execute:#84bff5;--transfer:#5cc7d1;--unknown:#d3d6dc;--code:#262931;--span:#2a2d35;--target:#3a3420}}
    """#

  private static let page: StaticString = #"""
    *{box-sizing:border-box}
    html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.55 system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
    header,main,footer{max-width:1200px;margin:0 auto;padding:0 20px}
    header{padding-top:28px}footer{padding-bottom:60px;margin-top:40px;color:var(--soft);font-size:13px}
    main:focus{outline:none}
    code,pre{font:13px/1.5 ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
    code{overflow-wrap:anywhere;unicode-bidi:isolate}bdi{overflow-wrap:anywhere}
    pre{margin:6px 0;padding:8px 12px;background:var(--code);border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere;
    max-height:26rem;overflow:auto;tab-size:4}
    p{margin:6px 0}h1,h2,h3{line-height:1.25;text-wrap:balance}h1{font-size:28px;margin:2px 0 6px;letter-spacing:-.01em}
    h2{font-size:19px;margin:44px 0 12px}h3{font-size:15px;margin:22px 0 8px}
    a{color:var(--accent);text-underline-offset:2px;text-decoration-thickness:1px}
    :focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
    [hidden]{display:none!important}
    .skip{position:absolute;left:-999px;top:0;background:var(--card);padding:10px 16px;z-index:9}.skip:focus{left:8px;top:8px}
    .sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    .soft,.sub{color:var(--soft);font-size:13px}.cut{color:var(--soft);font-size:13px;font-style:italic}
    .brand{margin:0;font-size:12.5px;color:var(--soft);letter-spacing:.08em;text-transform:uppercase}
    .masthead{display:grid;grid-template-columns:1fr auto;gap:24px;align-items:start}
    .masthead h1{overflow-wrap:anywhere}.sub code{font-size:12px}
    .proof{text-align:right;font-size:13px;color:var(--soft);padding-top:4px}.proof p{margin:0 0 2px}.proof code{font-size:12px}
    .proof b{color:var(--ink);font-weight:600}b.ok,.ok>a>b{color:var(--ok)!important}b.bad,.bad>a>b{color:var(--bad)!important}
    b.warn,.warn>a>b{color:var(--warn)!important}
    .verdict{border-left:6px solid var(--edge);border-radius:0 12px 12px 0;padding:16px 20px;margin:20px 0}
    .verdict p{margin:4px 0 0;max-width:62em}.verdict code{font-size:.9em}
    .headline strong{font-weight:inherit}.verdict .headline{font-size:22px;line-height:1.3;font-weight:650;margin:0 0 2px;letter-spacing:-.01em}
    .verdict.bad{border-color:var(--bad);background:var(--bad-ground)}.verdict.bad .headline{color:var(--bad)}
    .verdict.ok{border-color:var(--ok);background:var(--ok-ground)}.verdict.ok .headline{color:var(--ok)}
    .verdict.warn{border-color:var(--warn);background:var(--warn-ground)}.verdict.warn .headline{color:var(--warn)}
    .numbers{list-style:none;display:grid;grid-template-columns:repeat(6,1fr);gap:10px;margin:18px 0 0;padding:0}
    .numbers a{display:block;height:100%;background:var(--card);border:1px solid var(--line);border-radius:12px;
    padding:10px 14px 12px;color:inherit;text-decoration:none}
    .numbers a:hover{border-color:var(--edge)}.numbers span{display:block;font-size:13px}.numbers .soft{font-size:12px}
    .numbers b{display:block;font-size:25px;line-height:1.3;letter-spacing:-.02em;font-variant-numeric:tabular-nums;font-weight:650}
    nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:2px 20px;margin:16px 0 0;padding:0;font-size:13.5px}
    nav a{display:inline-block;padding:3px 0}
    """#

  private static let parts: StaticString = #"""
    .card{background:var(--card);border:1px solid var(--line);border-radius:12px}
    div.card,dl.card{padding:14px 18px}div.card:empty{display:none}
    .calm{color:var(--soft)}.loud{color:var(--bad)}.message{color:var(--bad);font-size:13.5px}
    .word{font-weight:600;white-space:nowrap}.word.bad,td.bad{color:var(--bad);font-weight:600}.word.ok{color:var(--ok)}.word.warn{color:var(--warn)}
    .scroll{overflow-x:auto}.card+.scroll,.scroll+.scroll,.scroll+.controls,p+.scroll{margin-top:16px}.scroll+.session{margin-top:20px}
    table{border-collapse:collapse;width:100%;font-size:13.5px}caption{text-align:left;color:var(--soft);font-size:13px;padding:0 0 6px}
    th{text-align:left;font-weight:500}thead th{color:var(--soft);font-size:12.5px;white-space:nowrap;vertical-align:bottom}
    td,th{padding:7px 10px;border-top:1px solid var(--line);vertical-align:top}thead th{border-top:0}
    .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}time{font-variant-numeric:tabular-nums;white-space:nowrap}
    table.card{border-collapse:separate;border-spacing:0}table.card caption:not(.sr){padding:0 2px 8px}table.card th[scope=row]{overflow-wrap:anywhere;min-width:9em}
    .digest{color:var(--soft);font-size:12px;margin-top:2px}.digest code{font-size:11.5px}
    .depth-1 summary,th.depth-1{padding-left:26px}.depth-2 summary,th.depth-2{padding-left:42px}
    .depth-3 summary,th.depth-3{padding-left:58px}.depth-4 summary,th.depth-4{padding-left:74px}
    .exception{display:grid;grid-template-columns:104px minmax(0,1fr) 300px;gap:18px;padding:18px 0;border-top:1px solid var(--line)}
    .exception:first-child{border-top:0;padding-top:6px}.exception h3{margin:0 0 6px;font-size:15.5px;overflow-wrap:anywhere}
    .exception h3 code{font-size:14px;font-weight:600}
    .when{font-size:13px}.when>*{display:block}.severity,.when time{color:var(--soft)}.when .word{white-space:normal}
    .who{margin:0;font-size:13px}.who>div{margin:0 0 3px;display:grid;grid-template-columns:64px minmax(0,1fr);gap:8px}
    .who dt{color:var(--soft)}.who dd{margin:0;overflow-wrap:anywhere}.who code{font-size:12px}
    .undone pre{border-left:3px dashed var(--edge);border-radius:0 8px 8px 0}
    details>summary{cursor:pointer;padding:4px 0}details.more{margin-top:12px}details.more>summary{color:var(--accent);font-size:13.5px}
    .session{background:var(--card);border:1px solid var(--line);border-radius:12px;margin:12px 0;padding:2px 0}
    .session>summary{padding:10px 18px;display:flex;flex-wrap:wrap;gap:2px 14px;align-items:baseline;list-style-position:inside}
    .session>summary::before{content:"▸";color:var(--soft);width:.8em}.session[open]>summary::before{content:"▾"}
    .session>summary h3{margin:0;display:inline;overflow-wrap:anywhere}.session>:not(summary){margin-left:18px;margin-right:18px}
    .session.depth-1{margin-left:22px}.session.depth-2{margin-left:44px}.session.depth-3{margin-left:66px}.session.depth-4{margin-left:88px}
    .facts{color:var(--soft);font-size:13px;overflow-wrap:anywhere}
    .transcript td:first-child{width:7.5em}.transcript td:nth-child(3){width:11em}.transcript pre{margin:4px 0 2px}
    .transcript td:first-child a{color:var(--soft)}.verb{font-size:13px;font-weight:600}.verb .soft{margin-left:10px;font-weight:400}
    .transcript .is-read pre,.transcript .is-session pre{padding:0;background:none;margin:0;border-radius:0}.is-read .verb,.is-session .verb{font-weight:400;color:var(--soft)}
    .transcript tr:target>*{background:var(--target)}.run td,.missing td{color:var(--soft);font-size:13px}
    .missing td{background:repeating-linear-gradient(135deg,var(--warn-ground) 0 7px,transparent 7px 14px)}
    .refused td:first-child{box-shadow:inset 4px 0 var(--bad)}.undecided td:first-child{box-shadow:inset 4px 0 var(--warn)}
    .preview>summary{color:var(--accent);font-size:13px;padding:2px 0}.cells{width:auto;font-size:12.5px}
    .cells td,.cells th{padding:2px 9px;white-space:pre-wrap;overflow-wrap:anywhere;max-width:24em}.null{color:var(--soft);font-style:italic}
    .answer{margin:2px 0;font-size:13.5px}.messages{list-style:none;margin:4px 0;padding:0;max-height:26rem;overflow:auto}
    .messages li{padding:2px 0 2px 10px;border-left:2px solid var(--line);margin-bottom:4px}.messages pre{margin:0;padding:0;background:none;max-height:none}
    .messages pre:has(code:empty){display:none}
    .anomalies>div{padding:8px 0;border-top:1px solid var(--line)}.anomalies>div:first-child{border-top:0}
    .anomalies dt{display:flex;justify-content:space-between;gap:12px;font-weight:600}.anomalies dt .n{font-weight:400;color:var(--soft)}
    .anomalies dd{margin:0}.anomalies ul,.reasons{margin:4px 0;padding-left:20px;font-size:13.5px}.anomalies li{overflow-wrap:anywhere}
    .command{max-height:none}
    .controls{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:end;font-size:13px;color:var(--soft);margin-bottom:8px}
    .controls label{display:inline-flex;gap:6px;align-items:center;min-height:32px}.controls .grow{flex:1 1 16em}.controls .spacer{flex:1}
    button,select,input[type=search]{font:inherit;font-size:13px;color:var(--ink);background:var(--card);border:1px solid var(--edge);
    border-radius:8px;padding:4px 11px;min-height:32px;max-width:100%}button{cursor:pointer}button:hover{border-color:var(--accent)}
    button[aria-pressed=true]{background:var(--accent);color:var(--card);border-color:var(--accent)}
    input[type=search]{flex:1;min-width:0;width:100%}button:disabled{opacity:.5;cursor:default}select{max-width:15em}
    button.plain{border:0;background:none;padding:2px 0;min-height:24px;color:var(--accent);font-variant-numeric:tabular-nums;text-decoration:underline;text-underline-offset:2px;white-space:nowrap}
    .opened>td{padding:0 10px 10px;border-top:0}
    .pager{display:flex;gap:10px;align-items:center;margin-top:10px;font-size:13px}
    .detail{border:1px solid var(--edge);border-radius:12px;padding:12px 16px;margin:12px 0;background:var(--ground)}
    .detail h3{margin:0 0 4px}.detail dl{margin:8px 0;display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 14px;font-size:13.5px}
    .detail dt{color:var(--soft)}.detail dd{margin:0;overflow-wrap:anywhere}.detail .controls{margin:8px 0 0}
    mark{background:var(--target);color:inherit;outline:1px solid var(--edge)}
    """#

  private static let timeline: StaticString = #"""
    #timeline-view{position:relative}#timeline-picture{display:block;width:100%;min-width:760px;height:auto}
    #timeline-canvas{outline-offset:-3px;display:block;width:100%;touch-action:pan-y;cursor:crosshair;border-radius:8px}
    .drawn #timeline-picture{display:none}
    .playing{flex-basis:100%;margin:0;min-height:1.6em;color:var(--ink);font-size:13.5px;overflow-wrap:anywhere;overflow:hidden;
    text-overflow:ellipsis;white-space:nowrap}
    .grid{stroke:var(--line)}.tick,.lane-note,.many{fill:var(--soft)}.lane-name{fill:var(--ink)}.date{font-weight:600}
    .span{fill:var(--span)}.gap{stroke:var(--warn);fill:url(#hatch)}.hatch-line{stroke:var(--warn)}.dot{fill:var(--read)}.fold{stroke:var(--edge)}
    .m-read{stroke:var(--read);stroke-width:1.5}.m-bars{fill:var(--bars)}
    .m{stroke-width:2;paint-order:stroke}
    .m.write{fill:var(--write);stroke:var(--write)}.m.schema{fill:var(--schema);stroke:var(--schema)}
    .m.privilege{fill:var(--privilege);stroke:var(--privilege)}.m.execute{fill:var(--execute);stroke:var(--execute)}
    .m.transfer{fill:var(--transfer);stroke:var(--transfer)}.m.unknown{fill:var(--unknown);stroke:var(--unknown)}
    .m.read,.m.session{fill:none;stroke:var(--read)}.m.neutral{fill:var(--read);stroke:var(--read)}
    .m.hollow{fill:var(--card)}.m.ok{stroke:var(--ok);stroke-width:2.6}.m.open{stroke:var(--warn);stroke-dasharray:2 2}
    .patterns{position:absolute}.check{stroke:var(--ok);stroke-width:2.2;fill:none}.ring{fill:none;stroke:var(--bad);stroke-width:1.8}.cross{stroke:var(--bad);stroke-width:2.2;fill:none}
    .legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;margin:10px 0 0;padding:0;font-size:12.5px;color:var(--soft)}
    .legend li{display:inline-flex;gap:5px;align-items:center}
    """#

  private static let narrow: StaticString = #"""
    @media (max-width:960px){.exception{grid-template-columns:90px minmax(0,1fr)}.who{grid-column:2}
    .numbers{grid-template-columns:repeat(3,1fr)}}
    @media (max-width:640px){header,main,footer{padding-left:14px;padding-right:14px}h1{font-size:23px}.verdict .headline{font-size:19px}
    .masthead{grid-template-columns:minmax(0,1fr);gap:6px}.proof{text-align:left}.numbers{grid-template-columns:repeat(2,1fr)}
    .exception{grid-template-columns:minmax(0,1fr);gap:8px}.who{grid-column:1}.when{display:flex;flex-wrap:wrap;gap:4px 12px}
    .session>:not(summary){margin-left:12px;margin-right:12px}.session[class*=depth-]{margin-left:0}
    .session:not(.depth-0){border-left-width:4px}
    .transcript thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
    .transcript,.transcript tbody{display:block}.transcript tr{display:grid;grid-template-columns:1fr auto auto;gap:0 4px;padding:8px 0;border-top:1px solid var(--line)}
    .transcript td{border:0;padding:1px 6px;width:auto!important}.transcript td:nth-child(1){order:1}.transcript td:nth-child(4){order:2}
    .transcript td:nth-child(5){order:3}.transcript td:nth-child(3){order:4;grid-column:1/-1;text-align:left}
    .transcript td:nth-child(2){order:5;grid-column:1/-1;min-width:0}.transcript td:nth-child(3) br{display:none}
    .transcript td:nth-child(3) .word{margin-left:10px}.transcript td:nth-child(4):not(:empty)::before{content:"rows "}
    .detail dl{grid-template-columns:minmax(0,1fr)}.detail dd{margin-bottom:4px}}
    @media screen{.session{content-visibility:auto;contain-intrinsic-size:auto 60px}}
    @media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
    @media (forced-colors:active){.m,.ring,.cross{forced-color-adjust:none}.card,.session{border-color:CanvasText}}
    """#

  private static let paper: StaticString = #"""
    @page{size:A4;margin:16mm 14mm 18mm;@bottom-right{content:"Page " counter(page) " of " counter(pages);font:9px sans-serif;color:#555}
    @bottom-left{font:9px sans-serif;color:#555}}
    @media print{:root{--ground:#fff;--card:#fff;--ink:#111;--soft:#4a4d55;--line:#d5d2ca;--edge:#8d8a81;--accent:#0b4f8a;--bad:#a01f18;
    --bad-ground:#fcebe9;--ok:#1b6e46;--ok-ground:#e7f4ec;--warn:#7a5000;--warn-ground:#fcf3dd;--read:#6f737c;--bars:#a4a7ae;--write:#b85c00;
    --schema:#6f35a8;--privilege:#a3154f;--execute:#0b5fa5;--transfer:#00707a;--unknown:#3d4048;--code:#f4f2ec;--span:#efece3;--target:#fff;color-scheme:light}
    body{font-size:10.5pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}header,main,footer{max-width:none;padding:0}
    code,pre{font-size:8.5pt}table{font-size:9pt}h2{margin-top:22pt}
    nav,.skip,.controls,#explorer,#timeline-detail,#timeline-canvas,.pager{display:none!important}
    .drawn #timeline-picture{display:block}#timeline-picture{min-width:0}.scroll{overflow:visible}pre{max-height:none}
    .numbers{grid-template-columns:repeat(6,1fr);gap:5pt}.numbers a{padding:5pt 7pt}.numbers b{font-size:15pt}
    .exception{grid-template-columns:62pt minmax(0,1fr) 185pt;gap:10pt;padding:9pt 0}.who{grid-column:auto}.who>div{grid-template-columns:44pt minmax(0,1fr)}
    .exception,.numbers,.verdict,tr,figure,svg,.anomalies>div{break-inside:avoid}h2,h3,summary,caption,.facts{break-after:avoid}
    thead{display:table-header-group}details::details-content{content-visibility:visible!important;display:block!important;height:auto!important}
    .session>summary::before{content:""}summary{list-style:none}summary::marker{content:""}a{color:inherit;text-decoration:none}
    .transcript pre{padding:0;background:none;margin:0}.transcript td{padding:3pt 6pt}.transcript p{margin:1pt 0}.cells td,.cells th{padding:0 6pt;border:0}
    .preview>summary{display:none}.preview .scroll{border-left:1.5pt solid var(--line)}.command{background:none;border:.5pt solid var(--line)}
    .session{border:0;border-top:1.5pt solid var(--edge);border-radius:0;margin:12pt 0}.session>:not(summary),.session>summary{margin-left:0;margin-right:0;padding-left:0}}
    """#
}
