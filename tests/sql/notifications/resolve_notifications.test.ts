import { describe, expect } from "vitest";
import {
  type Database,
  aChapterAdministrator,
  aCoordinator,
  aMentor,
  aPause,
  aPerson,
  anOrganization,
  setClock,
  transaction,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  aPausedMentor,
  aSelfPausedMentor,
  deliveriesAbout,
  notificationsAbout,
  openAlerts,
  resolve,
  statesAbout,
  watch,
} from "../../support/deliveries.ts";
import { Step, withSessions } from "../../support/sessions.ts";

const countDeliveries = async (db: Database) => {
  const { rows } = await db.query<{ count: number }>(
    "select count(*)::integer as count from app_public.notification_deliveries",
  );
  return rows[0]!.count;
};

describe("N3 each recipient gets one delivery over each channel", () => {
  test("by mail and in the inbox, due at once", async ({ tx }) => {
    const mentor = await aPausedMentor(tx, await anOrganization(tx));

    expect(await resolve(tx)).toBe(1);

    expect(await deliveriesAbout(tx, mentor)).toMatchObject([
      { channel: "email", state: "queued", attempts: 0, wait: 0, recipient_role: "mentor" },
      { channel: "in_app", state: "queued", attempts: 0, wait: 0, recipient_role: "mentor" },
    ]);
    expect(await notificationsAbout(tx, mentor)).toMatchObject([
      { state: "dispatched", outcome_detail: null },
    ]);
  });

  test("however often it is repeated", async ({ tx }) => {
    const mentor = await aSelfPausedMentor(tx, await anOrganization(tx));
    await aCoordinator(tx, mentor);
    await aCoordinator(tx, mentor);
    await resolve(tx);
    const before = await deliveriesAbout(tx, mentor);
    expect(before).toHaveLength(4);

    expect(await resolve(tx)).toBe(0);
    await tx.query("update app_public.notifications set state = 'open', settled_at = null");
    expect(await resolve(tx)).toBe(1);

    expect(await deliveriesAbout(tx, mentor)).toEqual(before);
  });

  test("also if others than before are responsible: these are added", async ({ tx }) => {
    const mentor = await aSelfPausedMentor(tx, await anOrganization(tx));
    await aCoordinator(tx, mentor);
    await resolve(tx);
    await aCoordinator(tx, mentor);
    await tx.query("update app_public.notifications set state = 'open', settled_at = null");

    await resolve(tx);

    expect(await deliveriesAbout(tx, mentor)).toHaveLength(4);
  });
});

const three = async (db: Database) => {
  const organization = await anOrganization(db);
  const mentors = [];
  for (let count = 0; count < 3; count += 1) mentors.push(await aPausedMentor(db, organization));
  for (const [index, mentor] of mentors.entries()) {
    await db.query(
      `update app_public.notifications
       set created_at = created_at - interval '1 hour' * $2 where mentor_id = $1`,
      [mentor.id, index],
    );
  }
  return mentors;
};

describe("a batch", () => {
  test("takes the oldest first", async ({ tx }) => {
    const [newest, between, oldest] = await three(tx);

    expect(await resolve(tx, 2)).toBe(2);

    expect(await statesAbout(tx, oldest!)).toEqual(["mentor_paused to mentor: dispatched"]);
    expect(await statesAbout(tx, between!)).toEqual(["mentor_paused to mentor: dispatched"]);
    expect(await statesAbout(tx, newest!)).toEqual(["mentor_paused to mentor: open"]);
    expect(await resolve(tx, 2)).toBe(1);
    expect(await resolve(tx, 2)).toBe(0);
  });

  test.for([
    { size: 0, looked: 0 },
    { size: 3, looked: 3 },
    { size: 1000, looked: 3 },
    { size: null, looked: 3 },
  ])("of $size out of three: $looked", async ({ size, looked }, { tx }) => {
    await three(tx);

    expect(await resolve(tx, size)).toBe(looked);
  });

  test("counts also what is not told", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aSelfPausedMentor(tx, organization);
    await aMentor(tx, organization);
    const mentor = await aPausedMentor(tx, organization);
    await tx.query("select app_public.resume_mentor($1)", [mentor.id]);

    // Nobody to tell twice, superseded twice.
    expect(await resolve(tx)).toBe(4);
    expect(await countDeliveries(tx)).toBe(0);
  });
});

describe("a notification that is not to be told yet", () => {
  test.for([
    { at: "2026-03-15T11:59:59Z", looked: 0 },
    { at: "2026-03-15T12:00:00Z", looked: 1 },
  ])("at $at: $looked", async ({ at, looked }, { tx }) => {
    await aPausedMentor(tx, await anOrganization(tx));
    await tx.query("update app_public.notifications set not_before = '2026-03-15T12:00:00Z'");
    await setClock(tx, at);

    expect(await resolve(tx)).toBe(looked);
  });
});

describe("N3 two processes at once", () => {
  test("share the work: what one has at hand the other passes over", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async ([one, other], observer) => {
      await transaction(observer, () => three(observer));
      await one!.client.query("begin");
      expect(await resolve(one!.client, 2)).toBe(2);

      await other!.client.query("set lock_timeout = '5s'");
      expect(await resolve(other!.client)).toBe(1);
      await one!.client.query("commit");

      expect(await resolve(other!.client)).toBe(0);
      expect(await countDeliveries(observer)).toBe(6);
    });
  });

  test("what one has not committed the other does once more", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async ([one, other], observer) => {
      await transaction(observer, () => three(observer));
      await one!.client.query("begin");
      await resolve(one!.client);
      await one!.client.query("rollback");

      expect(await resolve(other!.client)).toBe(3);
      expect(await countDeliveries(observer)).toBe(6);
    });
  });

  test("that warn of the same mentors do not block each other for ever", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async ([one, other], observer) => {
      await transaction(observer, async () => {
        const organization = await anOrganization(observer);
        for (let count = 0; count < 20; count += 1) {
          const mentor = await aSelfPausedMentor(observer, organization);
          await aPause(observer, mentor, { cause: "certification" });
        }
        // Two for each mentor, in an order of their own.
        await observer.query(
          `update app_public.notifications
           set created_at = created_at - interval '1 second' * random()`,
        );
      });
      await one!.client.query("begin");
      expect(await resolve(one!.client, 30)).toBe(30);

      const second = new Step(async () => {
        expect(await resolve(other!.client, 30)).toBe(30);
      });
      await second.settle(observer, other!.pid);
      await one!.client.query("commit");
      await second.settle(observer, other!.pid);

      expect(await openAlerts(observer)).toHaveLength(20);
    });
  });
});

test("N2 the alert about nobody to tell is of the organisation", async ({ tx }) => {
  const organization = await anOrganization(tx);
  const mentor = await aSelfPausedMentor(tx, organization);
  await resolve(tx);

  const { rows } = await tx.query(
    "select organization_id, subject, severity from app_public.alerts where closed_at is null",
  );
  expect(rows).toEqual([
    { organization_id: organization.id, subject: mentor.id, severity: "warning" },
  ]);

  await aPerson(tx, organization);
  await watch(tx);
  expect(await openAlerts(tx)).toHaveLength(1);
  await aChapterAdministrator(tx, organization, organization.chapterId);
  await watch(tx);
  expect(await openAlerts(tx)).toEqual([]);
});
