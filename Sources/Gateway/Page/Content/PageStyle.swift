/// The looks of the page: those of the report.
enum PageStyle {
  static let text: StaticString = #"""
    :root{color-scheme:light dark;--ground:#fbfaf7;--card:#fff;--ink:#1c1d21;--soft:#5b5e66;--line:#e4e1d9;--edge:#8d8a81;
    --accent:#0b5fa5;--bad:#b3261e;--bad-ground:#fcebe9;--ok:#1b6e46;--ok-ground:#e7f4ec;--warn:#7a5000;--warn-ground:#fcf3dd;
    --read:#6f737c;--write:#b85c00;--schema:#6f35a8;--privilege:#a3154f;--execute:#0b5fa5;--transfer:#00707a;--unknown:#3d4048;
    --code:#f4f2ec;--target:#fff6d6}
    @media (prefers-color-scheme:dark){:root{--ground:#15161a;--card:#1d1f25;--ink:#e9e7e2;--soft:#a9adb6;--line:#33363f;
    --edge:#747a86;--accent:#84bff5;--bad:#ff8f85;--bad-ground:#381d1c;--ok:#7fd3a5;--ok-ground:#163025;--warn:#f0c36a;
    --warn-ground:#332810;--read:#9298a3;--write:#ffa24d;--schema:#c8a5f2;--privilege:#ff8db4;--execute:#84bff5;
    --transfer:#5cc7d1;--unknown:#d3d6dc;--code:#262931;--target:#3a3420}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.55 system-ui,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
    header,main,.notice{max-width:1240px;margin:0 auto;padding:0 20px}
    header{padding-top:22px;display:grid;grid-template-columns:1fr auto;align-items:baseline}
    .brand{margin:0;grid-column:1/-1;font-size:12.5px;color:var(--soft);letter-spacing:.08em;text-transform:uppercase}
    h1,h2,h3{line-height:1.25;text-wrap:balance}h1{font-size:26px;margin:2px 0 14px;letter-spacing:-.01em}
    h2{font-size:17px;margin:0 0 8px}h3{font-size:14px;margin:22px 0 6px}
    p{margin:6px 0}.soft{color:var(--soft);font-size:13px}.who{font-size:13.5px;color:var(--soft)}
    code,pre,kbd,textarea{font:13px/1.5 ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
    code{overflow-wrap:anywhere;unicode-bidi:isolate}
    pre{margin:6px 0;padding:8px 12px;background:var(--code);border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere;max-height:26rem;overflow:auto;tab-size:4}
    kbd{border:1px solid var(--line);border-bottom-width:2px;border-radius:5px;padding:0 5px;font-size:12px;color:var(--ink)}
    [hidden]{display:none!important}:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
    .skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--card);padding:10px 16px}
    .card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 20px;margin:0 0 14px}
    button{font:inherit;font-size:14px;font-weight:600;color:var(--ink);background:var(--card);border:1px solid var(--edge);border-radius:9px;padding:8px 16px;min-height:44px;cursor:pointer}
    button:hover{border-color:var(--accent)}button:disabled{opacity:.5;cursor:default}
    button.plain{border:0;background:none;min-height:0;padding:4px;color:var(--accent);font-weight:400;text-decoration:underline;text-underline-offset:2px}
    button.yes{background:var(--ok);border-color:var(--ok);color:var(--card)}button.no{color:var(--bad);border-color:var(--bad)}
    input,textarea{width:100%;font-size:16px;padding:8px 10px;border:1px solid var(--edge);border-radius:8px;background:var(--card);color:var(--ink)}
    textarea{font-size:13px}label{display:block;font-size:13px;color:var(--soft);margin:10px 0 4px}
    details>summary{cursor:pointer;color:var(--accent);font-size:13.5px;padding:8px 0}
    .notice{padding:10px 20px;border-radius:10px;background:var(--warn-ground);color:var(--warn);margin-bottom:12px}
    .notice.bad{background:var(--bad-ground);color:var(--bad)}.notice.ok{background:var(--ok-ground);color:var(--ok)}
    #login{display:grid;grid-template-columns:1fr 1fr;gap:16px;align-items:start}
    #app{display:grid;grid-template-columns:340px minmax(0,1fr);gap:24px;align-items:start;padding-bottom:60px}
    nav{position:sticky;top:12px}nav ol{list-style:none;margin:0;padding:0}
    nav li button{display:block;width:100%;text-align:left;font-weight:400;border-color:var(--line);border-radius:10px;margin:0 0 8px;padding:10px 14px;background:var(--card)}
    nav li button[aria-current=true]{border-color:var(--accent);box-shadow:inset 4px 0 var(--accent)}
    nav li b{display:block;overflow-wrap:anywhere}nav li span{display:block;font-size:13px;color:var(--soft);overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
    nav li .text{font:12.5px/1.5 ui-monospace,Menlo,Consolas,monospace}#over li{font-size:13px;padding:6px 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
    .keys{line-height:2}
    #detail{min-width:0}#detail:focus{outline:none}#detail h2{font-size:21px;margin:0 0 2px;overflow-wrap:anywhere}
    .why{border-left:6px solid var(--warn);border-radius:0 12px 12px 0;background:var(--warn-ground);padding:10px 16px;margin:12px 0}
    .why b{color:var(--warn)}.why p{margin:2px 0}
    blockquote{margin:6px 0;padding:10px 16px;border-left:6px solid var(--accent);background:var(--card);border-radius:0 12px 12px 0;white-space:pre-wrap;overflow-wrap:anywhere}
    dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 16px;margin:6px 0;font-size:14px}
    dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
    .effect{font-size:12.5px;font-weight:600;border:1px solid currentColor;border-radius:99px;padding:0 9px;white-space:nowrap}
    .read{color:var(--read)}.write{color:var(--write)}.schema{color:var(--schema)}.privilege{color:var(--privilege)}
    .execute{color:var(--execute)}.transfer{color:var(--transfer)}.unknown{color:var(--unknown)}.session{color:var(--read)}
    .statement{border-top:1px solid var(--line);padding:10px 0 4px}h3+.statement{border-top:0;padding-top:0}
    .statement.calm{color:var(--soft)}.past td{padding:5px 12px 5px 0;vertical-align:top;font-size:13px;border-top:1px solid var(--line);overflow-wrap:anywhere}
    .past{border-collapse:collapse;width:100%}.control{color:var(--bad);font-weight:600}
    .add{color:var(--ok)}.del{color:var(--bad)}
    .bar{position:sticky;bottom:0;background:var(--ground);border-top:1px solid var(--line);padding:12px 0;margin-top:22px;display:flex;flex-wrap:wrap;gap:10px;align-items:center}
    .bar p{flex:1 1 100%;margin:0}.bar input{flex:1 1 16em;width:auto}
    .empty{color:var(--soft);padding:40px 0;text-align:center}.back{display:none}
    @media (max-width:860px){#login,#app{grid-template-columns:minmax(0,1fr)}nav{position:static}.keys{display:none}
    #app.open nav{display:none}#app:not(.open) #detail{display:none}.back{display:inline-block;padding:8px 0!important}
    header{display:block}.who{margin:0 0 12px}
    .bar button{flex:1 1 40%}}
    @media (prefers-reduced-motion:no-preference){nav li button{transition:border-color .15s}}
    """#
}
