import { expect, test } from "vitest";
import { scrub } from "../../../worker/dynamics/scrub.ts";

test.for([
  ["The chapter is closed.", "The chapter is closed."],
  ["Refused for kari.nordmann+hlf@example.org today", "Refused for … today"],
  ["Call +47 912 34 567, or 22 33 44 55.", "Call …, or …."],
  ["Born 01.02.1950, number 01025012345", "Born …, number …"],
  ["The value 'Kari Nordmann' is taken", "The value … is taken"],
  ["The value 'Kari O'Hara' is taken", "The value … is taken"],
  [
    'The value "Kari" and “Ola” and «Åse» and „Liv“ are taken',
    "The value … and … and … and … are taken",
  ],
  ["The mentor's chapter doesn't allow it", "The mentor's chapter doesn't allow it"],
  ["Duplicate of 'Kari Nordmann", "Duplicate of …"],
  ['Duplicate of "Kari Nordmann', "Duplicate of …"],
  ["Two\r\nlines\u0000 and\ta \u202Etab", "Two lines and a tab"],
  ["Only 3 of 12 fields", "Only 3 of 12 fields"],
  ["", ""],
] as const)("%j becomes %j", ([text, scrubbed]) => {
  expect(scrub(text)).toBe(scrubbed);
});

test("keeps 200 characters, and cuts after it has looked", () => {
  const text = `${"word ".repeat(39)}kari.nordmann@example.org`;

  expect(scrub("a".repeat(5000))).toHaveLength(200);
  expect(scrub(text)).toBe(`${"word ".repeat(39)}…`);
});

test("takes no longer for a hostile text", () => {
  const start = performance.now();
  for (const piece of ["'", '"', "1 ", "a@", "«", "‘x ", "+1-"]) scrub(piece.repeat(100_000));

  expect(performance.now() - start).toBeLessThan(1000);
});
