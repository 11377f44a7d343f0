/// Filter, full-text search and a paged list of all actions.
extension ScriptParts {
  static let explorer: StaticString = #"""

    const pageSize = 50;
    const explorer = byId("explorer"), query = byId("query"), found = byId("found"), results = byId("results");
    const choices = {effect: byId("by-effect"), status: byId("by-status"), outcome: byId("by-outcome"), session: byId("by-session")};
    if (byId("by-prompt")) choices.prompt = byId("by-prompt");
    let matches = null, page = 0, searching = 0, listed = false;
    const option = (select, value, text) => select.append(make("option", {value}, text));
    option(choices.effect, "", "any");
    option(choices.effect, "change", "every change");
    facts.effects.forEach((e, k) => option(choices.effect, k, e[1]));
    [["", "any"], ["0", "worked"], ["failed", "failed or denied"], ["3", "outcome missing"], ["hollow", "left no effect"]].forEach(o => option(choices.status, ...o));
    [["", "any"], ["refused", "not acceptable"]].forEach(o => option(choices.outcome, ...o));
    facts.outcomes.forEach((word, k) => { if (k) option(choices.outcome, k, word); });
    option(choices.session, "", "all");
    facts.sessions.slice(0, 2000).forEach((s, k) => option(choices.session, k, (k + 1) + ". " + s[1]));

    if (choices.prompt) {
      option(choices.prompt, "", "any");
      option(choices.prompt, "none", nobody);
      option(choices.prompt, "known", "from any known prompt");
      asks.forEach((ask, p) => option(choices.prompt, p + 1, ask.shown + " " + short(ask.text, 60)));
    }

    const passes = () => {
      const prompt = choices.prompt ? choices.prompt.value : "";
      const isOf = i => prompt === "none" ? attributionOf(i).length === 0 : prompt === "known" ? attributionOf(i).length > 0 : asked[i] === Number(prompt);
      const effect = choices.effect.value, state = choices.status.value, outcome = choices.outcome.value, only = choices.session.value;
      return i => (effect === "" || (effect === "change" ? isChange(i) : effectOf(i) === Number(effect)))
        && (state === "" || (state === "failed" ? isFailed(i) : state === "hollow" ? isHollow(i) : statusOf(i) === Number(state)))
        && (outcome === "" || (outcome === "refused" ? isRefused(i) : outcomeOf(i) === Number(outcome)))
        && (only === "" || session[i] === Number(only)) && (prompt === "" || isOf(i));
    };
    // In each block every distinct string is looked at once; what it is of is found by its place.
    const searchBlock = (b, words, test, into) => {
      const [strings, rows] = texts(b);
      const sessionHit = words.map(word => facts.sessions.map(s => (s[0] + " " + s[6]).toLowerCase().includes(word)));
      const askHit = words.map(word => asks.map(ask => (ask.id + " " + ask.text).toLowerCase().includes(word)));
      const hit = words.map(word => strings.map(s => s.toLowerCase().includes(word)));
      const inPreview = (content, word) => content !== null && (content.text !== undefined
        ? content.text.toLowerCase().includes(word)
        : content.columns.some(c => c.toLowerCase().includes(word)) || content.rows.some(r => r.some(c => c !== null && c.toLowerCase().includes(word))));
      rows.forEach((row, k) => {
        const i = blockStart[b] + k;
        if (!test(i)) return;
        const holds = words.every((word, w) => [0, 1, 3, 4, 5, 7, 9, 10].some(f => row[f] && hit[w][row[f]])
          || row[13].some(place => hit[w][place]) || sessionHit[w][session[i]]
          || inPreview(row[15], word) || inPreview(row[16], word) || (row[17] || []).some(part => inPreview(part[1], word))
          || (row[20] && JSON.stringify(row[20]).toLowerCase().includes(JSON.stringify(word).slice(1, -1)))
          || [18, 19].some(f => row[f] && row[f].toLowerCase().includes(word))
          || (asked && asked[i] > 0 && askHit[w][asked[i] - 1]));
        if (holds) into.push(i);
      });
    };
    const search = () => {
      const turn = ++searching, words = query.value.trim().toLowerCase();
      const test = passes();
      const isPlain = Object.values(choices).every(c => c.value === "");
      listed = !isPlain || words !== "";
      if (!words && isPlain) { matches = null; page = 0; return show(); }
      const into = [];
      if (!words) {
        for (let i = 0; i < all; i++) if (test(i)) into.push(i);
        matches = into; page = 0;
        return show();
      }
      let b = 0;
      const step = () => {
        if (turn !== searching) return;
        const until = performance.now() + 30;
        while (b < blockStart.length && performance.now() < until) searchBlock(b++, [words], test, into);
        if (b < blockStart.length) {
          found.textContent = "Searching: " + Math.floor(b * 100 / blockStart.length) + "%";
          return setTimeout(step, 0);
        }
        matches = into; page = 0;
        show();
      };
      step();
    };
    const highlight = (text, word) => {
      const shown = oneLine(text.length > 300 ? text.slice(0, 300) + "\u2026" : text);
      const at = word ? shown.toLowerCase().indexOf(word) : -1;
      if (at < 0) return document.createTextNode(shown);
      const part = document.createDocumentFragment();
      part.append(shown.slice(0, at), make("mark", {}, shown.slice(at, at + word.length)), shown.slice(at + word.length));
      return part;
    };
    const show = () => {
      const total = matches ? matches.length : all;
      const left = closing.total - all;
      found.textContent = (matches ? count(total) + " of " : "") + plural(all, "action")
        + (left > 0 ? "; " + count(left) + " more are in the case file only" : "")
        + (query.value.trim() && closing.withoutPreview ? "; " + plural(closing.withoutPreview, "result") + " had no room in this page and " + (closing.withoutPreview === 1 ? "was" : "were") + " not searched" : "");
      if (!listed) {
        results.replaceChildren(make("button", {type: "button", click: () => { listed = true; show(); }}, "List all actions in order of time"));
        return redraw();
      }
      const from = page * pageSize, until = Math.min(total, from + pageSize);
      const word = query.value.trim().toLowerCase();
      const body = make("tbody");
      for (let k = from; k < until; k++) {
        const i = matches ? matches[k] : k, a = action(i);
        const row = make("tr", {class: "is-" + facts.effects[effectOf(i)][0] + (outcomeOf(i) === 5 ? " undecided" : isRefused(i) ? " refused" : "") + (isHollow(i) ? " undone" : "")});
        const open = make("button", {type: "button", class: "plain", "aria-expanded": "false"}, time(start[i]));
        const cell = make("td", {}, make("div", {class: "verb"}, oneLine(a.verb)), make("code", {}, highlight(a.text, word)), byLine(i));
        open.addEventListener("click", () => {
          const next = row.nextSibling;
          if (next && next.className === "opened") { next.remove(); open.setAttribute("aria-expanded", "false"); return; }
          row.after(make("tr", {class: "opened"}, make("td", {colspan: "6"}, describe(i, true))));
          open.setAttribute("aria-expanded", "true");
          choose(i);
        });
        const decision = outcomeOf(i) ? make("span", {class: "word " + (isRefused(i) ? "bad" : "ok")}, facts.outcomes[outcomeOf(i)]) : "";
        row.append(make("td", {}, open), cell, make("td", {}, facts.sessions[session[i]][1]),
          make("td", {}, a.result, decision ? make("br") : null, decision),
          make("td", {class: "n"}, a.rows >= 0 ? count(a.rows) : ""), make("td", {class: "n"}, took[i] >= 0 ? span(took[i]) : ""));
        body.append(row);
      }
      const head = make("thead", {}, make("tr", {}, ...[["Time"], ["Statement or event"], ["Session"], ["Outcome"], ["Rows", "n"], ["Took", "n"]]
        .map(([name, kind]) => make("th", {scope: "col", class: kind || "t"}, name))));
      const table = make("table", {class: "list", "aria-rowcount": String(total)}, make("caption", {}, "Actions in order of time"), head, body);
      const pages = Math.max(1, Math.ceil(total / pageSize));
      const turn = to => { page = to; show(); results.scrollIntoView({block: "nearest"}); };
      const button = (name, to, can) => { const b = make("button", {type: "button", click: () => turn(to)}, name); b.disabled = !can; return b; };
      const pager = make("div", {class: "pager"}, button("First", 0, page > 0), button("Previous", page - 1, page > 0),
        "Page " + count(page + 1) + " of " + count(pages), button("Next", page + 1, page < pages - 1), button("Last", pages - 1, page < pages - 1));
      results.replaceChildren(total === 0 ? make("p", {class: "calm"}, "Nothing matches.") : make("div", {class: "scroll", tabindex: "0"}, table), total > pageSize ? pager : "");
      redraw();
    };
    const filterBy = wanted => {
      query.value = "";
      for (const [name, select] of Object.entries(choices)) select.value = wanted[name] === undefined ? "" : String(wanted[name]);
      search();
      explorer.scrollIntoView({block: "start", behavior: still ? "auto" : "smooth"});
    };
    let timer = 0;
    query.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, 200); });
    query.addEventListener("keydown", event => { if (event.key === "Escape") { query.value = ""; search(); } });
    for (const select of Object.values(choices)) select.addEventListener("change", search);
    byId("clear").addEventListener("click", () => filterBy({}));
    explorer.hidden = false;
    addEventListener("keydown", event => {
      if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) { event.preventDefault(); query.focus(); }
    });
    for (const note of document.querySelectorAll("[data-session]")) {
      note.append(make("button", {type: "button", click: () => filterBy({session: Number(note.dataset.session)})}, "Show every action of it"));
    }
    const folds = document.querySelectorAll(".session");
    if (folds.length > 1) {
      const bar = make("div", {class: "controls"});
      bar.append(make("button", {type: "button", click: () => folds.forEach(f => { f.open = true; })}, "Unfold all sessions"),
        make("button", {type: "button", click: () => folds.forEach(f => { f.open = false; })}, "Fold all"));
      folds[0].before(bar);
    }
    """#
}
