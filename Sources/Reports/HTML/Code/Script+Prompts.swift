/// Prompts: what actions go back to, the lane of speech marks, and arrows from a prompt to what it caused.
extension ScriptParts {
  /// What the data says of prompts. Without transcripts all of it is empty.
  static let asking: StaticString = #"""

    const asks = (facts.prompts || []).map(([id, at, text, isDrawn, asker, program, turn, came, refused, claims, shown, actions]) =>
      ({id, at, text, isDrawn: isDrawn === 1, asker, program, turn, came, refused, claims, shown, actions}));
    const [nobody, nameless] = facts.promptWords || ["", ""];
    const askOf = new Map(asks.map((ask, p) => [ask.id, p]));
    const isOpenMark = i => (flags[i] >> 11 & 1) === 1;
    // The actions of each prompt, in order of time, one after another.
    const askFirst = new Uint32Array(asks.length + 2), askActions = new Uint32Array(asked ? all : 0);
    if (asked) {
      for (let i = 0; i < all; i++) askFirst[asked[i] + 1]++;
      for (let p = 1; p < askFirst.length; p++) askFirst[p] += askFirst[p - 1];
      const next = askFirst.slice();
      for (let i = 0; i < all; i++) askActions[next[asked[i]]++] = i;
    }
    const actionsOf = p => askActions.subarray(askFirst[p + 1], askFirst[p + 2]);
    // The prompts that an action may go back to, the likeliest first.
    const attributionOf = i => {
      if (!asked) return [];
      const b = blockOf(i), block = texts(b), strings = block[0];
      const known = block.told || (block.told = new Map((block[2] || []).map(([k, ...marks]) => [k, marks])));
      return (known.get(i - blockStart[b]) || []).map(([turn, call, sure, because, via, text]) =>
        ({ask: turn - 1, call: strings[call], sure: strings[sure], because: strings[because], via: strings[via],
          text: turn ? asks[turn - 1].text : strings[text] || nameless}));
    };
    const short = (text, limit) => { const line = oneLine(text); return line.length > limit ? line.slice(0, limit) + "\u2026" : line; };
    // One line under an action in a list.
    const byLine = i => {
      if (!asked) return null;
      const marks = attributionOf(i);
      if (!marks.length) return effectOf(i) === 6 ? null : make("p", {class: "by none"}, nobody);
      const more = marks.length > 1 ? make("span", {class: "soft"}, " or one of " + (marks.length - 1) + " more") : null;
      return make("p", {class: isOpenMark(i) ? "by open" : "by"}, short(marks[0].text, 140), more);
    };
    """#

  /// The boxes of prompts, and what a box of an action says of them.
  static let askDetail: StaticString = #"""

    const promptFacts = (i, fact) => {
      if (!asked) return;
      const marks = attributionOf(i);
      if (!marks.length) { if (effectOf(i) !== 6) fact("Prompt", make("span", {class: "by none"}, nobody)); return; }
      if (marks.length > 1) fact("", "One of " + marks.length + " prompts, which the evidence does not tell apart:");
      for (const m of marks) {
        const name = m.ask < 0 ? short(m.text, 300) : make("button", {type: "button", class: "plain ask-link", click: () => selectAsk(m.ask)}, short(m.text, 300));
        fact("Prompt", make("span", {class: "by"}, name, make("span", {class: "soft"}, m.ask < 0 ? "" : " " + asks[m.ask].shown + ", " + oneLine(asks[m.ask].program))));
        if (m.call) fact("Tool call", make("code", {}, oneLine(m.call)));
        if (m.via) fact("Through", make("a", {href: "#a-" + encodeURIComponent(m.via)}, "a request of the agent\u2019s"));
        fact("Because", m.sure + (m.because ? ": " + oneLine(m.because) : ""));
      }
    };
    const describeAsk = p => {
      const ask = asks[p], own = actionsOf(p), lines = make("dl");
      const fact = (name, value) => lines.append(make("dt", {}, name), make("dd", {}, value));
      const box = make("article", {class: "detail", "aria-label": "Prompt " + oneLine(ask.id)});
      box.append(make("h3", {}, ask.shown + " \u00b7 prompt"), make("pre", {class: "quote", dir: "auto"}, visible(ask.text)));
      fact("Came of it", ask.came);
      if (ask.refused) fact("Not approved", make("span", {class: "word bad"}, count(ask.refused)));
      if (ask.claims) fact("Not shown", plural(ask.claims, "call") + " claimed what the captures do not show");
      fact("Person", oneLine(ask.asker)); fact("Agent", oneLine(ask.program)); fact("Turn", ask.turn); fact("Id", make("code", {}, oneLine(ask.id)));
      box.append(lines);
      const ranked = [...own].sort((a, b) => isRefused(b) - isRefused(a) || isChange(b) - isChange(a) || a - b).slice(0, 12).sort((a, b) => a - b);
      if (ranked.length) {
        box.append(make("ul", {class: "deeds"}, ...ranked.map(i => {
          const a = action(i), o = outcomeOf(i);
          return make("li", {}, make("button", {type: "button", class: "plain", click: () => select(i, false, true)}, time(start[i])), " ",
            make("code", {dir: "ltr"}, short(a.text || a.verb, 160)), " ",
            o ? make("span", {class: "word " + (isRefused(i) ? o === 5 ? "warn" : "bad" : "ok")}, facts.outcomes[o]) : null,
            isOpenMark(i) ? make("span", {class: "soft"}, " ambiguous") : null);
        })));
      }
      const bar = make("div", {class: "controls"});
      if (own.length) bar.append(make("button", {type: "button", click: () => filterBy({prompt: p + 1})}, own.length > 1 ? "List all " + count(own.length) + " of its actions" : "List its action"));
      const step = (name, to) => { if (to >= 0) bar.append(make("button", {type: "button", click: () => selectAsk(to)}, name)); };
      step("Previous prompt", nextAsk(p, -1)); step("Next prompt", nextAsk(p, 1));
      if (byId("p-" + ask.id)) bar.append(make("a", {href: "#p-" + encodeURIComponent(ask.id)}, "In the report"));
      box.append(bar);
      return box;
    };
    // Several prompts that share one mark.
    const describeAsks = list => {
      const box = make("article", {class: "detail", "aria-label": plural(list.length, "prompt")});
      box.append(make("h3", {}, plural(list.length, "prompt") + " here"), make("ul", {class: "deeds"}, ...list.slice(0, 60).map(p =>
        make("li", {}, make("button", {type: "button", class: "plain", click: () => selectAsk(p)}, asks[p].shown), " " + short(asks[p].text, 160) + " ",
          asks[p].refused ? make("span", {class: "word bad"}, count(asks[p].refused) + " not approved") : make("span", {class: "soft"}, asks[p].came)))));
      if (list.length > 60) box.append(make("p", {class: "cut"}, count(list.length - 60) + " more; zoom in to tell them apart."));
      return box;
    };
    """#

  /// The lane above the others.
  static let askLane: StaticString = #"""

    const askPlaces = new Float64Array(asks.length);
    asks.forEach((ask, p) => { askPlaces[p] = ask.isDrawn ? place(ask.at) : -1; });
    const hasAskLane = asks.some(ask => ask.isDrawn), askTop = 8, askHeight = 18, askLaneHeight = hasAskLane ? 42 : 0;
    let drawnAsks = [], chosenAsk = -1;
    const nextAsk = (p, step) => { for (let q = p + step; q >= 0 && q < asks.length; q += step) if (asks[q].isDrawn) return q; return -1; };
    const speech = (px, w, side) => {
      const p = new Path2D(), r = 4, h = askHeight, t = askTop, e = px + side * w;
      p.moveTo(px, t + r); p.arcTo(px, t, px + side * r, t, r); p.arcTo(e, t, e, t + r, r); p.arcTo(e, t + h, e - side * r, t + h, r);
      p.lineTo(px + side * 8, t + h); p.lineTo(px, t + h + 8); p.closePath();
      return p;
    };
    const drawAsks = () => {
      drawnAsks = [];
      if (!hasAskLane) return;
      pen.textAlign = "right"; pen.fillStyle = ink.ink; pen.font = "12px system-ui, sans-serif";
      pen.fillText("Prompts", left - 14, askTop + 13);
      for (let p = 0; p < asks.length; p++) {
        if (askPlaces[p] < from || askPlaces[p] > until) continue;
        const px = x(askPlaces[p]), last = drawnAsks[drawnAsks.length - 1];
        if (last && px - last.px < 24) { last.list.push(p); last.refused += asks[p].refused; last.isChosen = last.isChosen || p === chosenAsk; }
        else drawnAsks.push({px, list: [p], refused: asks[p].refused, isChosen: p === chosenAsk});
      }
      pen.font = "11px system-ui, sans-serif";
      drawnAsks.forEach((m, k) => {
        const end = k + 1 < drawnAsks.length ? drawnAsks[k + 1].px - 6 : right() + 8, room = Math.min(200, end - m.px), alone = m.list.length === 1;
        const isWorded = alone && room >= 64;
        const words = isWorded ? clip(oneLine(asks[m.list[0]].text), room - 16) : alone ? "\u201c" : count(m.list.length);
        m.width = isWorded ? Math.min(room, pen.measureText(words).width + 16) : Math.max(20, pen.measureText(words).width + 8);
        m.side = m.px + m.width > right() + 8 ? -1 : 1;
        const shape = speech(m.px, m.width, m.side);
        pen.fillStyle = m.isChosen ? ink.accent : ink.card; pen.fill(shape);
        pen.strokeStyle = m.refused ? ink.bad : ink.accent; pen.lineWidth = m.refused ? 1.8 : 1.3; pen.stroke(shape);
        pen.fillStyle = m.isChosen ? ink.card : ink.ink; pen.textAlign = "center";
        pen.fillText(words, m.px + m.side * m.width / 2, askTop + 13);
      });
    };
    // From the chosen prompt to all that it caused, or from its prompts to the chosen action.
    const arrowPairs = () => {
      if (chosenAsk >= 0) return [...actionsOf(chosenAsk)].map(i => [chosenAsk, i, isOpenMark(i)]);
      if (chosen < 0 || !asked) return [];
      return attributionOf(chosen).filter(m => m.ask >= 0).map((m, k, all) => [m.ask, chosen, all.length > 1 || isOpenMark(chosen)]);
    };
    const arrowLimit = 400;
    const drawArrows = () => {
      if (!hasAskLane) return;
      const seen = new Set();
      pen.save(); pen.lineWidth = 1.2; pen.strokeStyle = pen.fillStyle = ink.accent;
      for (const [p, i, isOpen] of arrowPairs()) {
        if (!asks[p].isDrawn || places[i] < from || places[i] > until || seen.size >= arrowLimit) continue;
        const x0 = Math.max(left, Math.min(right(), x(askPlaces[p]))), y0 = askTop + askHeight + 8, x1 = x(places[i]), y1 = y(lane[i]) - 12;
        const key = p + "/" + lane[i] + "/" + Math.round(x1 / 4);
        if (seen.has(key)) continue;
        seen.add(key);
        const bend = Math.max(14, (y1 - y0) / 2);
        pen.globalAlpha = .8; pen.setLineDash(isOpen ? [4, 3] : []);
        pen.beginPath(); pen.moveTo(x0, y0); pen.bezierCurveTo(x0, y0 + bend, x1, y1 - bend, x1, y1 - 4); pen.stroke();
        pen.globalAlpha = 1; pen.beginPath(); pen.moveTo(x1, y1); pen.lineTo(x1 - 3.5, y1 - 6); pen.lineTo(x1 + 3.5, y1 - 6); pen.fill();
      }
      pen.restore();
      canvas.dataset.arrows = seen.size;
    };
    const askAt = (px, py) => {
      if (py > askTop + askHeight + 8) return null;
      return drawnAsks.find(m => m.side > 0 ? px >= m.px - 2 && px <= m.px + m.width + 2 : px <= m.px + 2 && px >= m.px - m.width - 2) || null;
    };
    const askSentence = p => asks[p].shown + ", prompt: " + short(asks[p].text, 200) + " \u00b7 came of it: " + asks[p].came + (asks[p].refused ? "; " + count(asks[p].refused) + " not approved" : "") + ".";
    const chooseAsk = p => {
      chosenAsk = p; chosen = -1;
      const u = askPlaces[p], w = until - from;
      if (asks[p].isDrawn && (u < from || u > until)) { from = Math.max(0, Math.min(1 - w, u - w / 4)); until = from + w; }
      redraw();
    };
    const selectAsk = (p, jump) => {
      chooseAsk(p);
      target.replaceChildren(describeAsk(p));
      say(askSentence(p));
      if (jump) target.scrollIntoView({block: "nearest", behavior: still ? "auto" : "smooth"});
    };
    const nearestAsk = u => { let best = -1; for (let p = 0; p < asks.length; p++) if (asks[p].isDrawn && (best < 0 || Math.abs(askPlaces[p] - u) < Math.abs(askPlaces[best] - u))) best = p; return best; };
    // From an action to its prompt, or else to the nearest one.
    const promptOf = i => { const p = asked && i >= 0 && i < all ? asked[i] - 1 : -1; return p >= 0 && asks[p].isDrawn ? p : -1; };
    const goAsk = p => { if (p >= 0) { chooseAsk(p); say(askSentence(p)); } };
    // Keys while a prompt is chosen.
    const askKeys = go => ({
      ArrowRight: () => goAsk(nextAsk(chosenAsk, 1)), ArrowLeft: () => goAsk(nextAsk(chosenAsk, -1)), ArrowUp: () => {},
      ArrowDown: () => { const own = actionsOf(chosenAsk); go(own.length ? own[0] : Math.min(all - 1, lowerBound(Math.max(0, askPlaces[chosenAsk])))); },
      Home: () => goAsk(nextAsk(-1, 1)), End: () => goAsk(nextAsk(asks.length, -1)), Enter: () => selectAsk(chosenAsk)
    });
    if (hasAskLane) {
      const keys = byId("prompt-keys");
      if (keys) keys.hidden = false;
    }
    for (const note of document.querySelectorAll("[data-prompt]")) {
      const p = Number(note.dataset.prompt) - 1;
      if (!asks[p] || !asks[p].isDrawn) continue;
      note.append(make("button", {type: "button", class: "plain", click: () => { selectAsk(p); view.scrollIntoView({block: "center", behavior: still ? "auto" : "smooth"}); }}, "Show in the timeline"));
    }
    """#
}
