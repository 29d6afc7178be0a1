import { describe, expect, test } from "bun:test";
import { createStreamPlaces } from "./stream_places.ts";

/** Opens streams and returns the evicted ones, numbered in the order of opening. */
function streamsOf(limits: Parameters<typeof createStreamPlaces>[0]) {
  const places = createStreamPlaces(limits);
  const evicted: number[] = [];
  let opened = 0;
  const open = (address: string, subject: string) => {
    const number = (opened += 1);
    return places.take({ address, subject }, () => evicted.push(number));
  };
  return { open, evicted };
}

const wide = { perAddress: 100, perSubject: 100, inAll: 100 };

describe("createStreamPlaces()", () => {
  test("an address at its limit loses its oldest stream to its newest", () => {
    const { open, evicted } = streamsOf({ ...wide, perAddress: 2 });
    for (const subject of ["a", "b", "c", "d"]) open("192.0.2.1", subject);
    open("192.0.2.2", "a");
    expect(evicted).toEqual([1, 2]);
  });

  test("IPv6 addresses of one network count as one", () => {
    const { open, evicted } = streamsOf({ ...wide, perAddress: 1 });
    open("2001:db8:1:2::1", "a");
    open("2001:db8:1:2::2", "b");
    open("2001:db8:1:3::1", "c");
    expect(evicted).toEqual([1]);
  });

  test("at a subject's limit, the address with the most streams of it loses one", () => {
    const { open, evicted } = streamsOf({ ...wide, perSubject: 4 });
    open("192.0.2.1", "a");
    for (let n = 0; n < 3; n++) open("192.0.2.2", "a");
    open("192.0.2.3", "a");
    open("192.0.2.3", "b");
    expect(evicted).toEqual([2]);
  });

  test("at the total limit, the address with the most streams loses one to the next shopper", () => {
    const { open, evicted } = streamsOf({ ...wide, inAll: 5 });
    open("192.0.2.1", "a");
    for (const subject of ["b", "c", "d", "e"]) open("192.0.2.2", subject);
    open("192.0.2.3", "f");
    open("192.0.2.4", "g");
    expect(evicted).toEqual([2, 3]);
  });

  test("a released place is free, and releasing it twice has no effect", () => {
    const { open, evicted } = streamsOf({ ...wide, perAddress: 2 });
    const leave = open("192.0.2.1", "a");
    open("192.0.2.1", "b");
    leave();
    leave();
    open("192.0.2.1", "c");
    expect(evicted).toEqual([]);
    open("192.0.2.1", "d");
    expect(evicted).toEqual([2]);
  });
});
