import { expect, test } from "vitest";
import { retryAfterSeconds } from "../../../worker/dynamics/retry-after.ts";

const NOW = Date.UTC(2026, 10, 22, 10, 6, 0);

test.for([
  { name: "seconds", header: "30", is: 30 },
  { name: "seconds with blanks", header: " 7 ", is: 7 },
  { name: "none", header: "0", is: 0 },
  { name: "a date to come", header: "Sun, 22 Nov 2026 10:06:45 GMT", is: 45 },
  { name: "a date that has passed", header: "Sun, 22 Nov 2026 10:05:00 GMT", is: undefined },
  { name: "an hour, of which a quarter is taken", header: "3600", is: 900 },
  { name: "a date next year", header: "Mon, 22 Nov 2027 10:06:00 GMT", is: 900 },
  { name: "more digits than a number has", header: "9".repeat(400), is: 900 },
  { name: "nothing", header: null, is: undefined },
  { name: "an empty one", header: "", is: undefined },
  { name: "a word", header: "abc", is: undefined },
  { name: "a negative number", header: "-5", is: undefined },
  { name: "a fraction", header: "1.5", is: undefined },
  { name: "a date in another form", header: "2026-11-22T10:07:00Z", is: undefined },
  { name: "a day that is none", header: "Sun, 99 Nov 2026 10:06:45 GMT", is: undefined },
])("Retry-After with $name", ({ header, is }) => {
  expect(retryAfterSeconds(header, NOW)).toBe(is);
});
