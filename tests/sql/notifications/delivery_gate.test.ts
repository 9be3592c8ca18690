import { describe, expect } from "vitest";
import { type Database, anOrganization, transaction } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  type Failure,
  aPausedMentor,
  claim,
  claimAll,
  endLeases,
  gateNow,
  openAlerts,
  passTime,
  record,
  recover,
  release,
  resolve,
  setGate,
  watch,
} from "../../support/deliveries.ts";
import { Step, withSessions } from "../../support/sessions.ts";

/** So many mails that are due. */
async function queue(db: Database, count: number): Promise<void> {
  const organization = await anOrganization(db);
  for (let made = 0; made < count; made += 1) await aPausedMentor(db, organization);
  await resolve(db);
}

/** One attempt of whatever is due, which ends so. */
async function attempt(db: Database, outcome: "sent" | Failure): Promise<void> {
  await passTime(db);
  expect(await record(db, (await claim(db))!, outcome, "CODE")).toBe(true);
}

const closing: Failure[] = ["connection", "login", "ambiguous"];
const answers = ["sent", "temporary", "mailbox_full", "rejected"] as const;

describe("a mail server out of reach", () => {
  test.for(closing)("lets all mails wait after %s", async (failure, { tx }) => {
    await queue(tx, 3);

    await attempt(tx, failure);

    expect(await gateNow(tx)).toMatchObject({ is_closed: true, failures: 1, pause: 5 });
    expect(await claim(tx)).toBeUndefined();
  });

  test.for(answers)("does not after %s: that is an answer", async (outcome, { tx }) => {
    await queue(tx, 2);

    await attempt(tx, outcome);

    expect(await gateNow(tx)).toMatchObject({ is_closed: false, failures: 0 });
    expect(await claim(tx)).toBeDefined();
  });

  test.for(answers)("is in reach again with %s", async (outcome, { tx }) => {
    await queue(tx, 4);
    await attempt(tx, "connection");
    await attempt(tx, "connection");

    await attempt(tx, outcome);

    expect(await gateNow(tx)).toMatchObject({ is_closed: false, failures: 0, error_class: null });
    expect((await claimAll(tx)).length).toBeGreaterThan(1);
  });

  test("is not in reach because an attempt was interrupted", async ({ tx }) => {
    await queue(tx, 2);
    await attempt(tx, "connection");
    const before = await gateNow(tx);

    await attempt(tx, "interrupted");

    expect(await gateNow(tx)).toMatchObject({ is_closed: true, failures: before.failures });
  });

  test("is tried after 5 seconds, 15, 45 and so on, at most a quarter of an hour", async ({
    tx,
  }) => {
    await queue(tx, 1);
    const pauses = [];
    for (let count = 0; count < 8; count += 1) {
      await attempt(tx, "connection");
      pauses.push((await gateNow(tx)).pause);
    }

    expect(pauses).toEqual([5, 15, 45, 135, 405, 900, 900, 900]);
  });

  test("counts once for several that fail together", async ({ tx }) => {
    await queue(tx, 4);
    const claims = await claimAll(tx);
    expect(claims).toHaveLength(4);

    for (const one of claims) await record(tx, one, "connection");

    expect(await gateNow(tx)).toMatchObject({ failures: 1, pause: 5 });
  });

  test("but opens for the one of them that got through", async ({ tx }) => {
    await queue(tx, 3);
    const [one, other] = await claimAll(tx);
    await record(tx, one!, "connection");

    await record(tx, other!, "sent");

    expect(await gateNow(tx)).toMatchObject({ is_closed: false });
  });

  test("is tried by one mail alone; the others wait for what becomes of it", async ({ tx }) => {
    await queue(tx, 3);
    await attempt(tx, "connection");
    await passTime(tx);

    expect(await claimAll(tx)).toHaveLength(1);
  });

  test("and by another one after the lease, if that one died", async ({ tx }) => {
    await queue(tx, 3);
    await attempt(tx, "connection");
    await passTime(tx);
    await claim(tx);
    await endLeases(tx);
    await recover(tx);
    expect(await claim(tx)).toBeUndefined();

    await setGate(tx, "closed_until = now()");

    expect(await claimAll(tx)).toHaveLength(1);
    expect(await gateNow(tx)).toMatchObject({ is_closed: true, failures: 1 });
  });

  test("and at once by another one, if that one was given back", async ({ tx }) => {
    await queue(tx, 3);
    await attempt(tx, "connection");
    await passTime(tx);
    await release(tx, (await claim(tx))!);

    expect(await claimAll(tx)).toHaveLength(1);
  });

  test("but not earlier because one was given back that had begun before", async ({ tx }) => {
    await queue(tx, 2);
    const [one, other] = await claimAll(tx);
    await record(tx, one!, "connection");

    await release(tx, other!);

    expect(await claim(tx)).toBeUndefined();
  });

  test("is tried by one of two processes at once", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async ([one, other], observer) => {
      await transaction(observer, () => queue(observer, 3));
      await record(observer, (await claim(observer))!, "connection");
      await passTime(observer);
      await one!.client.query("begin");
      expect(await claim(one!.client)).toBeDefined();

      const second = new Step(async () => {
        expect(await claim(other!.client)).toBeUndefined();
      });
      await second.settle(observer, other!.pid);
      await one!.client.query("commit");

      await second.settle(observer, other!.pid);
    });
  });
});

describe("an alert", () => {
  test("about a refused login is raised at once, and closed by success", async ({ tx }) => {
    await queue(tx, 2);

    await attempt(tx, "login");
    expect(await openAlerts(tx)).toEqual(["mail_login_refused"]);
    await watch(tx);
    expect(await openAlerts(tx)).toEqual(["mail_login_refused"]);

    await attempt(tx, "sent");
    expect(await openAlerts(tx)).toEqual([]);
  });

  test.for([
    { since: "14 minutes 59 seconds", alerts: [] },
    { since: "15 minutes 1 second", alerts: ["mail_unavailable"] },
  ])("about a server out of reach for $since: $alerts", async ({ since, alerts }, { tx }) => {
    await queue(tx, 2);
    await attempt(tx, "connection");
    await setGate(tx, `closed_since = now() - interval '${since}'`);

    await watch(tx);
    expect(await openAlerts(tx)).toEqual(alerts);
    await attempt(tx, "sent");

    expect(await openAlerts(tx)).toEqual([]);
  });

  test("that was raised just as the server came back is closed by the next look", async ({
    tx,
  }) => {
    for (const kind of ["mail_unavailable", "mail_login_refused"]) {
      await tx.query("select app_private.raise_alert($1, 'warning', 'Late.', 'Wait.')", [kind]);
    }

    await watch(tx);

    expect(await openAlerts(tx)).toEqual([]);
  });

  test.for([
    { since: "23 hours 59 minutes", alerts: [] },
    { since: "24 hours 1 minute", alerts: ["mail_overdue"] },
  ])("about mails that wait for $since: $alerts", async ({ since, alerts }, { tx }) => {
    await queue(tx, 2);
    await tx.query(
      `update app_public.notification_deliveries set queued_at = now() - interval '${since}'`,
    );

    await watch(tx);
    expect(await openAlerts(tx)).toEqual(alerts);
    const claims = await claimAll(tx);
    await watch(tx);
    expect(await openAlerts(tx)).toEqual(alerts);
    for (const one of claims) await record(tx, one, "sent");
    await watch(tx);

    expect(await openAlerts(tx)).toEqual([]);
  });

  test("about overdue mails is not for what is not tried again, nor of others", async ({ tx }) => {
    await queue(tx, 1);
    const other = await anOrganization(tx);
    await tx.query(
      `update app_public.notification_deliveries
       set state = 'unknown', next_attempt_at = null, queued_at = now() - interval '3 days'
       where channel = 'email'`,
    );
    await watch(tx);
    expect(await openAlerts(tx)).toEqual([]);

    await tx.query(
      "update app_public.notification_deliveries set next_attempt_at = now() where channel = 'email'",
    );
    await watch(tx);

    const { rows } = await tx.query(
      "select organization_id from app_public.alerts where closed_at is null",
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].organization_id).not.toBe(other.id);
  });

  test("is raised and closed as often as one looks, once", async ({ tx }) => {
    await queue(tx, 1);
    await tx.query(
      "update app_public.notification_deliveries set queued_at = now() - interval '2 days'",
    );

    await watch(tx);
    await watch(tx);

    expect(await openAlerts(tx)).toEqual(["mail_overdue"]);
  });
});

describe("so many mails a minute, over all workers", () => {
  test("and not more; the next minute counts anew", async ({ tx }) => {
    await queue(tx, 5);
    await setGate(tx, "max_per_minute = 2");

    expect(await claimAll(tx)).toHaveLength(2);
    await setGate(tx, "minute_began_at = now() - interval '59 seconds'");
    expect(await claimAll(tx)).toHaveLength(0);
    await setGate(tx, "minute_began_at = now() - interval '60 seconds'");
    expect(await claimAll(tx)).toHaveLength(2);
  });

  test("a look that finds nothing uses no place", async ({ tx }) => {
    await setGate(tx, "max_per_minute = 1");
    expect(await claim(tx)).toBeUndefined();
    expect(await claim(tx)).toBeUndefined();
    await queue(tx, 1);

    expect(await claim(tx)).toBeDefined();
  });

  test("over two connections at once", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async ([one, other], observer) => {
      await transaction(observer, () => queue(observer, 3));
      await setGate(observer, "max_per_minute = 1");
      await one!.client.query("begin");
      expect(await claim(one!.client)).toBeDefined();

      const second = new Step(async () => {
        expect(await claim(other!.client)).toBeUndefined();
      });
      await second.settle(observer, other!.pid);
      await one!.client.query("commit");

      await second.settle(observer, other!.pid);
      expect(await gateNow(observer)).toMatchObject({ minute_count: 1 });
    });
  });

  test("also while the server is being tried again", async ({ tx }) => {
    await queue(tx, 3);
    await setGate(tx, "max_per_minute = 1");
    await record(tx, (await claim(tx))!, "connection");
    await setGate(tx, "closed_until = now()");

    expect(await claim(tx)).toBeUndefined();
  });
});
