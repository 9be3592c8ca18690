import { describe, expect } from "vitest";
import { HLF_COLUMNS } from "../../../worker/local/dataverse/simulator.ts";
import { test as base } from "../../support/dataverse.ts";
import type { ListedMentor, PortalStage } from "../../support/dataverse.ts";
import { listingOf } from "../../support/portal/rows.ts";

/** One at a time is enough for what is told here. */
const test = base.override("parallelism", 1);

const UNVERSIONED = { simulator: { columns: { ...HLF_COLUMNS, version: undefined } } };

/** Lets a night pass: what was confirmed is old enough to be compared. */
async function night(portal: PortalStage): Promise<void> {
  await portal.pool.query(
    "update app_public.portal_listings set synced_at = now() - interval '1 hour' where synced_at is not null",
  );
  await portal.reconcile();
  await portal.settle();
}

/** A mentor among many whom somebody in Dynamics has hidden, which is known. */
async function aHeldMentor(portal: PortalStage): Promise<ListedMentor> {
  const mentor = await portal.oneVisible();
  await portal.visible(20, { prefix: "OTHER" });
  portal.simulator.edit(mentor.key, { visible: false });
  await night(portal);
  expect(await listingOf(portal.pool, mentor)).toMatchObject({ held_since: expect.any(Date) });
  return mentor;
}

describe("P3: who was hidden by hand stays hidden", () => {
  test.for([
    { name: "with versions", options: {} },
    { name: "without", options: UNVERSIONED },
  ])("when the row is gone for a night and comes back, $name", async ({ options }, { aPortal }) => {
    const portal = await aPortal(options);
    const mentor = await aHeldMentor(portal);
    const before = portal.simulator.snapshot();
    portal.simulator.remove(mentor.key);
    await night(portal);

    portal.simulator.restore(before);
    await night(portal);
    await portal.pool.query("select app_public.retry_failed_portal_syncs($1)", [
      portal.association.id,
    ]);
    await portal.settle();

    expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(false);
  });

  test("when the configuration names a new environment, which is a copy", async ({ portal }) => {
    const mentor = await aHeldMentor(portal);
    await portal.pool.query(
      "update app_private.portal_gate set environment_id = gen_random_uuid()",
    );
    const { organizationId } = await portal.client.whoAmI();
    await portal.pool.query("select app_private.record_portal_check($1, $1)", [organizationId]);

    await portal.settle();

    expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(false);
  });

  test("when the key is corrected, here and there", async ({ portal }) => {
    const mentor = await aHeldMentor(portal);
    await portal.pause(mentor);
    await portal.settle();
    await portal.pool.query("update app_public.mentors set mentor_key = 'NEW-1' where id = $1", [
      mentor.id,
    ]);
    portal.simulator.edit(mentor.key, { key: "NEW-1" });

    await portal.resume(mentor);
    await portal.settle();

    expect(portal.simulator.isPubliclyVisible("NEW-1")).toBe(false);
  });

  test("when a sync was forced while the mentor was to be hidden anyway", async ({ portal }) => {
    const mentor = await aHeldMentor(portal);
    await portal.pause(mentor);
    await portal.settle();
    await portal.force(mentor);

    await portal.resume(mentor);
    await portal.settle();

    expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(false);
  });
});

describe("P6: a row that is refused for itself alone", () => {
  test.for([
    { name: "by its owner", fault: { effect: "forbidden", on: "any" } as const },
    { name: "by a column", fault: { effect: "undeclared_property", on: "write" } as const },
  ])("$name, does not keep others visible", async ({ fault }, { portal }) => {
    const [refused, ...others] = await portal.visible(5);
    portal.simulator.inject({ ...fault, key: refused!.key, times: Infinity });
    await portal.pause(refused!);
    await portal.drain();
    await portal.pause(...others);

    for (let probe = 0; probe < 15; probe += 1) {
      await portal.passTime();
      await portal.drain();
    }

    expect(others.filter(({ key }) => portal.simulator.isPubliclyVisible(key))).toEqual([]);
  });

  test("is tried again on request, also if it was held once", async ({ portal }) => {
    const mentor = await aHeldMentor(portal);
    portal.simulator.edit(mentor.key, { visible: true });
    portal.simulator.inject({ effect: "reject_row", on: "write", key: mentor.key, times: 1 });
    await portal.pause(mentor);
    await portal.settle();
    expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(true);

    await portal.pool.query("select app_public.retry_failed_portal_syncs($1)", [
      portal.association.id,
    ]);
    await portal.settle();

    expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(false);
  });

  test("because it has another key now, is no row that is gone", async ({ portal }) => {
    const mentor = await portal.oneVisible();
    portal.simulator.edit(mentor.key, { key: "LP-OTHER" });

    await portal.pause(mentor);
    await portal.settle();

    expect(await listingOf(portal.pool, mentor)).toMatchObject({
      condition: "needs_attention",
      error_class: "permanent",
      error_message: "The mentor's row has another key in Dynamics now; correct it there.",
    });
  });
});
