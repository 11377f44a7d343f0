/// How the script reads a data block: JSON as it stands, or packed as ``PackedJSON`` says.
///
/// The browsers' own way to unpack only answers later, and every key and click would have to wait for it in turn.
extension ScriptParts {
  static let unpacking: StaticString = #"""

    // A table from the next bits to symbol << 4 | length (RFC 1951, 3.2.2).
    const huffman = lengths => {
      const counts = new Uint16Array(16), next = new Uint16Array(16);
      for (const n of lengths) if (n) counts[n]++;
      let most = 15;
      while (most > 1 && !counts[most]) most--;
      for (let n = 1, code = 0; n <= most; n++) next[n] = code = code + (n > 1 ? counts[n - 1] : 0) << 1;
      const table = new Uint16Array(1 << most);
      lengths.forEach((n, symbol) => {
        if (!n) return;
        let turned = 0;
        for (let k = 0, code = next[n]++; k < n; k++, code >>= 1) turned = turned << 1 | code & 1;
        for (let at = turned; at < table.length; at += 1 << n) table[at] = symbol << 4 | n;
      });
      return table;
    };
    const lengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
    const lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
    const distanceBase = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
    const distanceBits = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
    const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
    const broken = () => { throw new Error("A data block of this page is damaged."); };
    const take = (s, n) => {
      while (s.held < n) { s.bits |= s.input[s.at++] << s.held; s.held += 8; }
      const value = s.bits & (1 << n) - 1;
      s.bits >>>= n;
      s.held -= n;
      return value;
    };
    const symbolOf = (s, table) => {
      while (s.held < 15) { s.bits |= s.input[s.at++] << s.held; s.held += 8; }
      const entry = table[s.bits & table.length - 1], n = entry & 15;
      if (!n) broken();
      s.bits >>>= n;
      s.held -= n;
      return entry >> 4;
    };
    const fixed = [huffman(Array.from({length: 288}, (_, k) => k < 144 ? 8 : k < 256 ? 9 : k < 280 ? 7 : 8)), huffman(new Array(30).fill(5))];
    const dynamic = s => {
      const literals = take(s, 5) + 257, distances = take(s, 5) + 1, codes = take(s, 4) + 4, first = new Array(19).fill(0), lengths = [];
      for (let k = 0; k < codes; k++) first[order[k]] = take(s, 3);
      const table = huffman(first);
      while (lengths.length < literals + distances) {
        const symbol = symbolOf(s, table);
        if (symbol < 16) { lengths.push(symbol); continue; }
        const value = symbol === 16 ? lengths[lengths.length - 1] : 0;
        for (let k = symbol === 16 ? 3 + take(s, 2) : symbol === 17 ? 3 + take(s, 3) : 11 + take(s, 7); k > 0; k--) lengths.push(value);
      }
      return [huffman(lengths.slice(0, literals)), huffman(lengths.slice(literals))];
    };
    // One block; its variables are this function's own, which is what makes it fast.
    const inflateBlock = (s, output, size, literals, distances) => {
      const input = s.input, end = input.length + 8, literalMask = literals.length - 1, distanceMask = distances.length - 1;
      let bits = s.bits, held = s.held, at = s.at;
      for (;;) {
        while (held < 15) { bits |= input[at++] << held; held += 8; }
        const entry = literals[bits & literalMask], n = entry & 15, symbol = entry >> 4;
        bits >>>= n; held -= n;
        if (symbol < 256 && n) { output[size++] = symbol; if (size > output.length) broken(); continue; }
        if (symbol === 256) break;
        if (!n || symbol > 285 || at > end) broken();
        while (held < 15) { bits |= input[at++] << held; held += 8; }
        const more = lengthBits[symbol - 257];
        let length = lengthBase[symbol - 257] + (bits & (1 << more) - 1);
        bits >>>= more; held -= more;
        while (held < 15) { bits |= input[at++] << held; held += 8; }
        const far = distances[bits & distanceMask], m = far & 15, which = far >> 4;
        if (!m || which > 29) broken();
        bits >>>= m; held -= m;
        const extra = distanceBits[which];
        while (held < extra) { bits |= input[at++] << held; held += 8; }
        let from = size - distanceBase[which] - (bits & (1 << extra) - 1);
        bits >>>= extra; held -= extra;
        if (from < 0 || size + length > output.length) broken();
        while (length-- > 0) output[size++] = output[from++];
      }
      s.bits = bits; s.held = held; s.at = at;
      return size;
    };
    const inflate = (input, length) => {
      const output = new Uint8Array(length), s = {input, at: 0, bits: 0, held: 0};
      for (let size = 0, isLast = 0; !isLast;) {
        isLast = take(s, 1);
        const kind = take(s, 2);
        if (kind === 3 || s.at > input.length + 8) broken();
        if (kind) { size = inflateBlock(s, output, size, ...(kind === 1 ? fixed : dynamic(s))); continue; }
        s.at -= s.held >> 3;
        s.bits = s.held = 0;
        const count = input[s.at] | input[s.at + 1] << 8, part = input.subarray(s.at + 4, s.at + 4 + count);
        if (part.length < count || size + count > length) broken();
        output.set(part, size);
        size += count;
        s.at += 4 + count;
      }
      return output;
    };
    const read = element => {
      const text = element.textContent, length = Number(element.dataset.unpacked || 0);
      if (!length) return JSON.parse(text);
      const packed = atob(text), input = new Uint8Array(packed.length);
      for (let k = 0; k < packed.length; k++) input[k] = packed.charCodeAt(k);
      return JSON.parse(new TextDecoder().decode(inflate(input, length)));
    };
    """#
}
