/// The timeline on a canvas: zoom, brush, keys, selection.
extension ScriptParts {
  /// Times and places. The whole picture folds long idle times as the printed one does; zooming in is linear in it.
  static let axis: StaticString = #"""

    const segments = facts.segments.map(([from, until, a, b]) => ({from, until, a: a / 1e6, b: b / 1e6}));
    const place = ns => {
      let before = null;
      for (const s of segments) {
        if (ns < s.from) return before ? before.b + (ns - before.until) / (s.from - before.until) * (s.a - before.b) : s.a;
        if (ns <= s.until) return s.a + (ns - s.from) / (s.until - s.from) * (s.b - s.a);
        before = s;
      }
      return before.b;
    };
    const when = u => {
      let before = null;
      for (const s of segments) {
        if (u < s.a) return before ? before.until + (u - before.b) / (s.a - before.b) * (s.from - before.until) : s.from;
        if (u <= s.b) return s.from + (u - s.a) / (s.b - s.a) * (s.until - s.from);
        before = s;
      }
      return before.until;
    };
    const places = new Float64Array(all);
    for (let i = 0; i < all; i++) places[i] = place(start[i]);
    const steps = [];
    for (const unit of [1e3, 1e6]) for (const n of [1, 2, 5, 10, 20, 50, 100, 200, 500]) steps.push(n * unit);
    for (const n of [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800]) steps.push(n * 1e9);
    const tickLabel = (ns, step) => step >= 864e11 ? day(ns) : step >= 6e10 ? clock(ns, 0).slice(0, 5) : step >= 1e9 ? clock(ns, 0) : step >= 1e6 ? clock(ns, 3) : clock(ns, 6);
    """#

  static let timeline: StaticString = #"""

    const view = byId("timeline-view"), picture = byId("timeline-picture"), target = byId("timeline-detail");
    const canvas = make("canvas", {id: "timeline-canvas", tabindex: "0", role: "application",
      "aria-label": "Timeline. Left and right go from mark to mark, up and down from lane to lane, Enter opens, plus and minus zoom, 0 shows all, space replays. Up above the first lane goes to the prompts, P from an action to its prompt. The table below holds the same facts."});
    const pen = canvas.getContext("2d");
    const top0 = 14 + (asks.some(ask => ask.isDrawn) ? 42 : 0), pitch = 40, axisHeight = 44, height = top0 + pitch * facts.lanes.length + axisHeight;
    let from = 0, until = 1, width = 900, left = 210, chosen = -1, brush = null, playhead = -1, frame = 0, hover = -1;
    const right = () => width - 14;
    const x = u => left + (u - from) / (until - from) * (right() - left);
    const back = px => from + (px - left) / (right() - left) * (until - from);
    const y = k => top0 + pitch * (k + .5);
    let ink = {};
    const readInk = () => {
      const style = getComputedStyle(document.documentElement);
      for (const name of ["card", "ink", "soft", "line", "edge", "accent", "bad", "ok", "warn", "read", "bars", "span", "write", "schema", "privilege", "execute", "transfer", "unknown"]) ink[name] = style.getPropertyValue("--" + name).trim();
      ink.session = ink.read;
    };
    const outline = (effect, cx, cy, r) => {
      const p = new Path2D(), to = (dx, dy, first) => first ? p.moveTo(cx + dx * r, cy + dy * r) : p.lineTo(cx + dx * r, cy + dy * r);
      const shapes = {schema: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]], privilege: [[0, -1.2], [1.15, .9], [-1.15, .9]],
        execute: [[-.9, -.9], [.9, -.9], [.9, .9], [-.9, .9]], transfer: [[-1.1, -.8], [.3, -.8], [1.2, 0], [.3, .8], [-1.1, .8]],
        unknown: [[-.55, -1.1], [.55, -1.1], [1.1, 0], [.55, 1.1], [-.55, 1.1], [-1.1, 0]]};
      if (!shapes[effect]) { if (effect === "write") p.arc(cx, cy, r, 0, 7); else { to(0, -.9, true); to(0, .9); } return p; }
      shapes[effect].forEach((point, k) => to(...point, k === 0));
      p.closePath();
      return p;
    };
    const lowerBound = u => {
      let low = 0, high = all;
      while (low < high) { const middle = low + high >> 1; if (places[middle] < u) low = middle + 1; else high = middle; }
      return low;
    };
    const clip = (text, limit) => {
      if (pen.measureText(text).width <= limit) return text;
      let low = 0, high = text.length;
      while (low < high) { const middle = low + high + 1 >> 1; if (pen.measureText(text.slice(0, middle) + "\u2026").width <= limit) low = middle; else high = middle - 1; }
      return text.slice(0, low) + "\u2026";
    };
    const hatch = (x0, y0, w, h) => {
      pen.save(); pen.beginPath(); pen.rect(x0, y0, w, h); pen.clip(); pen.strokeStyle = ink.warn; pen.lineWidth = 1.6;
      pen.beginPath();
      for (let k = x0 - h; k < x0 + w; k += 6) { pen.moveTo(k, y0 + h); pen.lineTo(k + h, y0); }
      pen.stroke(); pen.restore(); pen.strokeStyle = ink.warn; pen.lineWidth = 1; pen.strokeRect(x0, y0, w, h);
    };
    const dots = (x0, y0, w, h) => {
      pen.fillStyle = ink.read;
      for (let k = x0 + 4; k < x0 + w - 2; k += 6) for (let m = y0 + 4; m < y0 + h; m += 6) { pen.beginPath(); pen.arc(k, m, 1.1, 0, 7); pen.fill(); }
    };
    let drawnMarks = [];
    const drawAxis = () => {
      const bottom = height - axisHeight;
      let lastDate = "", edge = -1e9;
      pen.font = "11px system-ui, sans-serif"; pen.textAlign = "center";
      segments.forEach((s, k) => {
        if (k > 0) {
          const p = segments[k - 1], middle = (x(p.b) + x(s.a)) / 2;
          if (middle > left && middle < right()) {
            pen.strokeStyle = ink.edge; pen.lineWidth = 1; pen.setLineDash([4, 4]); pen.beginPath(); pen.moveTo(middle, top0); pen.lineTo(middle, bottom); pen.stroke(); pen.setLineDash([]);
            pen.fillStyle = ink.soft; pen.fillText(span(s.from - p.until), middle, bottom + 36);
          }
        }
        const a = Math.max(s.a, from), b = Math.min(s.b, until);
        if (a >= b) return;
        const begin = when(a), end = when(b), room = Math.max(1, Math.floor((x(b) - x(a)) / 86));
        const step = steps.find(n => n >= (end - begin) / room) || steps[steps.length - 1] * Math.ceil((end - begin) / room / steps[steps.length - 1]);
        const zero = facts.base * 1e9 % step;
        for (let t = Math.ceil((begin + zero) / step) * step - zero; t <= end; t += step) {
          const at = x(place(t));
          pen.strokeStyle = ink.line; pen.lineWidth = 1; pen.beginPath(); pen.moveTo(at, top0); pen.lineTo(at, bottom); pen.stroke();
          pen.fillStyle = ink.soft; pen.fillText(tickLabel(t, step), at, bottom + 18);
          const date = day(t) + " " + dateOf(t).getUTCFullYear();
          if (date !== lastDate && at - edge > 84) { pen.font = "600 11px system-ui, sans-serif"; pen.fillText(date, at, bottom + 34); pen.font = "11px system-ui, sans-serif"; lastDate = date; edge = at; }
        }
      });
    };
    const drawLanes = () => {
      facts.lanes.forEach(([label, note, depth], k) => {
        const room = left - 28;
        pen.textAlign = "right"; pen.fillStyle = ink.ink; pen.font = "12px system-ui, sans-serif";
        pen.fillText(clip((depth ? "\u2514 " : "") + label, room), left - 14, y(k) + (note && left > 120 ? -1 : 4));
        if (note && left > 120) { pen.fillStyle = ink.soft; pen.font = "10px system-ui, sans-serif"; pen.fillText(clip(note, room), left - 14, y(k) + 13); }
      });
      const ends = facts.lanes.map(() => [-1, -1]);
      pen.save(); pen.beginPath(); pen.rect(left - 2, 0, right() - left + 4, height); pen.clip();
      for (const s of facts.sessions) {
        const a = x(place(s[3])), b = Math.max(a + 3, x(place(s[4])));
        if (b < left || a > right()) continue;
        const last = ends[s[2]];
        if (!s[5] && a >= last[0] && b <= last[1]) continue;
        ends[s[2]] = [a, b];
        const a1 = Math.max(a, left - 12), b1 = Math.min(b, right() + 12);
        pen.fillStyle = ink.span; pen.beginPath(); pen.roundRect(a1, y(s[2]) - 9, b1 - a1, 18, Math.min(9, (b1 - a1) / 2)); pen.fill();
        if (s[5]) dots(a1, y(s[2]) - 9, b1 - a1, 18);
      }
      for (const [s, at, end] of facts.gaps) {
        const a = x(place(at)), b = x(place(end)), w = Math.max(6, b - a), a1 = b - a < 6 ? a - 3 : a;
        if (a1 + w >= left && a1 <= right()) { const c = Math.max(a1, left - 4), d = Math.min(a1 + w, right() + 4); hatch(c, y(facts.sessions[s][2]) - 11, d - c, 22); }
      }
      pen.restore();
    };
    let kept = null, keptOf = null;
    const keptBits = () => {
      if (keptOf === matches) return kept;
      keptOf = matches;
      kept = matches ? new Uint8Array(all) : null;
      if (matches) for (const i of matches) kept[i] = 1;
      return kept;
    };
    // What is drawn on one pixel of one lane is one mark; reads become bars where they crowd.
    const drawMarks = () => {
      const first = lowerBound(from), last = lowerBound(until + 1e-12), columns = Math.ceil((right() - left) / 2) + 1;
      const quiet = facts.lanes.map(() => new Uint32Array(columns)), marks = new Map();
      const keep = keptBits();
      for (let i = first; i < last; i++) {
        if (keep && !keep[i]) continue;
        const px = x(places[i]), k = lane[i];
        if (!isChange(i) && !isFailed(i)) { quiet[k][Math.max(0, Math.min(columns - 1, (px - left) / 2 | 0))]++; continue; }
        const key = (k * 4096 + Math.round(px / 3)) * 512 + (flags[i] & 0x1ff);
        const seen = marks.get(key);
        if (seen) seen.count++; else marks.set(key, {i, px, lane: k, count: 1});
      }
      // In a crowded lane neighbours of one kind are one shape, so that shapes stay apart.
      const crowd = new Uint32Array(facts.lanes.length), joined = new Map();
      for (const m of marks.values()) crowd[m.lane]++;
      for (const [key, m] of marks) {
        if (crowd[m.lane] <= 70) { joined.set(key, m); continue; }
        const cell = Math.floor(m.px / 16), place = -((m.lane * 4096 + cell) * 512 + (flags[m.i] & 0x1ff)) - 1, seen = joined.get(place);
        if (seen) seen.count += m.count; else joined.set(place, {i: m.i, px: Math.max(left, cell * 16 + 8), lane: m.lane, count: m.count, crowded: true});
      }
      quiet.forEach((counts, k) => {
        let most = 0, used = 0;
        for (const n of counts) { if (n > most) most = n; if (n) used++; }
        if (!most) return;
        const sparse = used <= 160 && most <= 4;
        pen.strokeStyle = ink.read; pen.fillStyle = ink.bars; pen.lineWidth = 1.5; pen.beginPath();
        counts.forEach((n, c) => {
          if (!n) return;
          const at = left + c * 2;
          if (sparse) { pen.moveTo(at + 1, y(k) - 5); pen.lineTo(at + 1, y(k) + 5); }
          else { const h = 3 + 15 * Math.log2(n + 1) / Math.log2(most + 1); pen.rect(at, y(k) + 9 - h, 2, h); }
        });
        if (sparse) pen.stroke(); else pen.fill();
      });
      const weight = m => { const o = outcomeOf(m.i); return o === 4 ? 5 : o === 3 ? 4 : o === 5 ? 3 : isFailed(m.i) ? 2 : 1; };
      drawnMarks = [...joined.values()].sort((a, b) => weight(a) - weight(b) || a.i - b.i);
      if (drawnMarks.length > 3000) drawnMarks = drawnMarks.slice(-3000);
      for (const m of drawnMarks) drawMark(m);
    };
    const drawMark = m => {
      const effect = facts.effects[effectOf(m.i)][0], o = outcomeOf(m.i), cy = y(m.lane);
      if (o === 3 || o === 4) { pen.strokeStyle = ink.bad; pen.lineWidth = 1.8; pen.stroke(outline(effect, m.px, cy, 9.5)); }
      const p = outline(effect, m.px, cy, 6);
      pen.lineWidth = o === 2 ? 2.6 : 2; pen.strokeStyle = o === 2 ? ink.ok : o === 5 ? ink.warn : ink[effect];
      if (o === 5) pen.setLineDash([2, 2]);
      pen.stroke(p); pen.setLineDash([]);
      if (effect !== "read" && effect !== "session") { pen.fillStyle = isHollow(m.i) ? ink.card : ink[effect]; pen.fill(p); if (isHollow(m.i)) pen.stroke(p); }
      if (o === 2) { pen.strokeStyle = ink.ok; pen.lineWidth = 2.2; pen.beginPath(); pen.moveTo(m.px + 5, cy - 9); pen.lineTo(m.px + 7.5, cy - 6.5); pen.lineTo(m.px + 11.5, cy - 11.5); pen.stroke(); }
      if (isFailed(m.i)) {
        pen.strokeStyle = ink.bad; pen.lineWidth = 2.2; pen.beginPath();
        pen.moveTo(m.px - 4, cy - 4); pen.lineTo(m.px + 4, cy + 4); pen.moveTo(m.px + 4, cy - 4); pen.lineTo(m.px - 4, cy + 4); pen.stroke();
      }
      if (m.count > 1 && !m.crowded) { pen.fillStyle = ink.soft; pen.font = "10px system-ui, sans-serif"; pen.textAlign = "center"; pen.fillText(count(m.count), m.px, cy - 12); }
    };
    const draw = () => {
      frame = 0;
      const ratio = devicePixelRatio || 1;
      width = Math.max(200, view.clientWidth);
      left = width < 700 ? 96 : 210;
      if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
        canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio); canvas.style.height = height + "px";
      }
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, width, height);
      drawAxis(); drawLanes(); drawMarks(); drawArrows(); drawAsks();
      if (brush) { pen.fillStyle = ink.accent; pen.globalAlpha = .15; pen.fillRect(Math.min(brush.a, brush.b), top0, Math.abs(brush.b - brush.a), height - top0 - axisHeight); pen.globalAlpha = 1; }
      if (chosen >= 0 && places[chosen] >= from && places[chosen] <= until) {
        const px = x(places[chosen]);
        pen.strokeStyle = ink.accent; pen.lineWidth = 2.5; pen.beginPath(); pen.arc(px, y(lane[chosen]), 13, 0, 7); pen.stroke();
      }
      if (playhead >= 0) {
        const px = x(place(playhead));
        if (px >= left && px <= right()) { pen.strokeStyle = ink.accent; pen.lineWidth = 2; pen.beginPath(); pen.moveTo(px, top0 - 6); pen.lineTo(px, height - axisHeight); pen.stroke(); }
      }
    };
    const redraw = () => { if (!frame) frame = requestAnimationFrame(draw); };
    const zoom = (factor, at) => {
      const least = 1e-7, w = Math.min(1, Math.max(least, (until - from) * factor)), share = (at - from) / (until - from);
      from = Math.max(0, Math.min(1 - w, at - share * w)); until = from + w;
      redraw();
    };
    const pan = share => { const w = until - from; from = Math.max(0, Math.min(1 - w, from + share * w)); until = from + w; redraw(); };
    const reveal = i => {
      const u = places[i], w = until - from;
      if (u < from || u > until) { from = Math.max(0, Math.min(1 - w, u - w / 2)); until = from + w; }
      redraw();
    };
    const sentence = i => { const a = action(i); return time(start[i]) + ", " + facts.sessions[session[i]][1] + ": " + oneLine(a.text || a.verb).slice(0, 200) + ". " + a.result + (outcomeOf(i) ? ", " + facts.outcomes[outcomeOf(i)] : ""); };
    const choose = i => { chosen = i; chosenAsk = -1; reveal(i); };
    const select = (i, jump, quiet) => {
      choose(i);
      target.replaceChildren(describe(i));
      say(sentence(i));
      if (jump) target.scrollIntoView({block: "nearest", behavior: still ? "auto" : "smooth"});
      if (!quiet || jump) return;
      const id = action(i).id;
      history.replaceState(null, "", "#a-" + encodeURIComponent(id));
    };
    const nearest = (px, py) => {
      let best = -1, distance = 12;
      for (const m of drawnMarks) { const d = Math.hypot(m.px - px, y(m.lane) - py); if (d <= distance) { distance = d; best = m.i; } }
      if (best >= 0) return best;
      const k = Math.floor((py - top0) / pitch), u = back(px);
      let found = -1, near = 5;
      const around = lowerBound(u);
      for (let j = Math.max(0, around - 3000); j < Math.min(all, around + 3000); j++) {
        if (lane[j] !== k || (kept && !kept[j])) continue;
        const d = Math.abs(x(places[j]) - px);
        if (d < near) { near = d; found = j; }
      }
      return found;
    };
    const point = event => { const r = canvas.getBoundingClientRect(); return [event.clientX - r.left, event.clientY - r.top]; };
    canvas.addEventListener("pointerdown", event => { const [px] = point(event); brush = {a: px, b: px}; canvas.setPointerCapture(event.pointerId); });
    canvas.addEventListener("pointermove", event => {
      const [px, py] = point(event);
      if (brush) { brush.b = Math.max(left, Math.min(right(), px)); redraw(); return; }
      const asking = askAt(px, py), i = asking ? -2 - asking.list[0] : nearest(px, py);
      if (i === hover) return;
      hover = i;
      canvas.title = asking ? (asking.list.length > 1 ? plural(asking.list.length, "prompt") : askSentence(asking.list[0])) : i < 0 ? "" : sentence(i);
      canvas.style.cursor = i === -1 ? "crosshair" : "pointer";
    });
    canvas.addEventListener("pointerup", event => {
      if (!brush) return;
      const [px, py] = point(event), {a, b} = brush;
      brush = null;
      if (Math.abs(a - b) > 6) { const [u, v] = [back(Math.max(left, Math.min(a, b))), back(Math.max(a, b))]; if (v - u > 1e-7) { from = Math.max(0, u); until = Math.min(1, v); } return redraw(); }
      const asking = askAt(px, py);
      redraw();
      if (asking && asking.list.length === 1) return selectAsk(asking.list[0]);
      if (asking) { chooseAsk(asking.list[0]); say(plural(asking.list.length, "prompt") + " here"); return target.replaceChildren(describeAsks(asking.list)); }
      const i = nearest(px, py);
      if (i >= 0) select(i, false, true);
    });
    canvas.addEventListener("pointercancel", () => { brush = null; redraw(); });
    canvas.addEventListener("dblclick", () => { from = 0; until = 1; redraw(); });
    // A wheel over the page scrolls the page; it zooms with Ctrl or while the timeline has the focus.
    canvas.addEventListener("wheel", event => {
      const zooms = event.ctrlKey || event.metaKey || document.activeElement === canvas;
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY) && until - from < 1) { event.preventDefault(); return pan(event.deltaX / 800); }
      if (!zooms) return;
      event.preventDefault();
      zoom(Math.exp(event.deltaY / 400), back(point(event)[0]));
    }, {passive: false});
    // From mark to mark: changes and failures where there are any in sight, else everything.
    const neighbour = (i, step, test) => { for (let j = i + step; j >= 0 && j < all; j += step) if (test(j)) return j; return -1; };
    const stop = j => isChange(j) || isFailed(j);
    canvas.addEventListener("keydown", event => {
      const key = event.key, here = chosen >= 0 ? chosen : Math.max(0, lowerBound(from) - 1);
      const go = j => { if (j >= 0) { choose(j); say(sentence(j)); } };
      const test = event.altKey || !anyChange ? () => true : stop;
      const keys = {
        ArrowRight: () => event.shiftKey ? pan(.2) : go(neighbour(here, 1, test)), ArrowLeft: () => event.shiftKey ? pan(-.2) : go(neighbour(here, -1, test)),
        ArrowDown: () => go(neighbourLane(here, 1)), ArrowUp: () => { const j = neighbourLane(here, -1); if (j >= 0) go(j); else if (hasAskLane) goAsk(promptOf(here) >= 0 ? promptOf(here) : nearestAsk(all ? places[here] : 0)); },
        Home: () => go(neighbour(-1, 1, test)), End: () => go(neighbour(all, -1, test)),
        Enter: () => { if (chosen >= 0) select(chosen, false, true); }, "+": () => zoom(.5, (from + until) / 2), "=": () => zoom(.5, (from + until) / 2),
        "-": () => zoom(2, (from + until) / 2), "0": () => { from = 0; until = 1; redraw(); }, " ": () => toggle(), Escape: () => { chosen = chosenAsk = -1; target.replaceChildren(); redraw(); },
        p: () => goAsk(chosen >= 0 ? promptOf(chosen) : -1)
      };
      if (chosenAsk >= 0 && !event.shiftKey) Object.assign(keys, askKeys(go));
      if (!keys[key] || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      keys[key]();
    });
    let anyChange = false;
    for (let i = 0; i < all && !anyChange; i++) anyChange = stop(i);
    const neighbourLane = (i, step) => {
      for (let k = lane[i] + step; k >= 0 && k < facts.lanes.length; k += step) {
        let best = -1;
        for (let j = 0; j < all; j++) if (lane[j] === k && (best < 0 || Math.abs(places[j] - places[i]) < Math.abs(places[best] - places[i]))) best = j;
        if (best >= 0) return best;
      }
      return -1;
    };
    byId("zoom-in").addEventListener("click", () => zoom(.5, chosen >= 0 ? places[chosen] : (from + until) / 2));
    byId("zoom-out").addEventListener("click", () => zoom(2, (from + until) / 2));
    byId("zoom-all").addEventListener("click", () => { from = 0; until = 1; redraw(); });
    """#

  /// Shows it, when all that it draws is there.
  static let timelineUse: StaticString = #"""

    readInk();
    picture.after(canvas);
    view.removeAttribute("tabindex");
    view.classList.add("drawn");
    byId("timeline-controls").hidden = false;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readInk(); redraw(); });
    new ResizeObserver(redraw).observe(view);
    show();
    """#

  /// The playhead: recorded pace times speed, from action to action when motion is not wanted.
  static let replay: StaticString = #"""

    const play = byId("play"), speed = byId("speed"), skip = byId("skip-idle"), playing = byId("playing");
    let isPlaying = false, lastFrame = 0, next = 0;
    const idleLimit = 0.6;
    const caption = i => { const a = action(i); playing.textContent = time(start[i]) + " \u00b7 " + facts.sessions[session[i]][1] + " \u00b7 " + oneLine(a.text || a.verb).slice(0, 300); };
    const pause = () => {
      isPlaying = false; play.textContent = "\u25b6 Replay"; play.setAttribute("aria-pressed", "false");
      if (next > 0) { chosen = next - 1; chosenAsk = -1; say(sentence(chosen)); }
      redraw();
    };
    const advance = now => {
      if (!isPlaying) return;
      const elapsed = Math.min(.1, (now - lastFrame) / 1000);
      lastFrame = now;
      playhead += elapsed * 1e9 * Number(speed.value);
      // An idle time is over after a moment: the playhead goes on just before the next action.
      if (next < all && skip.checked) playhead = Math.max(playhead, start[next] - idleLimit * 1e9 * Number(speed.value));
      let passed = -1;
      while (next < all && start[next] <= playhead) passed = next++;
      if (passed >= 0) { chosen = passed; chosenAsk = -1; caption(passed); }
      const u = place(playhead), w = until - from;
      if (u > until && until < 1) { from = Math.min(1 - w, u - w * .1); until = from + w; }
      if (next >= all) { pause(); return; }
      redraw();
      requestAnimationFrame(advance);
    };
    // Without motion: one action a second at most, no moving line.
    const stepThrough = () => {
      if (!isPlaying) return;
      if (next >= all) return pause();
      const gap = next > 0 ? (start[next] - start[next - 1]) / 1e6 / Number(speed.value) : 0;
      setTimeout(() => { if (!isPlaying) return; chosen = next; chosenAsk = -1; playhead = start[next]; caption(next++); reveal(chosen); stepThrough(); }, Math.max(1000, skip.checked ? Math.min(gap, 2000) : gap));
    };
    const toggle = () => {
      if (isPlaying) return pause();
      if (next >= all || playhead < 0) { next = chosen >= 0 && chosen < all - 1 ? chosen : 0; playhead = all ? start[next] - 1e6 : 0; }
      isPlaying = true; play.textContent = "\u2016 Pause"; play.setAttribute("aria-pressed", "true");
      lastFrame = performance.now();
      if (still) stepThrough(); else requestAnimationFrame(advance);
    };
    play.addEventListener("click", toggle);
    """#
}
