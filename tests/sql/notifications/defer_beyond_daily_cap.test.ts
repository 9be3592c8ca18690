import { describe, expect } from "vitest";
import {
  type Database,
  type Organization,
  aCoordinator,
  anOrganization,
  transaction,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  aSelfPausedMentor,
  claim,
  claimAll,
  passTime,
  record,
  resolve,
  setDelivery,
} from "../../support/deliveries.ts";
import { Step, withSessions } from "../../support/sessions.ts";

/** So many mails to one coordinator, queued; the coordinator. */
async function mailsToOne(
  db: Database,
  organization: Organization,
  count: number,
  coordinator?: string,
): Promise<string> {
  let personId = coordinator;
  for (let made = 0; made < count; made += 1) {
    const mentor = await aSelfPausedMentor(db, organization);
    personId = await aCoordinator(db, mentor, personId === undefined ? {} : { personId });
  }
  await resolve(db);
  return personId!;
}

/** States of a person's mails, with why they wait. */
async function mailsTo(db: Database, personId: string): Promise<string[]> {
  const { rows } = await db.query<{ mail: string }>(
    `select concat_ws(' ', d.state, d.deferred_because) as mail
     from app_public.notification_deliveries as d
     where d.recipient_id = $1 and d.channel = 'email'
     order by 1`,
    [personId],
  );
  return rows.map(({ mail }) => mail);
}

/** Until the cap of tomorrow: everything that is known of the mails is a day older. */
async function aDayPasses(db: Database): Promise<void> {
  await setDelivery(
    db,
    "all",
    `attempted_at = attempted_at - interval '1 day', sent_at = sent_at - interval '1 day',
     queued_at = queued_at - interval '1 day', next_attempt_at = next_attempt_at - interval '1 day'`,
  );
}

const capped = (db: Database, cap: number, timeZone = "Europe/Oslo") =>
  anOrganization(db, { timeZone, settings: { daily_mail_cap: cap } });

describe("the daily cap of mails to one person", () => {
  test("is twenty, if nobody says otherwise: the 21st waits", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const personId = await mailsToOne(tx, organization, 22);

    expect(await claimAll(tx)).toHaveLength(20);

    expect(
      (await mailsTo(tx, personId)).filter((mail) => mail === "queued daily_cap"),
    ).toHaveLength(2);
  });

  test("lets the rest wait for the next day of the organisation's own calendar", async ({ tx }) => {
    const organization = await capped(tx, 1, "Pacific/Auckland");
    await mailsToOne(tx, organization, 2);
    await claimAll(tx);

    const { rows } = await tx.query(
      `select
         to_char(d.next_attempt_at at time zone 'Pacific/Auckland', 'HH24:MI:SS') as local_time,
         (d.next_attempt_at at time zone 'Pacific/Auckland')::date
           - (now() at time zone 'Pacific/Auckland')::date as days
       from app_public.notification_deliveries as d
       where d.deferred_because = 'daily_cap'`,
    );
    expect(rows).toEqual([{ local_time: "00:00:00", days: 1 }]);
  });

  test("holds up nobody else", async ({ tx }) => {
    const organization = await capped(tx, 1);
    await mailsToOne(tx, organization, 3);
    await setDelivery(tx, "all", "next_attempt_at = now() - interval '1 hour'");
    const other = await mailsToOne(tx, organization, 1);

    await claimAll(tx);

    expect(await mailsTo(tx, other)).toEqual(["sending"]);
  });

  test("drops nothing: the next day they go", async ({ tx }) => {
    const organization = await capped(tx, 2);
    const personId = await mailsToOne(tx, organization, 3);
    for (const one of await claimAll(tx)) await record(tx, one, "sent");
    expect(await mailsTo(tx, personId)).toEqual(["queued daily_cap", "sent", "sent"]);

    await setDelivery(
      tx,
      "all",
      `attempted_at = attempted_at - interval '2 days', sent_at = sent_at - interval '2 days'`,
    );
    await passTime(tx);
    await claimAll(tx);

    expect(await mailsTo(tx, personId)).toEqual(["sending", "sent", "sent"]);
  });

  test("drops nothing though it takes a week to tell it all", async ({ tx }) => {
    const organization = await capped(tx, 1);
    const personId = await mailsToOne(tx, organization, 8);

    for (let day = 1; day <= 8; day += 1) {
      const claims = await claimAll(tx);
      expect(claims, `day ${String(day)}`).toHaveLength(1);
      await record(tx, claims[0]!, "sent");
      await aDayPasses(tx);
      await tx.query("select app_private.watch_notifications()");
    }

    expect(await mailsTo(tx, personId)).toEqual(Array.from({ length: 8 }, () => "sent"));
  });

  test.for([
    {
      what: "sent today",
      set: "state = 'sent', sent_at = now(), attempted_at = now(), next_attempt_at = null",
      counts: true,
    },
    {
      what: "perhaps sent today",
      set: `state = 'unknown', may_have_arrived = true, attempted_at = now(),
        next_attempt_at = null`,
      counts: true,
    },
    {
      what: "sent two days ago",
      set: `state = 'sent', sent_at = now(), attempted_at = now() - interval '2 days',
        next_attempt_at = null`,
      counts: false,
    },
    {
      what: "superseded today",
      set: `state = 'superseded', attempted_at = now(), outcome_detail = 'Gone.',
        next_attempt_at = null`,
      counts: false,
    },
    {
      what: "refused today",
      set: `state = 'undeliverable', attempted_at = now(), outcome_detail = 'Refused.',
        next_attempt_at = null`,
      counts: false,
    },
    {
      what: "greylisted today",
      set: `state = 'retrying', attempted_at = now(),
        next_attempt_at = now() + interval '10 minutes'`,
      counts: false,
    },
  ])("a mail $what counts: $counts", async ({ set, counts }, { tx }) => {
    const organization = await capped(tx, 1);
    const personId = await mailsToOne(tx, organization, 1);
    await setDelivery(
      tx,
      "all",
      set.includes("sent_at") ? `${set}, subject = 'S', body = 'B'` : set,
    );
    await mailsToOne(tx, organization, 1, personId);

    expect(await claimAll(tx)).toHaveLength(counts ? 0 : 1);
  });

  test("what is in the inbox does not count", async ({ tx }) => {
    const organization = await capped(tx, 1);
    await mailsToOne(tx, organization, 1);
    await tx.query(
      `update app_public.notification_deliveries
       set state = 'sent', sent_at = now(), attempted_at = now(), next_attempt_at = null,
         subject = 'S', body = 'B'
       where channel = 'in_app'`,
    );

    expect(await claimAll(tx)).toHaveLength(1);
  });
});

describe("the daily cap with two processes at once", () => {
  test("is not passed", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async ([one, other], observer) => {
      const personId = await transaction(observer, async () =>
        mailsToOne(observer, await capped(observer, 1), 2),
      );
      await one!.client.query("begin");
      expect(await claim(one!.client)).toBeDefined();

      expect(await claim(other!.client)).toBeUndefined();
      await one!.client.query("commit");
      expect(await claim(other!.client)).toBeUndefined();

      expect(await mailsTo(observer, personId)).toEqual(["queued daily_cap", "sending"]);
    });
  });

  test("is found without waiting for each other", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async ([one, other], observer) => {
      const personId = await transaction(observer, async () => {
        const organization = await capped(observer, 1);
        const person = await mailsToOne(observer, organization, 4);
        await record(observer, (await claim(observer))!, "sent");
        return person;
      });
      await one!.client.query("begin");
      // It has one of the three at hand, as a claim has.
      await one!.client.query(
        `select from app_public.notification_deliveries
         where state = 'queued' and channel = 'email' limit 1 for no key update`,
      );

      const second = new Step(async () => {
        expect(await claim(other!.client)).toBeUndefined();
      });
      await second.settle(observer, other!.pid);
      expect(second.isDone).toBe(true);
      expect(await claim(one!.client)).toBeUndefined();
      await one!.client.query("commit");

      expect(await mailsTo(observer, personId)).toEqual([
        "queued daily_cap",
        "queued daily_cap",
        "queued daily_cap",
        "sent",
      ]);
    });
  });
});
