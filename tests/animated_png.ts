// An animated PNG (PNG specification, third edition, §11.3.6) from PNG files. Their compressed data is copied, so all
// frames must have the same size and colour type.

export type Frame = { readonly png: Uint8Array; readonly ms: number };

type Chunk = { readonly type: string; readonly data: Uint8Array };

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Loops endlessly. Throws when a frame is not a PNG, or differs from the first in size or colour type. */
export function animatedPng(frames: readonly Frame[]): Uint8Array {
  const images = frames.map((frame) => readChunks(frame.png));
  const header = images[0]?.find(({ type }) => type === "IHDR")?.data;
  if (!header) throw new Error("Cannot make an animation: there is no frame");
  // each frame control chunk and each data chunk of a later frame has the next sequence number
  let sequence = 0;
  const chunks: Chunk[] = [
    { type: "IHDR", data: header },
    { type: "acTL", data: numbers(frames.length, 0) },
  ];
  for (const [index, { ms }] of frames.entries()) {
    const image = images[index] ?? [];
    const own = image.find(({ type }) => type === "IHDR")?.data;
    if (!own || Buffer.compare(own, header) !== 0)
      throw new Error(`Cannot make an animation: frame ${index} is not like the first`);
    chunks.push({ type: "fcTL", data: frameControl(sequence++, { header, ms }) });
    for (const { data } of image.filter(({ type }) => type === "IDAT"))
      chunks.push(
        index === 0
          ? { type: "IDAT", data }
          : { type: "fdAT", data: Buffer.concat([numbers(sequence++), data]) },
      );
  }
  chunks.push({ type: "IEND", data: new Uint8Array() });
  return Buffer.concat([signature, ...chunks.map(writeChunk)]);
}

/** The chunks of a PNG. Throws when the bytes are not a PNG. */
export function readChunks(png: Uint8Array): Chunk[] {
  if (Buffer.compare(png.subarray(0, 8), signature) !== 0)
    throw new Error("These bytes are not a PNG");
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks: Chunk[] = [];
  for (let at = 8; at < png.length;) {
    const length = view.getUint32(at);
    const type = Buffer.from(png.subarray(at + 4, at + 8)).toString("latin1");
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

function writeChunk({ type, data }: Chunk): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  return Buffer.concat([numbers(data.length), body, numbers(Bun.hash.crc32(body))]);
}

/** Full size at offset 0, without disposal and blending, since each frame covers the last one. */
function frameControl(
  sequence: number,
  { header, ms }: { header: Uint8Array; ms: number },
): Buffer {
  const delay = Buffer.alloc(6);
  delay.writeUInt16BE(ms, 0);
  delay.writeUInt16BE(1000, 2);
  return Buffer.concat([numbers(sequence), header.subarray(0, 8), numbers(0, 0), delay]);
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4);
  return bytes;
}
