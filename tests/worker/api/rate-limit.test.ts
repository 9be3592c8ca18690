import { expect, test } from "vitest";
import { limitRate } from "../../../worker/api/rate-limit.ts";

const RATE = { burst: 3, perSecond: 2 };

test("a burst is free, then the caller waits until there is one again", () => {
  let now = 0;
  const take = limitRate(() => now);

  expect([1, 2, 3, 4].map(() => take("kari", RATE))).toEqual([0, 0, 0, 1]);
  now += 499;
  expect(take("kari", RATE)).toBe(1);
  now += 1;
  expect(take("kari", RATE)).toBe(0);
  expect(take("kari", RATE)).toBe(1);
});

test("who asks all the time gets the rate, and no more after a long pause than a burst", () => {
  let now = 0;
  const take = limitRate(() => now);
  let taken = 0;

  for (; now < 10_000; now += 10) if (take("kari", RATE) === 0) taken += 1;
  expect(taken).toBe(3 + 19);
  now += 3_600_000;
  expect([1, 2, 3, 4].map(() => take("kari", RATE))).toEqual([0, 0, 0, 1]);
});

test("callers do not take from each other, and a crowd of them is forgotten again", () => {
  const take = limitRate(() => 0);
  for (const _ of [1, 2, 3]) take("kari", RATE);

  expect(take("ola", RATE)).toBe(0);
  expect(take("kari", RATE)).toBe(1);
  for (let other = 0; other < 20_000; other += 1) take(String(other), RATE);
  expect(take("kari", RATE)).toBe(0);
});
