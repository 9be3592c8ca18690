import { describe, expect } from "vitest";
import { daysFromToday, test as base } from "../../support/dataverse.ts";
import type { ListedMentor, PortalStage } from "../../support/dataverse.ts";
import { listingOf, outcomesOf, sabotage } from "../../support/portal/rows.ts";
import { aZombie } from "../../support/portal/zombie.ts";
import type { Zombie } from "../../support/portal/zombie.ts";

/** One at a time is enough for most of what is told here. */
const test = base.override("parallelism", 1);

/*
 * Two hands on one listing, step by step: the slow one is stopped where a stalled process, a long
 * collection of garbage or a network would stop it, and goes on when the story says so.
 */
const LATER = daysFromToday(600);

/** Somebody is about to show the mentor until a later day; meanwhile the mentor pauses. */
async function overtakenByHide(portal: PortalStage): Promise<[ListedMentor, Zombie]> {
  const mentor = await portal.oneVisible();
  await portal.extend(mentor, LATER);
  const zombie = await aZombie(portal, mentor);
  await portal.pause(mentor);
  await zombie.leaseEnds();
  expect(await portal.drain()).toMatchObject({ written: 1 });
  return [mentor, zombie];
}

/** Somebody is about to show a hidden mentor; meanwhile the mentor pauses, which is what is there. */
async function overtakenByEqual(portal: PortalStage): Promise<[ListedMentor, Zombie]> {
  const mentor = await portal.oneHidden();
  await portal.resume(mentor);
  const zombie = await aZombie(portal, mentor);
  await portal.pause(mentor);
  await zombie.leaseEnds();
  await portal.drain();
  return [mentor, zombie];
}

async function endsHidden(portal: PortalStage, mentor: ListedMentor): Promise<void> {
  expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(false);
  expect(await portal.wronglyShown()).toEqual([]);
  expect(await listingOf(portal.pool, mentor)).toMatchObject({
    condition: "synced",
    desired_visible: false,
    observed_visible: false,
  });
}

/** The worst there is: visible, and the database is sure of the opposite. */
async function endsWronglyVisible(portal: PortalStage, mentor: ListedMentor): Promise<void> {
  expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(true);
  expect(await portal.wronglyShown()).toHaveLength(1);
  expect(await listingOf(portal.pool, mentor)).toMatchObject({
    condition: "synced",
    desired_visible: false,
  });
}

describe("P6: a worker that stalled between deciding and writing", () => {
  test("does not show a mentor whom another worker has hidden meanwhile", async ({ portal }) => {
    const [mentor, zombie] = await overtakenByHide(portal);

    await expect(zombie.write()).rejects.toMatchObject({ errorClass: "conflict" });

    await endsHidden(portal, mentor);
  });

  test("and does not confirm anything once its lease is another's", async ({ portal }) => {
    const [mentor, zombie] = await overtakenByHide(portal);
    const before = await listingOf(portal.pool, mentor);

    expect(await zombie.confirm({ ...zombie.record, visible: true, version: 99 })).toBe("lost");

    expect(await listingOf(portal.pool, mentor)).toEqual(before);
  });

  test("nor while another one has the listing leased", async ({ portal }) => {
    const mentor = await portal.oneVisible();
    await portal.extend(mentor, LATER);
    const zombie = await aZombie(portal, mentor);
    await portal.pause(mentor);
    await zombie.leaseEnds();
    const other = await aZombie(portal, mentor);

    const stored = await zombie.write();
    expect(await zombie.confirm(stored)).toBe("lost");
    await expect(other.write()).rejects.toMatchObject({ errorClass: "conflict" });
    await other.leaseEnds();
    await portal.drain();

    await endsHidden(portal, mentor);
  });

  test("control: without the ETag it goes wrong", async ({ portal }) => {
    const [mentor, zombie] = await overtakenByHide(portal);

    await zombie.writeBlindly();

    await endsWronglyVisible(portal, mentor);
  });
});

describe("P6: a write that is still under way while the newer wish is already there", () => {
  test("is defeated, because the newer wish is written all the same", async ({ portal }) => {
    const [mentor, zombie] = await overtakenByEqual(portal);

    await expect(zombie.write()).rejects.toMatchObject({ errorClass: "conflict" });

    expect(await outcomesOf(portal.pool, mentor)).toEqual(["written", "written", "written"]);
    await endsHidden(portal, mentor);
  });

  test("control: without the mark that a write is under way it goes wrong", async ({ portal }) => {
    await sabotage(
      portal.pool,
      "app_private.portal_decision",
      "and not listing.write_inflight",
      "",
    );
    const [mentor, zombie] = await overtakenByEqual(portal);

    await zombie.write();

    await endsWronglyVisible(portal, mentor);
  });

  test("is marked until a write is confirmed, and no failure unmarks it", async ({ portal }) => {
    const mentor = await portal.oneHidden();
    await portal.resume(mentor);
    const zombie = await aZombie(portal, mentor);
    await zombie.leaseEnds();
    portal.simulator.inject({ on: "write", effect: "server_error", status: 503 });

    await portal.drain();
    expect(await listingOf(portal.pool, mentor)).toMatchObject({
      condition: "retrying",
      write_inflight: true,
    });

    await portal.settle();
    expect(await listingOf(portal.pool, mentor)).toMatchObject({ write_inflight: false });
  });
});

describe("P6: a write that the portal applies long after it broke the connection", () => {
  test.for([
    { name: "does not undo a hide of a visible mentor", start: "oneVisible" },
    { name: "does not undo a hide that was there already", start: "oneHidden" },
  ] as const)("$name", async ({ start }, { portal }) => {
    const { simulator } = portal;
    const mentor = await portal[start]();
    if (start === "oneVisible") await portal.extend(mentor, LATER);
    else await portal.resume(mentor);
    simulator.inject({ on: "write", effect: "apply_late", afterMs: 500 });
    expect(await portal.drain()).toMatchObject({ failed: 1 });

    await portal.pause(mentor);
    await portal.drain();
    await Promise.all(simulator.lateWrites);
    // Should the late write have come first, because this machine is slow, the hide came after it.
    await portal.settle();

    expect(simulator.lateWrites).toHaveLength(1);
    await endsHidden(portal, mentor);
  });
});

describe("P6: a worker that dies", () => {
  base("before its write is taken over when its lease ends", async ({ portal }) => {
    const mentor = await portal.oneVisible();
    await portal.pause(mentor);
    const zombie = await aZombie(portal, mentor);

    expect(await portal.drain()).toMatchObject({ written: 0 });
    await zombie.leaseEnds();
    expect(await portal.drain()).toMatchObject({ written: 1 });

    await endsHidden(portal, mentor);
  });

  test("after its write, before confirming it, has it written again", async ({ portal }) => {
    const mentor = await portal.oneVisible();
    await portal.pause(mentor);
    const zombie = await aZombie(portal, mentor);
    await zombie.write();
    const before = portal.simulator.row(mentor.key)!;

    await zombie.leaseEnds();
    expect(await portal.drain()).toMatchObject({ written: 1 });

    const after = portal.simulator.row(mentor.key)!;
    expect(after.etag).not.toBe(before.etag);
    expect(after).toMatchObject({ visible: before.visible, version: before.version });
    await endsHidden(portal, mentor);
  });

  test("after confirming leaves nothing to do", async ({ portal }) => {
    const mentor = await portal.oneVisible();
    await portal.pause(mentor);
    const zombie = await aZombie(portal, mentor);
    expect(await zombie.confirm(await zombie.write())).toBe("written");
    const requests = portal.simulator.requests();

    await portal.settle();

    expect(portal.simulator.requests()).toBe(requests);
    await endsHidden(portal, mentor);
  });
});

describe("P1, P6: a wish that changes while its older version is being written", () => {
  test("is written as well, and the older one counts as history", async ({ portal }) => {
    const mentor = await portal.oneVisible();
    await portal.pause(mentor);
    const worker = await aZombie(portal, mentor);
    await portal.resume(mentor);

    expect(await worker.confirm(await worker.write())).toBe("written");
    expect(await listingOf(portal.pool, mentor)).toMatchObject({
      condition: "pending",
      desired_visible: true,
      observed_visible: false,
      synced_version: worker.listing.version,
    });
    expect(await portal.drain()).toMatchObject({ written: 1 });

    expect(await portal.disagreements()).toEqual([]);
    expect(portal.simulator.isPubliclyVisible(mentor.key)).toBe(true);
  });

  test("is written although the older version failed", async ({ portal }) => {
    const mentor = await portal.oneVisible();
    await portal.extend(mentor, LATER);
    portal.simulator.inject({ on: "write", effect: "reject_row" });
    await portal.drain();
    expect(await listingOf(portal.pool, mentor)).toMatchObject({ condition: "needs_attention" });

    await portal.pause(mentor);
    expect(await portal.drain()).toMatchObject({ written: 1 });

    await endsHidden(portal, mentor);
  });
});
