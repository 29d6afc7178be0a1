import { describe, expect, test } from "bun:test";
import { maskAccountNumber, maskEmail, maskName } from "./personal_data.ts";

describe("maskName()", () => {
  test("keeps the first and the last letter of three or more", () => {
    expect(maskName("김토스")).toBe("김*스");
    expect(maskName("남궁민수")).toBe("남**수");
    expect(maskName("Kim")).toBe("K*m");
    expect(maskName("김".repeat(100))).toBe("김********김");
  });

  test("keeps the first of two, and none of one", () => {
    expect(maskName("이산")).toBe("이*");
    expect(maskName("이")).toBe("*");
    expect(maskName("")).toBe("*");
  });

  test("does not split surrogate pairs", () => {
    expect(maskName("😀😁😂")).toBe("😀*😂");
    expect(maskName("𠮷野")).toBe("𠮷*");
  });
});

describe("maskEmail()", () => {
  test("keeps the first letter of three or more, and nothing of the domain", () => {
    for (const address of ["kim@example.com", "kim.toss+shop@kim.kr"])
      expect(maskEmail(address)).toBe("k***@***");
    expect(maskEmail("𠮷野家@example.com")).toBe("𠮷***@***");
  });

  test.each(["a@b.co", "ab@kim.kr", "k@example.com", "@", "kim", "", "@b.co"])(
    "keeps nothing of %p",
    (address) => {
      expect(maskEmail(address)).toBe("***@***");
    },
  );
});

test("maskAccountNumber() keeps the last four digits of eight or more", () => {
  expect(maskAccountNumber("110-234-567890")).toBe("***7890");
  expect(maskAccountNumber("1234567")).toBe("***");
  expect(maskAccountNumber("")).toBe("***");
});
