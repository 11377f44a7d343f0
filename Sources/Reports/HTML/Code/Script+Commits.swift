/// The commits of a push, as the page itself draws them.
extension ScriptParts {
  static let commits: StaticString = #"""

    const diffKinds = {"+": "d-add", "-": "d-del", "@": "d-hunk"};
    const diff = text => {
      const code = make("code", {dir: "ltr"});
      let kind = "", lines = [];
      const flush = () => { if (lines.length) code.append(make("span", {class: kind}, visible(lines.join("\n") + "\n"))); lines = []; };
      for (const line of text.split("\n")) {
        const next = diffKinds[line[0]] || "d-same";
        if (next !== kind) { flush(); kind = next; }
        lines.push(line);
      }
      flush();
      return make("pre", {class: "diff"}, code);
    };
    const commit = ([id, parents, author, committer, signed, subject, body, trailers, files, omitted, note, summary]) => {
      const box = make("details", {class: "commit"}), facts = make("dl", {class: "commit-facts"});
      box.append(make("summary", {}, make("code", {class: "soft"}, oneLine(id.slice(0, 10))), " ", make("b", {}, oneLine(subject) || "(no message)"),
        make("span", {class: "soft"}, " " + oneLine(author[0]) + (author[2] ? ", " + oneLine(author[2]) : "") + " \u00b7 " + summary + " "),
        ...trailers.filter(t => t[2]).map(([name, value]) => make("span", {class: "trailer"}, oneLine(name + ": " + value)))));
      const fact = (name, value) => { if (value) facts.append(make("dt", {}, oneLine(name)), make("dd", {}, oneLine(value))); };
      const person = ([name, mail, date]) => name || mail ? name + " <" + mail + ">" + (date ? ", " + date : "") : "";
      fact("Commit", id);
      fact("Parents", parents.join(" "));
      fact("Author", person(author));
      fact("Committer", person(committer));
      fact("Signature", signed ? "present; not verified" : "");
      for (const [name, value] of trailers) fact(name, value);
      box.append(facts);
      if (body) box.append(make("pre", {}, make("code", {dir: "ltr"}, visible(body))));
      for (const [kind, path, plus, minus, notes, text, more] of files) {
        const lines = text ? text.split("\n").length : 0;
        const element = make("details", {class: "change", open: files.length <= 8 && lines <= 60 ? "" : null},
          make("summary", {}, make("b", {class: "kind-" + kind}, kind), " ", make("code", {}, oneLine(path)),
            make("span", {class: "counts"}, make("span", {class: "plus"}, "+" + count(plus)), " ", make("span", {class: "minus"}, "\u2212" + count(minus))),
            notes ? make("span", {class: "soft"}, " " + oneLine(notes)) : null));
        if (text) element.append(diff(text));
        if (more) element.append(make("p", {class: "cut"}, plural(more, "further line") + " not shown here."));
        box.append(element);
      }
      if (omitted) box.append(make("p", {class: "cut"}, count(omitted) + " more files are not shown here."));
      if (note) box.append(make("p", {class: "cut"}, oneLine(note)));
      return box;
    };
    const pushes = log => {
      const box = make("div", {class: "pushes"});
      if (log.updates.length) box.append(make("ul", {class: "refs"}, ...log.updates.map(([name, old, now, word, isBad]) => make("li", {}, make("code", {}, oneLine(name)),
        make("span", {class: "soft"}, make("code", {}, old.slice(0, 10) || "none"), " \u2192 ", make("code", {}, now.slice(0, 10) || "none")),
        word ? make("span", {class: isBad ? "word bad" : "word ok"}, word) : null))));
      if (log.commits.length) {
        const list = make("details", {class: "commits", open: ""}, make("summary", {}, plural(log.commits.length + log.omitted, "commit")), ...log.commits.map(commit));
        if (log.omitted) list.append(make("p", {class: "cut"}, plural(log.omitted, "further commit") + " are in the case file."));
        if (log.cut) list.append(make("p", {class: "cut"}, "Changes that had no room here are in the case file, as far as they were captured."));
        box.append(list);
      }
      return box;
    };
    """#
}
