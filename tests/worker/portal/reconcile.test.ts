import { describe, expect } from "vitest";
import { daysFromToday, test as base } from "../../support/dataverse.ts";
import type { PortalStage } from "../../support/dataverse.ts";
import {
  alerts,
  listingOf,
  listings,
  openDiscrepancies,
  sabotage,
} from "../../support/portal/rows.ts";

/** One at a time is enough for what is told here. */
const test = base.override("parallelism", 1);

/** Yesterday's state comes back: who was shown since is hidden, who was hidden since is visible. */
async function restoredToYesterday(portal: PortalStage, shown: number, hidden: number) {
  const toShow = await portal.hidden(shown, { prefix: "SHOW" });
  const toHide = await portal.visible(hidden, { prefix: "HIDE" });
  const yesterday = portal.simulator.snapshot();
  await portal.resume(...toShow);
  await portal.pause(...toHide);
  await portal.drain();
  expect(await portal.disagreements()).toEqual([]);
  portal.simulator.restore(yesterday);
  expect(await portal.disagreements()).toHaveLength(shown + hidden);
}

describe("P3: an environment that was restored to yesterday", () => {
  test("is repaired in both directions", async ({ portal }) => {
    await restoredToYesterday(portal, 2, 2);

    expect(await portal.reconcile()).toMatchObject({
      state: "succeeded",
      recordCount: 4,
      comparedCount: 4,
      differingCount: 4,
      repairedCount: 4,
    });
    await portal.drain();

    expect(await portal.disagreements()).toEqual([]);
  });

  test("is repaired by the sync as well, where a wish changes first", async ({ portal }) => {
    const [mentor] = await portal.hidden(1);
    const yesterday = portal.simulator.snapshot();
    await portal.resume(mentor!);
    await portal.drain();
    portal.simulator.restore(yesterday);

    await portal.extend(mentor!, daysFromToday(600));
    expect(await portal.drain()).toMatchObject({ written: 1, held: 0 });

    expect(await portal.disagreements()).toEqual([]);
  });

  test("is left alone if too much differs to be true, until a person accepts it", async ({
    portal,
  }) => {
    await restoredToYesterday(portal, 4, 4);
    const before = await listings(portal.pool);
    const requests = portal.simulator.requests("write");

    expect(await portal.reconcile()).toMatchObject({ state: "refused", repairedCount: 0 });
    await portal.settle();
    expect(await listings(portal.pool)).toEqual(before);
    expect(portal.simulator.requests("write")).toBe(requests);
    expect(await alerts(portal.pool)).toMatchObject([
      { kind: "portal_reconciliation_refused", is_open: true },
    ]);

    expect(await portal.reconcile({ acceptsShare: true })).toMatchObject({ repairedCount: 8 });
    await portal.settle();
    expect(await portal.disagreements()).toEqual([]);
    expect(await alerts(portal.pool)).toMatchObject([{ is_open: false }]);
  });

  test("and is never believed if it is empty", async ({ portal }) => {
    const [mentor] = await portal.visible(1);
    portal.simulator.remove(mentor!.key);

    expect(await portal.reconcile({ acceptsShare: true })).toMatchObject({ state: "refused" });

    expect(await listingOf(portal.pool, mentor!)).toMatchObject({ condition: "synced" });
  });
});

describe("P3: a list that cannot be read to its end", () => {
  test("leads to no conclusion at all", async ({ portal }) => {
    const mentors = await portal.visible(5);
    portal.simulator.edit(mentors[0]!.key, { visible: false });
    portal.simulator.remove(mentors[4]!.key);
    const client = portal.aClient({ pageSize: 2 });
    const before = await listings(portal.pool);
    portal.simulator.inject({ on: "list", skip: 1, effect: "server_error", status: 503 });

    await expect(portal.reconcile({ client })).rejects.toMatchObject({ errorClass: "transient" });

    expect(await listings(portal.pool)).toEqual(before);
    expect(await openDiscrepancies(portal.pool)).toEqual([]);
    const { rows } = await portal.pool.query(
      `select r.state, (select count(*) from app_private.portal_snapshots) as left_over
       from app_public.portal_reconciliations as r`,
    );
    expect(rows).toEqual([{ state: "failed", left_over: 0 }]);
  });

  test("is read again as a whole", async ({ portal }) => {
    const mentors = await portal.hidden(5);
    portal.simulator.edit(mentors[4]!.key, { visible: true });
    const client = portal.aClient({ pageSize: 2 });
    portal.simulator.inject({ on: "list", skip: 1, effect: "truncate" });
    await expect(portal.reconcile({ client })).rejects.toMatchObject({ errorClass: "transient" });

    expect(await portal.reconcile({ client })).toMatchObject({ recordCount: 5, repairedCount: 1 });
    await portal.settle();

    expect(await portal.disagreements()).toEqual([]);
  });
});

describe("P3: a portal that lies", () => {
  test("about having stored a hide is found out and told again", async ({ portal }) => {
    const mentor = await portal.oneVisible();
    portal.simulator.inject({ on: "write", effect: "lie" });
    await portal.pause(mentor);
    expect(await portal.drain()).toMatchObject({ written: 1 });
    expect(await portal.disagreements()).toHaveLength(1);

    expect(await portal.reconcile()).toMatchObject({ repairedCount: 1 });
    await portal.drain();

    expect(await portal.disagreements()).toEqual([]);
  });

  test("about having stored a show is found out too", async ({ portal }) => {
    const mentor = await portal.oneHidden();
    portal.simulator.inject({ on: "write", effect: "lie" });
    await portal.resume(mentor);
    await portal.drain();
    expect(await portal.disagreements()).toHaveLength(1);

    await portal.reconcile();
    await portal.drain();

    expect(await portal.disagreements()).toEqual([]);
    expect(await listingOf(portal.pool, mentor)).toMatchObject({ held_since: null });
  });

  test("by storing something else than it was told is a person's matter", async ({ portal }) => {
    const mentor = await portal.oneVisible();
    const row = portal.simulator.row(mentor.key)!;
    const still = { ...portal.client, write: async () => ({ ...row, etag: 'W/"999999"' }) };
    await portal.pause(mentor);

    await portal.drain({ by: { pool: portal.pool, client: still } });

    expect(await listingOf(portal.pool, mentor)).toMatchObject({
      condition: "needs_attention",
      error_code: "stored_differently",
      write_inflight: true,
    });
  });
});

/** The portal is asked about a hide and shows the row as it was before it was shown. */
async function readAsBefore(portal: PortalStage) {
  const mentor = await portal.oneHidden();
  await portal.resume(mentor);
  await portal.drain();
  await portal.pause(mentor);
  await portal.force(mentor);
  portal.simulator.inject({ on: "read", effect: "stale" });
  await portal.drain();
  return mentor;
}

describe("P6: a portal that shows rows as they were", () => {
  test("does not pass for one that is hidden already", async ({ portal }) => {
    const mentor = await readAsBefore(portal);

    expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(false);
    expect(await portal.disagreements()).toEqual([]);
    expect(await portal.wronglyShown()).toEqual([]);
  });

  test("control: without comparing ages it passes for hidden and is visible", async ({
    portal,
  }) => {
    await sabotage(
      portal.pool,
      "app_private.is_portal_record_older",
      "select coalesce(",
      "select false and coalesce(",
    );
    const mentor = await readAsBefore(portal);

    expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(true);
    expect(await listingOf(portal.pool, mentor)).toMatchObject({
      condition: "synced",
      desired_visible: false,
    });
  });

  test("is not told to and fro", async ({ portal }) => {
    const mentor = await portal.oneVisible();
    await portal.pause(mentor);
    await portal.resume(mentor);
    portal.simulator.inject({ on: "read", effect: "stale", times: 3 });
    portal.simulator.inject({ on: "list", effect: "stale", times: 2 });

    await portal.settle();
    await portal.reconcile();
    await portal.settle();
    await portal.reconcile();
    await portal.settle();

    expect(await portal.disagreements()).toEqual([]);
    const shown = portal.simulator.history.filter(({ by }) => by === "api");
    expect(shown.every(({ visible }) => visible)).toBe(true);
    expect(await listingOf(portal.pool, mentor)).toMatchObject({ held_since: null });
  });
});
