import { describe, expect } from "vitest";
import {
  type Database,
  aCoordinator,
  aPerson,
  anOrganization,
  transaction,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  aPausedMentor,
  aQueuedMail,
  aSelfPausedMentor,
  attemptsOf,
  claim,
  claimAll,
  deliveryNow,
  endLeases,
  mailsAbout,
  openAlerts,
  passTime,
  record,
  giveUp,
  recover,
  release,
  resolve,
  setDelivery,
} from "../../support/deliveries.ts";
import { Step, withSessions } from "../../support/sessions.ts";

/** So many mails to mentors who were paused, queued. */
async function queue(db: Database, count: number): Promise<void> {
  const organization = await anOrganization(db);
  for (let made = 0; made < count; made += 1) await aPausedMentor(db, organization);
  await resolve(db);
}

describe("N5 what is claimed", () => {
  test("is everything that a mail needs", async ({ tx }) => {
    const organization = await anOrganization(tx, { slug: "hlf" });
    const personId = await aPerson(tx, organization, {
      full_name: "Ola Dunk",
      email: "ola@example.org",
    });
    const { id } = await aQueuedMail(tx, organization, { personId });

    expect(await claim(tx, { domain: "hlf.example" })).toMatchObject({
      delivery_id: id,
      message_id: `<${id}@hlf.example>`,
      recipient_name: "Ola Dunk",
      recipient_address: "ola@example.org",
      organization_slug: "hlf",
      organization_name: "Peer mentors",
      data: { kind: "mentor_paused", recipientName: "Ola Dunk", isRepeat: false },
    });
    expect(await deliveryNow(tx, id)).toMatchObject({ state: "sending", attempts: 1, wait: null });
  });

  test("N1 goes to the address of now", async ({ tx }) => {
    const { recipient_id: personId } = await aQueuedMail(tx, await anOrganization(tx));
    await tx.query("update app_public.people set email = 'new@example.org' where id = $1", [
      personId,
    ]);

    expect(await claim(tx)).toMatchObject({ recipient_address: "new@example.org" });
  });

  test("is the mail that is due the longest, and none before its time", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const late = await aQueuedMail(tx, organization);
    const early = await aQueuedMail(tx, organization);
    const notYet = await aQueuedMail(tx, organization);
    await setDelivery(tx, early, "next_attempt_at = now() - interval '1 second'");
    await setDelivery(tx, notYet, "next_attempt_at = now() + interval '1 second'");

    const claims = await claimAll(tx);

    expect(claims.map(({ delivery_id }) => delivery_id)).toEqual([early.id, late.id]);
  });

  test("is never a message for the inbox, nor one that is settled", async ({ tx }) => {
    const organization = await anOrganization(tx);
    for (const set of [
      "state = 'superseded', next_attempt_at = null, outcome_detail = 'Gone.'",
      "state = 'undeliverable', next_attempt_at = null, outcome_detail = 'Gone.'",
      "state = 'sent', next_attempt_at = null, sent_at = now()",
      "state = 'unknown', next_attempt_at = null",
    ]) {
      await setDelivery(tx, await aQueuedMail(tx, organization), set);
    }

    expect(await claim(tx)).toBeUndefined();
  });
});

describe("N3 two who claim at once", () => {
  test("never get the same mail", { timeout: 120_000 }, async ({ fresh }) => {
    await withSessions(await fresh(), 4, async (sessions, observer) => {
      await transaction(observer, () => queue(observer, 40));

      const drained = await Promise.all(
        sessions.map(async ({ client }) => {
          const mine: string[] = [];
          for (let misses = 0; misses < 20;) {
            const one = await claim(client);
            // None is not the end: the others' may just be locked.
            if (one === undefined) misses += 1;
            else mine.push(one.delivery_id);
          }
          return mine;
        }),
      );

      const all = drained.flat();
      expect(new Set(all).size).toBe(all.length);
      expect(all).toHaveLength(40);
    });
  });

  test("do not wait for each other: what one has not committed is passed over", async ({
    fresh,
  }) => {
    await withSessions(await fresh(), 2, async ([one, other], observer) => {
      await transaction(observer, () => queue(observer, 2));
      await other!.client.query("set lock_timeout = '5s'");
      await one!.client.query("begin");
      const first = await claim(one!.client);

      const second = await claim(other!.client);
      expect(second).toBeDefined();
      expect(second!.delivery_id).not.toBe(first!.delivery_id);
      expect(await claim(other!.client)).toBeUndefined();

      await one!.client.query("rollback");
      expect((await claim(other!.client))!.delivery_id).toBe(first!.delivery_id);
    });
  });

  test("nor is a mail handed out that somebody is giving up just now", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async ([one, other], observer) => {
      await transaction(observer, () => queue(observer, 1));
      await other!.client.query("set lock_timeout = '5s'");
      await one!.client.query("begin");
      await setDelivery(
        one!.client,
        "all",
        "state = 'undeliverable', next_attempt_at = null, outcome_detail = 'By hand.'",
      );

      expect(await claim(other!.client)).toBeUndefined();
      await one!.client.query("commit");
      expect(await claim(other!.client)).toBeUndefined();
    });
  });

  test("N1 and find other coordinators, never wait for each other in a circle", async ({
    fresh,
  }) => {
    await withSessions(await fresh(), 4, async ([one, other, ...holders], observer) => {
      const { mentors, successors } = await transaction(observer, () => replaced(observer));
      // Where one tells the successor of the first mentor, and the other that of the second.
      for (const [index, { client }] of holders.entries()) {
        await client.query("begin");
        await client.query("select from app_public.people where id = $1 for update", [
          successors[index],
        ]);
      }
      const [first, second] = [one!, other!].map(
        ({ client }) =>
          new Step(async () => {
            await claim(client);
          }),
      );
      await first!.settle(observer, one!.pid);
      await second!.settle(observer, other!.pid);
      await holders[0]!.client.query("commit");
      await first!.settle(observer, one!.pid);
      await holders[1]!.client.query("commit");
      await second!.settle(observer, other!.pid);
      await first!.settle(observer, one!.pid);

      await claimAll(observer);

      for (const mentor of mentors) {
        const states = (await mailsAbout(observer, mentor)).map(({ state }) => state);
        expect(states.toSorted()).toEqual(["sending", "superseded", "superseded"]);
      }
    });
  });
});

/**
 * Two mentors whose two coordinators each have a successor now. Their mails are due in the order first,
 * second, second, first mentor.
 */
async function replaced(db: Database) {
  const organization = await anOrganization(db);
  const mentors = [];
  for (let count = 0; count < 2; count += 1) {
    const mentor = await aSelfPausedMentor(db, organization);
    await aCoordinator(db, mentor);
    await aCoordinator(db, mentor);
    mentors.push(mentor);
  }
  await resolve(db);
  await db.query("delete from app_public.coordinator_assignments");
  const successors = [];
  for (const [index, mentor] of mentors.entries()) {
    for (const [place, mail] of (await mailsAbout(db, mentor)).entries()) {
      const hours = place === 0 ? 9 - index : 1 + index;
      await setDelivery(db, mail, `next_attempt_at = now() - interval '${hours} hours'`);
    }
    successors.push(await aCoordinator(db, mentor));
  }
  return { mentors, successors };
}

const leased = async (db: Database) => {
  const mail = await aQueuedMail(db, await anOrganization(db));
  return { mail, lease: (await claim(db))! };
};

describe("N3 a lease", () => {
  test("lasts so long as was asked for, two minutes if nothing was", async ({ tx }) => {
    await queue(tx, 2);
    const leaseOf = async (id: string) => {
      const { rows } = await tx.query(
        `select extract(epoch from lease_until - now())::integer as seconds
         from app_public.notification_deliveries where id = $1`,
        [id],
      );
      return rows[0].seconds;
    };
    const { rows } = await tx.query("select * from app_private.claim_delivery('example.org')");
    const short = await claim(tx, { lease: "7 seconds" });

    expect(await leaseOf(rows[0].delivery_id)).toBe(120);
    expect(await leaseOf(short!.delivery_id)).toBe(7);
  });

  test("keeps others away, and is not taken back while it runs", async ({ tx }) => {
    const { mail } = await leased(tx);

    expect(await claim(tx)).toBeUndefined();
    expect(await recover(tx)).toBe(0);
    expect(await deliveryNow(tx, mail.id)).toMatchObject({ state: "sending" });
  });

  test("that ended counts until somebody else has the mail", async ({ tx }) => {
    const { mail, lease } = await leased(tx);
    await endLeases(tx);

    expect(await record(tx, lease, "sent")).toBe(true);

    expect(await deliveryNow(tx, mail.id)).toMatchObject({ state: "sent" });
  });

  test.for(["sent", "rejected", "connection", "interrupted"] as const)(
    "that was lost records nothing: %s",
    async (outcome, { tx }) => {
      const { mail, lease } = await leased(tx);
      await endLeases(tx);
      await recover(tx);
      const second = (await claim(tx))!;
      const before = await deliveryNow(tx, mail.id);

      expect(await record(tx, lease, outcome)).toBe(false);
      await release(tx, lease);

      expect(await deliveryNow(tx, mail.id)).toEqual(before);
      expect(await attemptsOf(tx, mail.id)).toHaveLength(1);
      expect(await openAlerts(tx)).toEqual([]);
      expect(await record(tx, second, "sent")).toBe(true);
    },
  );

  test("is recorded once, also if it is recorded twice", async ({ tx }) => {
    const { mail, lease } = await leased(tx);

    expect(await record(tx, lease, "sent")).toBe(true);
    expect(await record(tx, lease, "sent")).toBe(false);
    expect(await record(tx, lease, "rejected")).toBe(false);

    expect(await attemptsOf(tx, mail.id)).toMatchObject([{ attempt: 1, outcome: "sent" }]);
  });

  test("of nobody records nothing", async ({ tx }) => {
    const { lease } = await leased(tx);

    expect(await record(tx, { ...lease, lease_token: lease.delivery_id }, "sent")).toBe(false);
    expect(await record(tx, { ...lease, lease_token: null as unknown as string }, "sent")).toBe(
      false,
    );
  });
});

describe("N3 a process that dies", () => {
  test("has perhaps sent its mail: the repeat says so, under the same Message-ID", async ({
    tx,
  }) => {
    const { mail, lease } = await leased(tx);
    await endLeases(tx);

    expect(await recover(tx)).toBe(1);

    expect(await deliveryNow(tx, mail.id)).toMatchObject({
      state: "unknown",
      may_have_arrived: true,
      wait: 0,
    });
    expect(await attemptsOf(tx, mail.id)).toMatchObject([{ attempt: 1, outcome: "interrupted" }]);
    expect(await claim(tx, { domain: "another.example" })).toMatchObject({
      delivery_id: mail.id,
      message_id: lease.message_id,
      data: { isRepeat: true },
    });
    expect(await deliveryNow(tx, mail.id)).toMatchObject({ attempts: 2 });
  });

  test("is recovered from once", async ({ tx }) => {
    await leased(tx);
    await endLeases(tx);

    expect(await recover(tx)).toBe(1);
    expect(await recover(tx)).toBe(0);
  });

  test("by one of two at once, and the other does not wait", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async ([one, other], observer) => {
      await transaction(observer, async () => {
        await leased(observer);
        await endLeases(observer);
      });
      await other!.client.query("set lock_timeout = '5s'");
      await one!.client.query("begin");

      expect(await recover(one!.client)).toBe(1);
      expect(await recover(other!.client)).toBe(0);
      await one!.client.query("commit");

      const { rows } = await observer.query("select from app_public.notification_attempts");
      expect(rows).toHaveLength(1);
    });
  });

  test("three times over the same mail: it is not tried again by itself", async ({ tx }) => {
    const { mail } = await leased(tx);
    for (const wait of [0, 0, null]) {
      await endLeases(tx);
      await recover(tx);
      expect(await deliveryNow(tx, mail.id)).toMatchObject({ state: "unknown", wait });
      if (wait !== null) await claim(tx);
    }

    expect(await claim(tx)).toBeUndefined();
    expect((await deliveryNow(tx, mail.id)).outcome_detail).toMatch(/may have arrived/);
    expect(await attemptsOf(tx, mail.id)).toMatchObject([
      { attempt: 1, outcome: "interrupted" },
      { attempt: 2, outcome: "interrupted" },
      { attempt: 3, outcome: "interrupted" },
    ]);
  });
});

describe("a process that stops", () => {
  test("gives back what it has not handed over: due at once, and no repeat", async ({ tx }) => {
    const { mail, lease } = await leased(tx);

    await release(tx, lease);

    expect(await deliveryNow(tx, mail.id)).toMatchObject({
      state: "retrying",
      may_have_arrived: false,
      wait: 0,
    });
    expect(await attemptsOf(tx, mail.id)).toMatchObject([
      { attempt: 1, outcome: "interrupted", code: "stopped" },
    ]);
    expect((await claim(tx))!.data).toMatchObject({ isRepeat: false });
  });

  test("of what may have arrived before this stays known", async ({ tx }) => {
    const { mail, lease } = await leased(tx);
    await record(tx, lease, "ambiguous");
    await passTime(tx);

    await release(tx, (await claim(tx))!);

    expect(await deliveryNow(tx, mail.id)).toMatchObject({
      state: "unknown",
      may_have_arrived: true,
    });
    expect((await claim(tx))!.data).toMatchObject({ isRepeat: true });
  });

  test("often does not use up the attempts of one that dies", async ({ tx }) => {
    const { mail, lease } = await leased(tx);
    await release(tx, lease);
    for (let count = 0; count < 3; count += 1) await release(tx, (await claim(tx))!);
    await claim(tx);
    await endLeases(tx);

    await recover(tx);

    expect(await deliveryNow(tx, mail.id)).toMatchObject({ state: "unknown", wait: 0 });
  });
});

const aged = async (db: Database, interval: string) => {
  const mail = await aQueuedMail(db, await anOrganization(db));
  await setDelivery(db, mail, `queued_at = now() - interval '${interval}'`);
  return mail;
};

describe("what has waited for five days is given up", () => {
  test("and not before", async ({ tx }) => {
    const mail = await aged(tx, "4 days 23 hours 59 minutes");
    await giveUp(tx);
    expect(await deliveryNow(tx, mail.id)).toMatchObject({ state: "queued" });

    await setDelivery(tx, mail, "queued_at = now() - interval '5 days 1 second'");
    await giveUp(tx);

    expect(await deliveryNow(tx, mail.id)).toMatchObject({ state: "undeliverable", wait: null });
    expect(await claim(tx)).toBeUndefined();
  });

  test("with the latest reason", async ({ tx }) => {
    const mail = await aged(tx, "6 days");
    await record(tx, (await claim(tx))!, "mailbox_full", "552");

    await giveUp(tx);

    const { outcome_detail: detail } = await deliveryNow(tx, mail.id);
    expect(detail).toContain("mailbox_full 552");
  });

  test("unless it may have arrived: that stays unknown", async ({ tx }) => {
    const mail = await aged(tx, "6 days");
    await record(tx, (await claim(tx))!, "ambiguous");

    await giveUp(tx);

    expect(await deliveryNow(tx, mail.id)).toMatchObject({ state: "unknown", wait: null });
    expect((await deliveryNow(tx, mail.id)).outcome_detail).toMatch(/five days/);
  });

  test("an attempt under way is not", async ({ tx }) => {
    const mail = await aged(tx, "6 days");
    const lease = (await claim(tx))!;

    await giveUp(tx);

    expect(await record(tx, lease, "sent")).toBe(true);
    expect(await deliveryNow(tx, mail.id)).toMatchObject({ state: "sent" });
  });

  test("with an alert that says how many, and closes when they are tried again", async ({ tx }) => {
    const mail = await aged(tx, "6 days");

    await tx.query("select app_private.watch_notifications()");
    const { rows } = await tx.query("select kind, message from app_public.alerts");
    expect(rows).toEqual([
      {
        kind: "mails_given_up",
        message: "Mails that could not be sent within five days were given up: 1.",
      },
    ]);

    await tx.query(
      `select app_public.retry_undelivered_notifications(d.organization_id)
       from app_public.notification_deliveries as d
       where d.id = $1`,
      [mail.id],
    );
    await tx.query("select app_private.watch_notifications()");
    expect(await openAlerts(tx)).toEqual([]);
  });
});

describe("a mail for which there are no words", () => {
  test("is given up with an alert for whoever operates the system, not about the person", async ({
    tx,
  }) => {
    await aQueuedMail(tx, await anOrganization(tx));

    await record(tx, (await claim(tx))!, "rejected", "ERENDER");
    await tx.query("select app_private.watch_notifications()");

    expect(await openAlerts(tx)).toEqual(["mail_unwritable ERENDER"]);
  });

  test("says nothing about the server: the next one tries it", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aQueuedMail(tx, organization);
    await aQueuedMail(tx, organization);
    await record(tx, (await claim(tx))!, "connection", "ECONNREFUSED");
    await tx.query("update app_private.delivery_gates set closed_until = now()");

    await record(tx, (await claim(tx))!, "rejected", "ERENDER");

    const { rows } = await tx.query("select closed_since from app_private.delivery_gates");
    expect(rows[0].closed_since).not.toBeNull();
    expect(await claim(tx)).toBeDefined();
  });
});
