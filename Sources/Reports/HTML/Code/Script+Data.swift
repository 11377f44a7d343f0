/// How the script reads its data, and makes nodes. Text goes in as text only.
extension ScriptParts {
  static let opening: StaticString = #"""
    "use strict";
    (() => {
    const byId = id => document.getElementById(id);
    const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|\udb40[\udc00-\udfff]|\ud834[\udd73-\udd7a]/g;
    // What hides, reorders or controls is shown as a mark, as on the rest of the page.
    const controls = "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(" ");
    const mark = c => {
      const n = c.codePointAt(0);
      if (n < 32) return "\u27e8" + controls[n] + "\u27e9";
      if (n === 127) return "\u27e8DEL\u27e9";
      return "\u27e8U+" + n.toString(16).toUpperCase().padStart(4, "0") + "\u27e9";
    };
    const visible = text => text.replace(hidden, mark);
    const oneLine = text => visible(text).replace(/\n/g, "\u21b5").replace(/\t/g, "\u21e5");
    const make = (name, attributes, ...children) => {
      const element = document.createElement(name);
      for (const [key, value] of Object.entries(attributes || {})) {
        if (key === "class") element.className = value;
        else if (key === "click") element.addEventListener("click", value);
        else if (value !== undefined && value !== null) element.setAttribute(key, value);
      }
      for (const child of children) if (child !== null && child !== undefined) element.append(child);
      return element;
    };
    const count = number => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    const plural = (number, one, many) => count(number) + " " + (number === 1 ? one : many || one + "s");
    const size = number => {
      if (number < 10000) return plural(number, "byte");
      let unit = 1000;
      for (const name of ["kB", "MB", "GB", "TB"]) {
        if (number < unit * 1000) {
          const value = number / unit;
          return (value < 100 ? Math.floor(value * 10) / 10 : Math.floor(value)) + " " + name;
        }
        unit *= 1000;
      }
      return count(number) + " bytes";
    };
    const span = ns => {
      if (ns === 0) return "0 s";
      if (ns < 1e3) return ns + " ns";
      if (ns < 1e6) return Math.floor(ns / 1e3) + " \u00b5s";
      const short = (value, unit) => (value < 100 ? Math.floor(value * 10) / 10 : Math.floor(value)) + " " + unit;
      if (ns < 1e9) return short(ns / 1e6, "ms");
      if (ns < 6e10) return short(ns / 1e9, "s");
      const s = Math.floor(ns / 1e9);
      const two = (a, an, b, bn) => a + " " + an + (b ? " " + b + " " + bn : "");
      if (s < 3600) return two(Math.floor(s / 60), "min", s % 60, "s");
      if (s < 86400) return two(Math.floor(s / 3600), "h", Math.floor(s / 60) % 60, "min");
      return two(Math.floor(s / 86400), "d", Math.floor(s / 3600) % 24, "h");
    };
    """#

  static let data: StaticString = #"""

    const block = name => [...document.getElementsByClassName(name)];
    const source = block("case-data")[0];
    const closingData = block("closing-data")[0];
    if (!source || !closingData) return;
    const facts = read(source);
    const closing = read(closingData);
    if (closing.written === 0) return;
    const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    // Times are nanoseconds since the base, which is a whole second.
    const dateOf = ns => new Date((facts.base + Math.floor(ns / 1e9)) * 1000);
    const day = ns => { const d = dateOf(ns); return d.getUTCDate() + " " + months[d.getUTCMonth()]; };
    const clock = (ns, digits = 3) => {
      const part = ns - Math.floor(ns / 1e9) * 1e9;
      const fraction = digits ? "." + String(Math.floor(part)).padStart(9, "0").slice(0, digits) : "";
      return dateOf(ns).toISOString().slice(11, 19) + fraction;
    };
    const time = (ns, digits) => (facts.showsDate ? day(ns) + " " : "") + clock(ns, digits);

    const all = closing.written;
    const start = new Float64Array(all), took = new Float64Array(all);
    const session = new Uint32Array(all), sequence = new Uint32Array(all), flags = new Uint16Array(all);
    const lane = new Uint16Array(all);
    // The prompt that an action goes back to, from 1; 0 is none that is known.
    const asked = facts.prompts ? new Uint32Array(all) : null;
    const blockStart = [];
    {
      let at = 0;
      for (const element of block("columns-data")) {
        blockStart.push(at);
        const [sessions, sequences, starts, durations, bits, prompts] = read(element);
        let previous = 0;
        for (let i = 0; i < sessions.length; i++, at++) {
          session[at] = sessions[i];
          sequence[at] = sequences[i];
          start[at] = previous += starts[i];
          took[at] = durations[i];
          flags[at] = bits[i];
          if (asked && prompts) asked[at] = prompts[i];
          lane[at] = facts.sessions[sessions[i]][2];
        }
      }
    }
    const effectOf = i => flags[i] & 7, statusOf = i => flags[i] >> 3 & 3, outcomeOf = i => flags[i] >> 5 & 7;
    const isHollow = i => (flags[i] >> 8 & 1) === 1;
    // Effect 0 reads, effect 6 concerns the session only; the rest are changes.
    const isChange = i => effectOf(i) !== 0 && effectOf(i) !== 6;
    const isFailed = i => statusOf(i) === 1 || statusOf(i) === 2;
    const isRefused = i => outcomeOf(i) >= 3;

    const textElements = block("texts-data");
    // The blocks that were read last; all of a large case would fill the memory.
    const parsed = new Map(), parsedMost = 64;
    const texts = b => {
      const known = parsed.get(b);
      if (known) return known;
      if (parsed.size >= parsedMost) parsed.delete(parsed.keys().next().value);
      const found = read(textElements[b]);
      parsed.set(b, found);
      return found;
    };
    const blockOf = i => {
      let low = 0, high = blockStart.length - 1;
      while (low < high) {
        const middle = low + high + 1 >> 1;
        if (blockStart[middle] <= i) low = middle; else high = middle - 1;
      }
      return low;
    };
    const fields = ["verb", "text", "cut", "parameters", "code", "message", "rows", "result", "consequence", "rule", "reason",
      "source", "packet", "resources", "id", "sent", "received", "others", "answer", "identity", "log"];
    const stringFields = new Set(["verb", "text", "parameters", "code", "message", "result", "consequence", "rule", "reason"]);
    const action = i => {
      const b = blockOf(i), [strings, rows] = texts(b), row = rows[i - blockStart[b]];
      const found = {};
      fields.forEach((name, k) => { found[name] = stringFields.has(name) ? strings[row[k]] : row[k]; });
      found.resources = found.resources.map(k => strings[k]);
      found.id = found.id ? strings[found.id] : facts.sessions[session[i]][0] + "." + sequence[i];
      return found;
    };
    const find = id => {
      const dot = id.lastIndexOf("."), name = id.slice(0, dot), number = Number(id.slice(dot + 1));
      const place = facts.sessions.findIndex(s => s[0] === name);
      for (let i = 0; i < all; i++) if (session[i] === place && sequence[i] === number) return i;
      return -1;
    };
    const status = byId("status");
    const say = text => { if (status) status.textContent = text; };
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    """#

  static let closing: StaticString = #"""

    for (const details of document.querySelectorAll("details")) details.dataset.was = "";
    const unfold = () => { for (const details of document.querySelectorAll("main details")) { details.dataset.was = details.open ? "1" : "0"; details.open = true; } };
    const refold = () => { for (const details of document.querySelectorAll("main details")) if (details.dataset.was === "0") details.open = false; };
    addEventListener("beforeprint", unfold);
    addEventListener("afterprint", refold);
    const follow = () => {
      const hash = decodeURIComponent(location.hash.slice(1));
      if (!hash) return;
      const target = byId(hash);
      if (target) {
        for (let e = target; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
        target.scrollIntoView({block: "center"});
      }
      if (hash.startsWith("p-") && askOf.has(hash.slice(2))) {
        if (target) chooseAsk(askOf.get(hash.slice(2))); else selectAsk(askOf.get(hash.slice(2)), true);
      }
      if (!hash.startsWith("a-")) return;
      const i = find(hash.slice(2));
      if (i >= 0) select(i, target === null);
    };
    addEventListener("hashchange", follow);
    follow();
    document.documentElement.dataset.ready = "1";
    })();
    """#
}
