/// A terminal's screen out of its frames: rows as text that can be selected, each cell in its place.
extension ScriptParts {
  static let screen: StaticString = #"""

    const standardInk = {light: [[28, 29, 33], [255, 255, 255]], dark: [[233, 231, 226], [16, 17, 20]]};
    const isDark = matchMedia("(prefers-color-scheme: dark)");
    // The first sixteen colours are the page's own, one set for each ground; the cube and the greys are xterm's.
    const basic = {
      light: "1c1d21 b3261e 1b6e46 7a5000 0b5fa5 8a1f8a 00696f 8a8f98 5b5e66 c4291f 1a7a3e 8a5c00 1667c0 a3154f 007078 3d4048",
      dark: "3a3d45 ff8f85 7fd3a5 f0c36a 84bff5 dba6f2 5cc7d1 c9ccd2 8a909c ffa9a1 a0e6bf ffd98f a9d4fa ffa6c4 8fe0e8 ffffff",
    };
    const hexRGB = text => [0, 2, 4].map(k => parseInt(text.slice(k, k + 2), 16));
    const basicRGB = {light: basic.light.split(" ").map(hexRGB), dark: basic.dark.split(" ").map(hexRGB)};
    const cube = n => n < 232 ? [(n - 16) / 36 | 0, ((n - 16) / 6 | 0) % 6, (n - 16) % 6].map(v => v ? 55 + v * 40 : 0) : Array(3).fill(8 + (n - 232) * 10);
    const rgbOf = (c, scheme) => typeof c === "string" ? hexRGB(c.slice(1)) : c < 16 ? basicRGB[scheme][c] : cube(c);
    const light = rgb => { const [r, g, b] = rgb.map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };
    // A colour that was chosen for another ground is brought towards ink until it can be read.
    const legible = (rgb, ground) => {
      const target = light(ground) > 0.4 ? 0 : 255;
      for (let k = 0; k < 12 && contrast(rgb, ground) < 4.5; k++) rgb = rgb.map(v => Math.round(v + (target - v) * 0.2));
      return rgb;
    };
    const css = rgb => "rgb(" + rgb.join(",") + ")";
    const looks = ["bold", "dim", "italic", "underline", "blink", "", "conceal", "strike", "double", "curly", "over"];
    // Ink, ground where it is not the screen's own, and classes.
    const paintOf = ([fg, bg, bits], isReversed) => {
      const scheme = isDark.matches ? "dark" : "light", [ink, paper] = standardInk[scheme];
      const isSwapped = (bits >> 5 & 1) === 1;
      let front = fg === null ? isReversed ? paper : ink : rgbOf(fg, scheme), back = bg === null ? isReversed ? ink : paper : rgbOf(bg, scheme);
      if (isSwapped) [front, back] = [back, front];
      const isOwn = bg === null && !isSwapped;
      return [fg === null && isOwn ? null : css(legible(front, back)), isOwn ? null : css(back),
        looks.filter((word, k) => word && bits >> k & 1).map(word => "t-" + word).join(" ")];
    };
    const blanks = /[\u00a0\u1680\u2000-\u200a\u202f\u205f]/g;
    const shapeless = /[\u00ad\u2028\u2029\u0080-\u009f\u3164\uffa0\u115f]/g;
    const clean = text => text.replace(blanks, " ").replace(shapeless, "\ufffd").replace(hidden, "");
    const cellsOf = text => clean(text).match(/\P{M}\p{M}*|\p{M}+/gu) || [];
    const rowText = row => row.map(run => clean(typeof run === "string" ? run : run[1])).join("");
    // The spans of one row; what was searched is marked.
    const drawRow = (runs, styles, isReversed, word, cursor) => {
      const parts = [];
      const text = word ? rowText(runs).toLowerCase() : "";
      const hits = [];
      if (word) for (let at = text.indexOf(word); at >= 0 && hits.length < 200; at = text.indexOf(word, at + word.length)) hits.push([at, at + word.length]);
      let offset = 0, column = 0;
      const put = (piece, paint, wide, isHit, isCursor) => {
        const isPlain = !wide && /^[\x20-\x7e]*$/.test(piece);
        if (isPlain && !paint && !isHit && !isCursor) return parts.push(piece);
        const span = make("span", {class: [paint ? paint[2] : "", isHit ? "t-hit" : "", isCursor ? "t-cursor" : ""].filter(Boolean).join(" ")});
        if (paint && !isHit && !isCursor) { if (paint[0]) span.style.color = paint[0]; if (paint[1]) span.style.backgroundColor = paint[1]; }
        // A font that has not all characters in one width must not move what follows.
        if (isPlain) span.textContent = piece;
        else for (const cell of cellsOf(piece)) span.append(make("span", {class: wide ? "t-wide" : "t-cell"}, cell));
        parts.push(span);
      };
      for (const run of runs) {
        const number = typeof run === "string" ? 0 : run[0], wide = typeof run !== "string" && run[2] === 2;
        const style = number && styles[number - 1] ? styles[number - 1] : [null, null, 0];
        const paint = number || isReversed ? paintOf(style, isReversed) : null;
        const cells = cellsOf(typeof run === "string" ? run : run[1]);
        let piece = "", state = "";
        const flush = () => { if (piece) put(piece, paint, wide, state[0] === "1", state[1] === "1"); piece = ""; };
        if (!hits.length && (cursor < column || cursor >= column + cells.length * (wide ? 2 : 1))) {
          put(cells.join(""), paint, wide, false, false);
          column += cells.length * (wide ? 2 : 1);
          continue;
        }
        for (const cell of cells) {
          const next = (hits.some(([a, b]) => offset >= a && offset < b) ? "1" : "0") + (cursor >= column && cursor < column + (wide ? 2 : 1) ? "1" : "0");
          if (next !== state) { flush(); state = next; }
          piece += cell; offset += cell.length; column += wide ? 2 : 1;
        }
        flush();
      }
      if (cursor >= column) parts.push(" ".repeat(cursor - column), make("span", {class: "t-cursor"}, " "));
      return parts;
    };
    // The state of a film: one screen, moved from frame to frame, or set from the last whole one.
    const reel = film => {
      const frames = film.frames, wholes = [];
      frames.forEach((f, k) => { if (f.size) wholes.push(k); });
      const now = {at: -1, columns: 80, rows: [], cursor: [0, 0, 1], title: "", reversed: false};
      const step = k => {
        const f = frames[k], touched = new Set();
        if (f.size) { now.columns = f.size[0]; now.rows = Array.from({length: f.size[1]}, () => []); now.rows.forEach((_, n) => touched.add(n)); }
        if (f.up) { now.rows = [...now.rows.slice(f.up), ...Array.from({length: Math.min(f.up, now.rows.length)}, () => [])]; now.rows.forEach((_, n) => touched.add(n)); }
        for (const [n, runs] of Object.entries(f.r || {})) { if (now.rows[n]) now.rows[n] = runs; touched.add(Number(n)); }
        if (f.c) { touched.add(now.cursor[0]); now.cursor = f.c; touched.add(f.c[0]); }
        if (f.title !== undefined) now.title = f.title;
        if (f.reversed !== undefined && f.reversed !== now.reversed) { now.reversed = f.reversed; now.rows.forEach((_, n) => touched.add(n)); }
        now.at = k;
        return touched;
      };
      const frameAt = ms => {
        let low = 0, high = frames.length - 1;
        while (low < high) { const middle = low + high + 1 >> 1; if (frames[middle].t <= ms) low = middle; else high = middle - 1; }
        return low;
      };
      const go = k => {
        const touched = new Set(), whole = wholes.findLast(n => n <= k) ?? 0;
        let from = now.at < k && now.at >= whole ? now.at + 1 : whole;
        if (now.at === k) return touched;
        for (; from <= k; from++) for (const n of step(from)) touched.add(n);
        return touched;
      };
      // Places where the word appears: rows that a frame wrote and that hold it, each once while it stays.
      const searchAll = word => {
        const found = [], seen = new Map();
        frames.forEach((f, k) => {
          // What stood on the screen before, wherever it went, is not found again.
          const before = new Set(seen.values());
          if (f.size) seen.clear();
          if (f.up) { const moved = [...seen].filter(([n]) => n >= f.up); seen.clear(); for (const [n, t] of moved) seen.set(n - f.up, t); }
          for (const [n, runs] of Object.entries(f.r || {})) {
            const text = rowText(runs).toLowerCase();
            if (!text.includes(word)) { seen.delete(Number(n)); continue; }
            seen.set(Number(n), text);
            if (before.has(text)) continue;
            if (found.length < 10000 && found[found.length - 1] !== k) found.push(k);
          }
        });
        return found;
      };
      return {now, frames, go, frameAt, searchAll, duration: Math.max(film.duration || 0, frames.length ? frames[frames.length - 1].t : 0)};
    };
    """#
}
