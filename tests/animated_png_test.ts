import { expect, test } from "bun:test";
import { crc32, deflateSync } from "node:zlib";
import { animatedPng, readChunks } from "./animated_png.ts";

test("animatedPng() keeps each frame's data, numbers the chunks and states the delays", () => {
  const [red, blue] = [onePixel([255, 0, 0]), onePixel([0, 0, 255])];
  const animation = animatedPng([
    { png: red, ms: 1500 },
    { png: blue, ms: 500 },
  ]);
  const chunks = readChunks(animation);
  expect(chunks.map(({ type }) => type)).toEqual(
    ["IHDR", "acTL", "fcTL", "IDAT", "fcTL", "fdAT", "IEND"], //
  );
  const [, control, first, still, second, moving] = chunks.map(({ data }) => Buffer.from(data));
  expect([control?.readUInt32BE(0), control?.readUInt32BE(4)]).toEqual([2, 0]);
  expect([first?.readUInt32BE(0), first?.readUInt16BE(20)]).toEqual([0, 1500]);
  expect([second?.readUInt32BE(0), second?.readUInt16BE(20)]).toEqual([1, 500]);
  expect(still).toEqual(dataOf(red));
  expect(moving?.readUInt32BE(0)).toBe(2);
  expect(moving?.subarray(4)).toEqual(dataOf(blue));
});

test("animatedPng() writes chunks whose checksums a decoder accepts", () => {
  const animation = Buffer.from(animatedPng([{ png: onePixel([1, 2, 3]), ms: 10 }]));
  for (let at = 8; at < animation.length;) {
    const length = animation.readUInt32BE(at);
    const body = animation.subarray(at + 4, at + 8 + length);
    expect(animation.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    at += 12 + length;
  }
});

test("animatedPng() rejects frames of different sizes", () => {
  const frames = [onePixel([0, 0, 0]), onePixel([0, 0, 0], 2)].map((png) => ({ png, ms: 10 }));
  expect(() => animatedPng(frames)).toThrow("frame 1 is not like the first");
});

function dataOf(png: Buffer) {
  const chunk = readChunks(png).find(({ type }) => type === "IDAT");
  return Buffer.from(chunk?.data ?? []);
}

function onePixel(color: readonly number[], height = 1): Buffer {
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, height, 8, 2, 0, 0, 0]);
  const rows = Array.from({ length: height }, () => [0, ...color]).flat();
  const chunks: [string, Buffer][] = [
    ["IHDR", header],
    ["IDAT", deflateSync(Buffer.from(rows))],
    ["IEND", Buffer.alloc(0)],
  ];
  const parts = chunks.map(([type, data]) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    checksum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, checksum]);
  });
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]);
}
