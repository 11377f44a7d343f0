/// The player of a terminal: plays, seeks and searches its film, with its commands beside it.
extension ScriptParts {
  static let terminal: StaticString = #"""

    const films = new Map(block("terminal-data").map(element => [Number(element.dataset.index), element]));
    const stamp = ms => {
      const s = Math.floor(ms / 1000), two = n => String(n).padStart(2, "0");
      return (s >= 3600 ? Math.floor(s / 3600) + ":" + two(Math.floor(s / 60) % 60) : Math.floor(s / 60)) + ":" + two(s % 60);
    };
    const speeds = [0.5, 1, 2, 4, 8];
    const players = new Set();
    const player = i => {
      const data = JSON.parse(films.get(i).textContent), film = data.film, tape = reel(film);
      const commands = data.commands.map(([ms, ...rest]) => [Math.min(ms, tape.duration), ...rest]);
      let at = 0, playing = false, last = 0, word = "", hits = [], hit = -1, resting = null, fontKey = "";
      const screen = make("div", {class: "t-screen", tabindex: "0", role: "group", "aria-label": "Terminal screen. Space plays, arrows seek and go from command to command, slash searches."});
      const title = make("span", {class: "t-title"}), clockText = make("span", {class: "t-time", "aria-hidden": "true"}), note = make("p", {class: "t-note", role: "status", "aria-live": "polite"});
      const slider = make("input", {type: "range", class: "t-slider", min: "0", max: String(tape.duration), step: "1", value: "0", "aria-label": "Position"});
      const playButton = make("button", {type: "button", class: "t-play", "aria-pressed": "false", click: () => toggle()}, "\u25b6 Play");
      const speed = make("select", {"aria-label": "Speed"}, ...speeds.map(v => make("option", v === 1 ? {value: v, selected: ""} : {value: v}, v + "\u00d7")));
      const idle = make("input", {type: "checkbox"});
      idle.checked = true;
      const query = make("input", {type: "search", "aria-label": "Search in all screens", placeholder: "Search in screens", autocomplete: "off", spellcheck: "false"});
      const tally = make("span", {class: "t-tally", role: "status"});
      const list = make("ol", {class: "t-commands", "aria-label": "Commands"});
      const marks = commands.map(([ms, text, inferred, sure, code, changes]) => {
        const item = make("button", {type: "button", class: "t-command", click: () => { stop(); seek(ms); }},
          make("span", {class: "t-at"}, stamp(ms)), make("code", {dir: "ltr"}, oneLine(text)),
          inferred ? make("span", {class: "t-inferred", title: "Rebuilt from what was typed and shown; not seen as such"}, "inferred" + (sure >= 0 ? " " + sure + "%" : "")) : null,
          code !== null && code !== "0" ? make("span", {class: "t-failed"}, /^[0-9]+$/.test(code) ? "exit " + code : oneLine(code)) : null);
        if (changes) item.dataset.changes = "1";
        list.append(make("li", {}, item));
        return item;
      });
      const rowElements = [];
      const paint = touched => {
        const {now} = tape;
        screen.classList.toggle("t-reversed", now.reversed);
        while (rowElements.length > now.rows.length) rowElements.pop().remove();
        while (rowElements.length < now.rows.length) { const row = make("div", {class: "t-row", dir: "ltr"}); rowElements.push(row); screen.append(row); touched = null; }
        for (const n of touched || rowElements.keys()) {
          if (!rowElements[n]) continue;
          const cursor = now.cursor[2] && now.cursor[0] === n ? now.cursor[1] : -1;
          rowElements[n].replaceChildren(...drawRow(now.rows[n], film.styles, now.reversed, word, cursor));
          if (!rowElements[n].firstChild) rowElements[n].append("\n");
        }
        const said = oneLine(now.title);
        if (title.textContent !== said) title.textContent = said;
        fit();
      };
      // As large as the place allows, but not too small to read: then it scrolls.
      const fit = () => {
        const key = tape.now.columns + "x" + screen.clientWidth;
        if (key === fontKey || !screen.clientWidth) return;
        fontKey = key;
        const size = Math.max(9, Math.min(14, (screen.clientWidth - 24) / (tape.now.columns * 0.6025)));
        screen.style.fontSize = size.toFixed(2) + "px";
      };
      const current = () => { let n = -1; while (n + 1 < commands.length && commands[n + 1][0] <= at) n++; return n; };
      let shownCommand = -2;
      const show = touched => {
        paint(touched);
        slider.value = String(Math.round(at));
        slider.setAttribute("aria-valuetext", stamp(at) + " of " + stamp(tape.duration));
        clockText.textContent = stamp(at) + " / " + stamp(tape.duration);
        const n = current();
        if (n !== shownCommand) {
          if (marks[shownCommand]) marks[shownCommand].removeAttribute("aria-current");
          shownCommand = n;
          if (marks[n]) {
            marks[n].setAttribute("aria-current", "true");
            const item = marks[n].parentElement;
            if (item.offsetTop < list.scrollTop || item.offsetTop + item.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = item.offsetTop - list.clientHeight / 2;
          }
        }
        const isLeftOut = film.cut && at >= film.cut[0] && at < film.cut[1];
        const words = isLeftOut ? "Left out of this page: " + stamp(film.cut[0]) + " to " + stamp(film.cut[1]) + ". The case file has it." : resting || "";
        if (note.textContent !== words) note.textContent = words;
      };
      const seek = ms => {
        at = Math.max(0, Math.min(tape.duration, ms));
        show(tape.frames.length ? tape.go(tape.frameAt(at)) : new Set());
      };
      const stop = () => {
        if (!playing) return;
        playing = false;
        playButton.setAttribute("aria-pressed", "false");
        playButton.textContent = "\u25b6 Play";
      };
      const run = moment => {
        if (!playing || !box.isConnected) return stop();
        const rate = Number(speed.value), passed = Math.min(250, moment - last);
        last = moment;
        let next = at + passed * rate;
        if (idle.checked) {
          // What nothing changed in is passed over but for a breath before and after.
          const k = tape.frameAt(at), coming = tape.frames[k + 1] ? tape.frames[k + 1].t : tape.duration;
          const reached = tape.frames[k] ? tape.frames[k].t : 0;
          if (next > reached + 600 && coming - next > 300) next = coming - 300;
        }
        seek(next);
        if (at >= tape.duration) return stop();
        requestAnimationFrame(run);
      };
      const toggle = () => {
        if (playing) return stop();
        for (const other of players) other();
        if (at >= tape.duration) seek(0);
        playing = true;
        playButton.setAttribute("aria-pressed", "true");
        playButton.textContent = "\u275a\u275a Pause";
        last = performance.now();
        requestAnimationFrame(run);
      };
      players.add(stop);
      const find = () => {
        word = clean(query.value).trim().toLowerCase();
        hits = word ? tape.searchAll(word) : [];
        hit = -1;
        tally.textContent = word ? plural(hits.length, "place") : "";
        if (!word || !hits.length) return paint(null);
        const k = hits.findIndex(n => tape.frames[n].t >= at);
        goHit(k < 0 ? 0 : k);
      };
      const goHit = n => {
        if (!hits.length) return;
        hit = (n + hits.length) % hits.length;
        stop();
        seek(tape.frames[hits[hit]].t);
        paint(null);
        tally.textContent = count(hit + 1) + " of " + plural(hits.length, "place");
      };
      let timer = 0;
      query.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(find, 150); });
      const goCommand = n => { if (!commands.length) return; const k = Math.max(0, Math.min(commands.length - 1, n)); stop(); seek(commands[k][0]); say(oneLine(commands[k][1])); };
      slider.addEventListener("input", () => { stop(); seek(Number(slider.value)); });
      const button = (text, label, act) => make("button", {type: "button", "aria-label": label, title: label, click: act}, text);
      const bar = make("div", {class: "controls t-controls", role: "toolbar", "aria-label": "Playback"}, playButton, slider, clockText,
        make("label", {}, "Speed ", speed), make("label", {}, idle, " Skip idle"));
      const finder = make("div", {class: "controls t-controls", role: "search"},
        make("span", {class: "grow"}, query), tally, button("\u2191", "Previous place", () => goHit(hit - 1)), button("\u2193", "Next place", () => goHit(hit + 1)),
        commands.length ? button("\u2039 Command", "Previous command", () => goCommand(at > (commands[current()] || [0])[0] ? current() : current() - 1)) : null,
        commands.length ? button("Command \u203a", "Next command", () => goCommand(current() + 1)) : null);
      const copyButton = make("button", {type: "button", click: () => copy(tape.now.rows.map(r => rowText(r).trimEnd()).join("\n").trimEnd() + "\n", copyButton)}, "Copy screen");
      finder.append(copyButton);
      const stage = make("div", {class: "t-stage"}, make("div", {class: "t-case"}, make("div", {class: "t-head"}, title), screen));
      if (commands.length) {
        stage.classList.add("has-commands");
        stage.append(make("div", {class: "t-aside"}, make("h4", {}, plural(commands.length, "command")), list,
          data.omitted ? make("p", {class: "cut"}, count(data.omitted) + " more are in the case file.") : null));
      }
      const box = make("section", {class: "terminal", "aria-label": "Recording of the terminal, " + span(tape.duration * 1e6)}, stage, bar, finder, note,
        film.cut ? make("p", {class: "cut"}, "This page keeps the first part of the recording, and its last screen; the rest is in the case file.") : null,
        data.unkept ? make("p", {class: "cut"}, "The case file keeps the beginning of this recording only.") : null);
      box.addEventListener("keydown", event => {
        const name = event.target.tagName, isTyping = name === "SELECT" || name === "INPUT" && event.target.type !== "checkbox" && event.target.type !== "range";
        if (event.target === query && event.key === "Enter") { event.preventDefault(); return goHit(event.shiftKey ? hit - 1 : hit + 1); }
        if (event.target === query && event.key === "Escape") { event.stopPropagation(); query.value = ""; find(); return screen.focus(); }
        if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
        const keys = {
          ArrowRight: () => { stop(); seek(at + 5000); }, ArrowLeft: () => { stop(); seek(at - 5000); },
          ArrowUp: () => goCommand(at > (commands[current()] || [0])[0] ? current() : current() - 1), ArrowDown: () => goCommand(current() + 1),
          ".": () => { stop(); const f = tape.frames[tape.frameAt(at) + 1]; if (f) seek(f.t); }, ",": () => { stop(); const f = tape.frames[tape.frameAt(at) - 1]; if (f) seek(f.t); },
          Home: () => { stop(); seek(0); }, End: () => { stop(); seek(tape.duration); },
          "/": () => query.focus(), "<": () => { speed.selectedIndex = Math.max(0, speed.selectedIndex - 1); }, ">": () => { speed.selectedIndex = Math.min(speeds.length - 1, speed.selectedIndex + 1); },
        };
        if (event.key === " " && name !== "BUTTON") keys[" "] = toggle;
        if (name === "INPUT" && event.target.type === "range" && event.key.startsWith("Arrow")) return;
        if (!keys[event.key]) return;
        event.preventDefault();
        event.stopPropagation();
        keys[event.key]();
      });
      isDark.addEventListener("change", () => paint(null));
      new ResizeObserver(() => requestAnimationFrame(fit)).observe(screen);
      // It opens on what was left at the end, so that there is something to read; playing begins at the beginning.
      seek(tape.duration);
      return box;
    };
    // In a transcript the player is made when it is asked for.
    for (const i of films.keys()) {
      const row = byId("a-" + facts.sessions[session[i]][0] + "." + sequence[i]);
      const place = row && row.querySelector(".terminal-place");
      if (!place) continue;
      const open = make("button", {type: "button", class: "t-open", click: () => { const made = player(i); open.replaceWith(made); made.querySelector(".t-screen").focus(); }}, "\u25b6 Play this terminal");
      place.prepend(open);
    }
    const noRoom = "This page has no room to play this terminal; exhibit replay plays it from the case file.";
    if (closing.terminals > 0) for (const place of document.querySelectorAll(".terminal-place")) {
      if (!place.querySelector(".t-open")) place.prepend(make("p", {class: "cut"}, noRoom));
    }
    """#
}
