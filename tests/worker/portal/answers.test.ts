import { describe, expect } from "vitest";
import type { Fault } from "../../../worker/local/dataverse/simulator.ts";
import { daysFromToday, SHORT_MS, test as base } from "../../support/dataverse.ts";
import { gateOf, listingOf, outcomesOf } from "../../support/portal/rows.ts";
import { eventually } from "../../support/nightly/stage.ts";

/** One at a time is enough for what is told here. */
const test = base.override("parallelism", 1);

const BAD_ANSWERS: { name: string; fault: Fault }[] = [
  { name: "none within the deadline", fault: { on: "write", effect: "hang" } },
  { name: "a broken connection", fault: { on: "write", effect: "reset" } },
  {
    name: "a broken connection, the change applied",
    fault: { on: "write", effect: "apply_then_drop" },
  },
  { name: "half of one", fault: { on: "write", effect: "truncate" } },
  { name: "half of the JSON", fault: { on: "write", effect: "bad_json" } },
  { name: "an empty one", fault: { on: "write", effect: "empty_body" } },
  {
    name: "a page that asks to sign in, with 200",
    fault: { on: "write", effect: "html", status: 200 },
  },
  { name: "a page of maintenance, with 404", fault: { on: "write", effect: "html", status: 404 } },
  { name: "a huge one", fault: { on: "write", effect: "huge_body", bytes: 2_000_000 } },
  {
    name: "a redirect",
    fault: { on: "write", effect: "redirect", location: "http://127.0.0.1:9/" },
  },
  { name: "503", fault: { on: "write", effect: "server_error", status: 503 } },
];

describe("P6: a write whose answer is", () => {
  test.for(BAD_ANSWERS)("$name, is retried and heals", async ({ fault }, { portal }) => {
    const { simulator, pool } = portal;
    const mentor = await portal.oneVisible();
    const impatient = { pool, client: portal.aClient({ deadlineMs: SHORT_MS }) };
    await impatient.client.whoAmI();
    simulator.inject(fault);
    await portal.pause(mentor);

    expect(await portal.drain({ by: impatient })).toMatchObject({ failed: 1 });
    expect(await listingOf(pool, mentor)).toMatchObject({
      condition: "retrying",
      error_class: "transient",
      attempts: 1,
      write_inflight: true,
      lease_token: null,
    });
    expect(await gateOf(pool)).toMatchObject({ closed_class: null });

    await portal.settle();
    expect(await portal.disagreements()).toEqual([]);
    expect(await portal.wronglyShown()).toEqual([]);
  });

  test("lost leaves the row as if it had been written once", async ({ portal }) => {
    const { simulator, pool } = portal;
    const mentor = await portal.oneVisible();
    simulator.inject({ on: "write", effect: "apply_then_drop", times: 3 });
    await portal.pause(mentor);

    for (let n = 0; n < 3; n += 1) {
      await portal.passTime();
      await portal.drain();
    }
    await portal.settle();

    expect(await outcomesOf(pool, mentor)).toEqual([
      "written",
      "failed",
      "failed",
      "failed",
      "written",
    ]);
    const states = simulator.history.filter(({ by }) => by === "api").map(({ visible }) => visible);
    expect(states).toEqual([true, false, false, false, false]);
    const { desired_version } = await listingOf(pool, mentor);
    expect(simulator.row(mentor.key)).toMatchObject({ visible: false, version: desired_version });
  });
});

describe("P6: a row that somebody changes again and again", () => {
  test("is left for later after four rounds, and written then", async ({ portal }) => {
    const { simulator, pool } = portal;
    const mentor = await portal.oneVisible();
    simulator.inject({ on: "write", effect: "precondition", times: 4 });
    await portal.pause(mentor);
    const before = simulator.requests("write");

    expect(await portal.drain()).toMatchObject({ failed: 1 });
    expect(simulator.requests("write") - before).toBe(4);
    expect(await listingOf(pool, mentor)).toMatchObject({
      condition: "retrying",
      error_class: "conflict",
    });

    await portal.settle();
    expect(await portal.disagreements()).toEqual([]);
  });
});

describe("P6: a worker that is asked to stop while a write is under way", () => {
  test("gives the lease back, and the next one writes", async ({ portal }) => {
    const { simulator, pool } = portal;
    const mentor = await portal.oneVisible();
    simulator.inject({ on: "write", effect: "hang" });
    await portal.pause(mentor);
    const stop = new AbortController();
    const writes = simulator.requests("write");
    const draining = portal.drain({ signal: stop.signal });
    await eventually(async () => expect(simulator.requests("write")).toBe(writes + 1));

    stop.abort();

    expect(await draining).toMatchObject({ postponed: 1, failed: 0 });
    expect(await listingOf(pool, mentor)).toMatchObject({
      condition: "pending",
      attempts: 0,
      lease_token: null,
      write_inflight: true,
    });
    // At once: nobody has to wait for a lease to end.
    expect(await portal.drain()).toMatchObject({ written: 1 });
    expect(await portal.disagreements()).toEqual([]);
  });
});

describe("P6: a certification that expires while nobody works", () => {
  test("takes the mentor off the website by its last day alone", async ({ portal }) => {
    const lastDay = daysFromToday(10);
    const mentor = await portal.oneVisible({ expiresOn: lastDay });

    const { simulator } = portal;
    expect(simulator.isPubliclyVisible(mentor.key, lastDay)).toBe(true);
    expect(simulator.isPubliclyVisible(mentor.key, daysFromToday(11))).toBe(false);
  });
});
