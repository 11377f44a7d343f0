/// One action, whole.
extension ScriptParts {
  static let detail: StaticString = #"""

    const copy = async (text, button) => {
      const label = button.textContent;
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
        say("Copied");
      } catch {
        button.textContent = "The browser did not allow it";
      }
      setTimeout(() => { button.textContent = label; }, 2000);
    };
    const preview = (title, content) => {
      if (!content) return null;
      const element = make("details", {class: title === "Error output" ? "preview stderr" : "preview", open: title === "Terminal" ? null : ""});
      if (content.rows) {
        element.append(make("summary", {}, title + ": " + (content.sha256 ? "the first " : "") + plural(content.rows.length, "row")));
        const table = make("table", {class: "cells"});
        table.append(make("thead", {}, make("tr", {}, ...content.columns.map(c => make("th", {scope: "col"}, oneLine(c))))));
        const body = make("tbody");
        for (const row of content.rows) {
          body.append(make("tr", {}, ...row.map(c => c === null ? make("td", {class: "null"}, "NULL") : make("td", {}, visible(c)))));
        }
        table.append(body);
        element.append(make("div", {class: "scroll", tabindex: "0"}, table));
      } else {
        element.append(make("summary", {}, title + ": " + (content.title ? oneLine(content.title) + ", " : "") + size(content.size)));
        element.append(make("pre", {}, make("code", {dir: "ltr"}, visible(content.text))));
      }
      if (content.sha256) element.append(make("p", {class: "cut"}, plural(content.size, "byte") + " in all, SHA-256 " + content.sha256));
      return element;
    };
    const describe = (i, inList) => {
      const a = action(i), lines = make("dl"), effect = facts.effects[effectOf(i)];
      const fact = (name, value) => { if (value) lines.append(make("dt", {}, name), make("dd", {}, value)); };
      const box = make("article", {class: "detail", "aria-label": "Action " + oneLine(a.id)});
      box.append(make("h3", {}, time(start[i], 6) + " \u00b7 " + oneLine(a.verb)));
      if (a.text) box.append(make("pre", {}, make("code", {dir: "ltr"}, visible(a.text))));
      else box.append(make("p", {class: "soft"}, "The text of the request was not captured."));
      if (a.cut) box.append(make("p", {class: "cut"}, "The beginning only; " + plural(a.cut, "byte") + " in all."));
      fact("Outcome", a.consequence ? oneLine(a.consequence) : a.result + (took[i] >= 0 ? ", in " + span(took[i]) : ""));
      fact("Answer", a.answer ? oneLine(a.answer) : "");
      fact("Identity", a.identity ? oneLine(a.identity) : "");
      fact("Effect", effect[2] + (flags[i] >> 9 & 1 ? "; no WHERE: every row of the table" : "") + (flags[i] >> 10 & 1 ? "; inferred" : ""));
      if (outcomeOf(i)) {
        const word = make("span", {class: "word " + (isRefused(i) ? outcomeOf(i) === 5 ? "warn" : "bad" : "ok")}, facts.outcomes[outcomeOf(i)]);
        fact("Decision", word);
        fact("Rule", oneLine(a.rule) + (a.reason ? ": " + oneLine(a.reason) : ""));
      }
      promptFacts(i, fact);
      if (a.parameters && a.parameters !== "[]") fact("Parameters", make("code", {}, oneLine(a.parameters)));
      if (a.rows >= 0) fact("Rows", count(a.rows));
      if (a.resources.length) fact("Resources", a.resources.map(oneLine).join(", "));
      const s = facts.sessions[session[i]];
      fact("Session", make("a", {href: "#s-" + encodeURIComponent(s[0])}, s[1]));
      fact("", s[6]);
      const file = facts.sources[a.source];
      if (a.packet) fact("Evidence", (file ? file[3] : "packet") + " " + count(a.packet) + (file ? " of " + file[1] : ""));
      if (a.packet && file && file[3] === "packet") fact("To see it", make("code", {}, "tshark -r " + oneLine(file[2]) + " -V -Y 'frame.number == " + a.packet + "'"));
      if (a.packet && file && file[3] === "line") fact("To see it", make("code", {}, "sed -n " + a.packet + "p " + oneLine(file[2])));
      fact("Id", make("code", {}, oneLine(a.id)));
      box.append(lines);
      if (a.log) box.append(pushes(a.log));
      if (films.has(i)) box.append(player(i));
      else if (a.others && a.others.some(([name]) => name === "Terminal") && closing.terminals > 0) {
        box.append(make("p", {class: "cut"}, noRoom));
      }
      const parts = [preview("Sent", a.sent), preview("Received", a.received), ...(a.others || []).map(([name, part]) => preview(name, part))];
      for (const part of parts) if (part) box.append(part);
      const bar = make("div", {class: "controls"});
      const copyButton = make("button", {type: "button", click: () => copy(a.text, copyButton)}, a.cut ? "Copy the kept text" : "Copy exact text");
      bar.append(copyButton);
      if (!inList) {
        bar.append(make("button", {type: "button", click: () => { if (i > 0) select(i - 1, false, true); }}, "Previous"));
        bar.append(make("button", {type: "button", click: () => { if (i < all - 1) select(i + 1, false, true); }}, "Next"));
      }
      bar.append(make("button", {type: "button", click: () => filterBy({session: session[i]})}, "All of this session"));
      if (byId("a-" + a.id)) bar.append(make("a", {href: "#a-" + encodeURIComponent(a.id)}, "In its transcript"));
      box.append(bar);
      return box;
    };
    """#
}
