import { describe, expect } from "vitest";
import type { DynamicsClient } from "../../../worker/dynamics/client.ts";
import { HLF_COLUMNS } from "../../../worker/local/dataverse/simulator.ts";
import { daysFromToday, test as base } from "../../support/dataverse.ts";
import type { ListedMentor, PortalStage } from "../../support/dataverse.ts";
import { listingOf, openDiscrepancies, outcomesOf, sabotage } from "../../support/portal/rows.ts";

/** One at a time is enough for what is told here. */
const test = base.override("parallelism", 1);

const LATER = daysFromToday(600);

/** An environment that has given us no column for versions. */
const UNVERSIONED = { simulator: { columns: { ...HLF_COLUMNS, version: undefined } } };

/** Somebody in Dynamics hides a mentor whom we show. */
async function hiddenBySomebody(portal: PortalStage): Promise<ListedMentor> {
  const mentor = await portal.oneVisible();
  portal.simulator.edit(mentor.key, { visible: false });
  return mentor;
}

async function isHeld(portal: PortalStage, mentor: ListedMentor): Promise<void> {
  expect(portal.simulator.row(mentor.key)).toMatchObject({ visible: false, modifiedBy: "human" });
  expect(await listingOf(portal.pool, mentor)).toMatchObject({
    condition: "needs_attention",
    error_class: "held",
    held_since: expect.any(Date),
  });
  expect(await openDiscrepancies(portal.pool)).toEqual([
    { key: mentor.key, invariant: "portal_hidden_by_somebody" },
  ]);
}

describe("P3: a mentor whom somebody hid in Dynamics", () => {
  test("is not shown again by the sync when the last day changes", async ({ portal }) => {
    const mentor = await hiddenBySomebody(portal);

    await portal.extend(mentor, LATER);
    expect(await portal.drain()).toMatchObject({ held: 1, written: 0 });

    await isHeld(portal, mentor);
  });

  test("nor by ending the listing there, with a day in the past", async ({ portal }) => {
    const mentor = await portal.oneVisible();
    portal.simulator.edit(mentor.key, { visibleUntil: daysFromToday(-1) });

    await portal.extend(mentor, LATER);
    expect(await portal.drain()).toMatchObject({ held: 1 });

    expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(false);
  });

  test("nor by the reconciliation", async ({ portal }) => {
    const mentor = await hiddenBySomebody(portal);

    expect(await portal.reconcile()).toMatchObject({ differingCount: 1, repairedCount: 0 });
    await portal.settle();
    await portal.reconcile();
    await portal.settle();

    await isHeld(portal, mentor);
  });

  test("nor after a pause that came and went", async ({ portal }) => {
    const mentor = await hiddenBySomebody(portal);
    await portal.reconcile();

    await portal.pause(mentor);
    expect(await portal.drain()).toMatchObject({ unchanged: 1 });
    await portal.resume(mentor);
    expect(await portal.drain()).toMatchObject({ held: 1 });

    await isHeld(portal, mentor);
  });

  test("nor by trying all that failed again", async ({ portal }) => {
    const mentor = await hiddenBySomebody(portal);
    await portal.reconcile();

    await portal.pool.query("select from app_public.retry_failed_portal_syncs($1)", [
      portal.association.id,
    ]);
    await portal.drain();

    await isHeld(portal, mentor);
  });

  test("is shown again when a coordinator forces it", async ({ portal }) => {
    const mentor = await hiddenBySomebody(portal);
    await portal.reconcile();

    await portal.force(mentor);
    // The row still carries our version, as visible; so the coordinator's own word has to count.
    await portal.drain();

    expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(true);
    expect(await portal.disagreements()).toEqual([]);
    expect(await openDiscrepancies(portal.pool)).toEqual([]);
    expect(await listingOf(portal.pool, mentor)).toMatchObject({ held_since: null });
  });

  test("is ours again when somebody shows the mentor there", async ({ portal }) => {
    const mentor = await hiddenBySomebody(portal);
    await portal.reconcile();

    portal.simulator.edit(mentor.key, { visible: true });
    await portal.reconcile();
    await portal.settle();

    expect(await listingOf(portal.pool, mentor)).toMatchObject({
      condition: "synced",
      held_since: null,
    });
    expect(await openDiscrepancies(portal.pool)).toEqual([]);
  });

  test("is not shown again either where no column holds a version", async ({ aPortal }) => {
    const portal = await aPortal(UNVERSIONED);
    const mentor = await hiddenBySomebody(portal);

    await portal.extend(mentor, LATER);
    await portal.drain();

    expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(false);
  });

  test.for([
    { what: "the rule that asks who hid", name: "was_hidden_by_somebody", piece: "select listing" },
    {
      what: "knowing that a refused write was not applied",
      name: "begin_portal_write",
      piece: "if is_refused then",
    },
  ])("control: without $what it goes wrong", async ({ name, piece }, { aPortal }) => {
    const portal = await aPortal(UNVERSIONED);
    const broken = piece.replace("select", "select false and").replace("is_refused", "false");
    await sabotage(portal.pool, `app_private.${name}`, piece, broken);
    const mentor = await hiddenBySomebody(portal);

    await portal.extend(mentor, LATER);
    await portal.drain();

    expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(true);
  });
});

describe("P3: a hidden mentor whom somebody showed in Dynamics", () => {
  test("is hidden again by the reconciliation, and the coordinators learn it", async ({
    portal,
  }) => {
    const mentor = await portal.oneHidden();
    portal.simulator.edit(mentor.key, { visible: true, visibleUntil: LATER });

    expect(await portal.reconcile()).toMatchObject({ state: "succeeded", repairedCount: 1 });
    expect(await openDiscrepancies(portal.pool)).toEqual([
      { key: mentor.key, invariant: "portal_shown_by_somebody" },
    ]);
    await portal.drain();

    expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(false);
    expect(await portal.disagreements()).toEqual([]);
    expect(await openDiscrepancies(portal.pool)).toEqual([]);
  });
});

describe("P3, P6: a row that is not in the portal", () => {
  test("satisfies who is to be hidden", async ({ portal }) => {
    const mentor = await portal.oneVisible();
    portal.simulator.remove(mentor.key);

    await portal.pause(mentor);
    await portal.drain();
    await portal.settle();

    expect((await outcomesOf(portal.pool, mentor)).at(-1)).toBe("absent");
    expect(await listingOf(portal.pool, mentor)).toMatchObject({ condition: "synced" });
  });

  test("is a person's matter if the mentor is to be shown, and heals", async ({ portal }) => {
    const { simulator, pool } = portal;
    const mentor = await portal.oneHidden();
    simulator.remove(mentor.key);

    await portal.resume(mentor);
    await portal.drain();
    await portal.settle();
    expect(await listingOf(pool, mentor)).toMatchObject({
      condition: "needs_attention",
      error_class: "missing",
    });
    expect(await openDiscrepancies(pool)).toEqual([
      { key: mentor.key, invariant: "portal_listing_missing" },
    ]);

    simulator.add(mentor.key);
    await portal.reconcile();
    await portal.settle();
    expect(await portal.disagreements()).toEqual([]);
    expect(await openDiscrepancies(pool)).toEqual([]);
  });

  test("is found missing by the reconciliation", async ({ portal }) => {
    const [mentor] = await portal.visible(2);
    portal.simulator.remove(mentor!.key);

    await portal.reconcile();

    expect(await listingOf(portal.pool, mentor!)).toMatchObject({
      condition: "needs_attention",
      error_class: "missing",
    });
  });

  test("is never created, also if it goes between reading and writing", async ({ portal }) => {
    const mentor = await portal.oneHidden();
    await portal.resume(mentor);
    await portal.pool.query("update app_public.portal_listings set observed_revision = null");
    const client: DynamicsClient = {
      ...portal.client,
      read: async (...args) => {
        const record = await portal.client.read(...args);
        if (portal.simulator.row(mentor.key)) portal.simulator.remove(mentor.key);
        return record;
      },
    };

    expect(await portal.drain({ by: { pool: portal.pool, client } })).toMatchObject({ failed: 1 });
    await portal.settle();

    expect(portal.simulator.rows()).toEqual([]);
    expect(await listingOf(portal.pool, mentor)).toMatchObject({ error_class: "missing" });
  });
});
