// The parts of the TrueType format that the shop's font needs:
// https://learn.microsoft.com/typography/opentype/spec/otff

type Table = { readonly tag: string; readonly data: Buffer };

export function tablesOf(font: Buffer): Table[] {
  return Array.from({ length: font.readUInt16BE(4) }, (_, index) => {
    const entry = 12 + 16 * index;
    const [offset, length] = [font.readUInt32BE(entry + 8), font.readUInt32BE(entry + 12)];
    const tag = font.toString("latin1", entry, entry + 4);
    return { tag, data: font.subarray(offset, offset + length) };
  });
}

/** The font with only these names, by name id, in the Windows encoding. */
export function withNames(font: Buffer, names: Readonly<Record<number, string>>): Buffer {
  const tables = tablesOf(font).map((table) =>
    table.tag === "name" ? { tag: "name", data: nameTable(names) } : table,
  );
  const head = Buffer.alloc(12 + 16 * tables.length);
  font.copy(head, 0, 0, 12);
  const parts = [head];
  let offset = head.length;
  for (const [index, { tag, data }] of tables.entries()) {
    const entry = 12 + 16 * index;
    const padded = Buffer.concat([data, Buffer.alloc(-data.length & 3)]);
    head.write(tag, entry, "latin1");
    head.writeUInt32BE(checksumOf(padded), entry + 4);
    head.writeUInt32BE(offset, entry + 8);
    head.writeUInt32BE(data.length, entry + 12);
    parts.push(padded);
    offset += padded.length;
  }
  return Buffer.concat(parts);
}

/** The strings of the font's name table. */
export function namesIn(font: Buffer): string[] {
  const table = tableOf(font, "name");
  const strings = table.readUInt16BE(4);
  return Array.from({ length: table.readUInt16BE(2) }, (_, index) => {
    const record = 6 + 12 * index;
    const start = strings + table.readUInt16BE(record + 10);
    const text = table.subarray(start, start + table.readUInt16BE(record + 8));
    const isMac = table.readUInt16BE(record) === 1;
    return isMac ? text.toString("latin1") : Buffer.from(text).swap16().toString("utf16le");
  });
}

/** The characters of the font, from the cmap subtable of format 4, which ends at U+FFFF. */
export function charactersIn(font: Buffer): Set<string> {
  const cmap = tableOf(font, "cmap");
  const offsets = Array.from({ length: cmap.readUInt16BE(2) }, (_, index) =>
    cmap.readUInt32BE(4 + 8 * index + 4),
  );
  const at = offsets.find((offset) => cmap.readUInt16BE(offset) === 4);
  if (at === undefined) throw new Error("The font has no character map of format 4");
  const size = cmap.readUInt16BE(at + 6);
  const ends = at + 14;
  const starts = ends + size + 2;
  const found = new Set<string>();
  for (let segment = 0; segment < size; segment += 2) {
    const end = cmap.readUInt16BE(ends + segment);
    for (let code = cmap.readUInt16BE(starts + segment); code <= end && code < 0xffff; code++)
      found.add(String.fromCharCode(code));
  }
  return found;
}

function tableOf(font: Buffer, tag: string): Buffer {
  const table = tablesOf(font).find((known) => known.tag === tag);
  if (!table) throw new Error(`The font has no table ${tag}`);
  return table.data;
}

function nameTable(names: Readonly<Record<number, string>>): Buffer {
  const records = Object.entries(names).map(([id, text]) => ({
    id: Number(id),
    data: Buffer.from(text, "utf16le").swap16(),
  }));
  const table = Buffer.alloc(6 + 12 * records.length);
  table.writeUInt16BE(records.length, 2);
  table.writeUInt16BE(table.length, 4);
  let start = 0;
  for (const [index, { id, data }] of records.entries()) {
    const [windows, unicode, english] = [3, 1, 0x409];
    for (const [field, value] of [windows, unicode, english, id, data.length, start].entries())
      table.writeUInt16BE(value, 6 + 12 * index + 2 * field);
    start += data.length;
  }
  return Buffer.concat([table, ...records.map(({ data }) => data)]);
}

function checksumOf(padded: Buffer): number {
  let sum = 0;
  for (let at = 0; at < padded.length; at += 4) sum = (sum + padded.readUInt32BE(at)) >>> 0;
  return sum;
}
