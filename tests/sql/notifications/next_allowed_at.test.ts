import { describe, expect } from "vitest";
import {
  type Database,
  anOrganization,
  setOrganizationSettings,
  transaction,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  aPausedMentor,
  aQueuedMail,
  claim,
  claimAll,
  deliveryNow,
  mailsAbout,
  passTime,
  record,
  recover,
  resolve,
} from "../../support/deliveries.ts";
import { refusal } from "../../support/outcomes.ts";
import { Step, withSessions } from "../../support/sessions.ts";

interface Case {
  what: string;
  from: string | null;
  until: string | null;
  at: string;
  /** The instant itself where it may be sent. */
  allowed: string;
  timeZone?: string;
}

const NIGHT = { from: "22:00", until: "07:00" };
const NOON = { from: "11:30", until: "13:00" };

/* Oslo is one hour ahead of UTC in March, two from the 29th on, one again from 25 October on. */
const CASES: Case[] = [
  {
    what: "no quiet hours",
    from: null,
    until: null,
    at: "2026-03-15T02:00:00Z",
    allowed: "2026-03-15T02:00:00Z",
  },
  {
    what: "a moment before the night",
    ...NIGHT,
    at: "2026-03-15T20:59:59.999Z",
    allowed: "2026-03-15T20:59:59.999Z",
  },
  {
    what: "as the night begins",
    ...NIGHT,
    at: "2026-03-15T21:00:00Z",
    allowed: "2026-03-16T06:00:00Z",
  },
  {
    what: "before midnight",
    ...NIGHT,
    at: "2026-03-15T22:59:59Z",
    allowed: "2026-03-16T06:00:00Z",
  },
  { what: "at midnight", ...NIGHT, at: "2026-03-15T23:00:00Z", allowed: "2026-03-16T06:00:00Z" },
  {
    what: "a moment before the morning",
    ...NIGHT,
    at: "2026-03-16T05:59:59.999Z",
    allowed: "2026-03-16T06:00:00Z",
  },
  {
    what: "in the morning",
    ...NIGHT,
    at: "2026-03-16T06:00:00Z",
    allowed: "2026-03-16T06:00:00Z",
  },
  { what: "at noon", ...NIGHT, at: "2026-03-16T11:00:00Z", allowed: "2026-03-16T11:00:00Z" },
  {
    what: "before hours of one day",
    ...NOON,
    at: "2026-03-15T10:29:59Z",
    allowed: "2026-03-15T10:29:59Z",
  },
  {
    what: "as hours of one day begin",
    ...NOON,
    at: "2026-03-15T10:30:00Z",
    allowed: "2026-03-15T12:00:00Z",
  },
  {
    what: "before hours of one day end",
    ...NOON,
    at: "2026-03-15T11:59:59Z",
    allowed: "2026-03-15T12:00:00Z",
  },
  {
    what: "as hours of one day end",
    ...NOON,
    at: "2026-03-15T12:00:00Z",
    allowed: "2026-03-15T12:00:00Z",
  },
  {
    what: "until midnight",
    from: "20:00",
    until: "00:00",
    at: "2026-03-15T19:30:00Z",
    allowed: "2026-03-15T23:00:00Z",
  },
  {
    what: "at midnight, until midnight",
    from: "20:00",
    until: "00:00",
    at: "2026-03-15T23:00:00Z",
    allowed: "2026-03-15T23:00:00Z",
  },
  {
    what: "from midnight",
    from: "00:00",
    until: "06:00",
    at: "2026-03-15T23:00:00Z",
    allowed: "2026-03-16T05:00:00Z",
  },
  {
    what: "the night that is an hour short",
    ...NIGHT,
    at: "2026-03-28T21:30:00Z",
    allowed: "2026-03-29T05:00:00Z",
  },
  {
    what: "the night that is an hour long",
    ...NIGHT,
    at: "2026-10-24T20:30:00Z",
    allowed: "2026-10-25T06:00:00Z",
  },
  {
    // 02:30 does not exist: 03:30 is the same distance from midnight.
    what: "until an hour that is left out",
    from: "22:00",
    until: "02:30",
    at: "2026-03-29T00:59:59Z",
    allowed: "2026-03-29T01:30:00Z",
  },
  {
    what: "after the hour that is left out",
    from: "22:00",
    until: "02:30",
    at: "2026-03-29T01:00:00Z",
    allowed: "2026-03-29T01:00:00Z",
  },
  {
    // 02:30 comes twice: the later one is the end of the night.
    what: "until an hour that comes twice",
    from: "22:00",
    until: "02:30",
    at: "2026-10-24T23:00:00Z",
    allowed: "2026-10-25T01:30:00Z",
  },
  {
    what: "in the hour that comes twice, the second time",
    from: "22:00",
    until: "02:30",
    at: "2026-10-25T01:29:59Z",
    allowed: "2026-10-25T01:30:00Z",
  },
  {
    what: "on the clock of another zone",
    ...NIGHT,
    timeZone: "America/New_York",
    at: "2026-03-16T06:00:00Z",
    allowed: "2026-03-16T11:00:00Z",
  },
  {
    what: "on a clock of half hours",
    ...NIGHT,
    timeZone: "Asia/Kolkata",
    at: "2026-03-15T16:30:00Z",
    allowed: "2026-03-16T01:30:00Z",
  },
];

const allowedAt = async (db: Database, organizationId: string, at: string) => {
  const { rows } = await db.query<{ at: Date }>(
    "select app_private.next_allowed_at($1, $2) as at",
    [organizationId, at],
  );
  return rows[0]!.at;
};

describe("when a mail may be sent", () => {
  test.for(CASES)("$what", async ({ from, until, at, allowed, timeZone }, { tx }) => {
    const { id } = await anOrganization(tx, {
      ...(timeZone && { timeZone }),
      settings: { quiet_from: from, quiet_until: until },
    });

    expect(await allowedAt(tx, id, at)).toEqual(new Date(allowed));
  });

  test("what is allowed then is allowed", async ({ tx }) => {
    for (const { from, until, allowed, timeZone } of CASES) {
      const { id } = await anOrganization(tx, {
        ...(timeZone && { timeZone }),
        settings: { quiet_from: from, quiet_until: until },
      });

      expect(await allowedAt(tx, id, allowed)).toEqual(new Date(allowed));
    }
  });

  test.for([
    { quiet_from: "22:00", quiet_until: null },
    { quiet_from: null, quiet_until: "07:00" },
    { quiet_from: "22:00", quiet_until: "22:00" },
  ])("hours that are none are refused: $quiet_from to $quiet_until", async (settings, { tx }) => {
    const organization = await anOrganization(tx);

    expect(
      await refusal(tx, () => setOrganizationSettings(tx, organization, settings)),
    ).toMatchObject({ constraint: "organization_settings_quiet_hours_are_whole" });
  });
});

/** Quiet from an hour ago for two hours, or from in an hour for one, whatever time it is. */
const quiet = async (db: Database, organization: { id: string }, isNow: boolean) => {
  const [from, until] = isNow ? ["-1 hour", "1 hour"] : ["1 hour", "2 hours"];
  await db.query(
    `update app_public.organization_settings as s
     set quiet_from = (now() at time zone o.time_zone + $2::interval)::time,
         quiet_until = (now() at time zone o.time_zone + $3::interval)::time
     from app_public.organizations as o
     where o.id = s.organization_id and o.id = $1`,
    [organization.id, from, until],
  );
};

describe("in quiet hours", () => {
  test("mails wait for their end, and are sent then", async ({ tx }) => {
    const organization = await anOrganization(tx, { timeZone: "UTC" });
    await quiet(tx, organization, true);
    const mail = await aQueuedMail(tx, organization);

    expect(await claim(tx)).toBeUndefined();
    expect(await deliveryNow(tx, mail.id)).toMatchObject({
      state: "queued",
      deferred_because: "quiet_hours",
      wait: 3600,
      attempts: 0,
    });

    await quiet(tx, organization, false);
    await passTime(tx);
    expect(await claim(tx)).toMatchObject({ delivery_id: mail.id });
    expect(await deliveryNow(tx, mail.id)).toMatchObject({ deferred_because: null });
  });

  test("those of other organisations are sent", async ({ tx }) => {
    const organization = await anOrganization(tx, { timeZone: "UTC" });
    await quiet(tx, organization, true);
    await aQueuedMail(tx, organization);
    await aQueuedMail(tx, organization);
    const awake = await anOrganization(tx, { timeZone: "UTC" });
    await quiet(tx, awake, false);
    const mail = await aQueuedMail(tx, awake);

    expect(await claimAll(tx)).toMatchObject([{ delivery_id: mail.id }]);
  });

  test("what may have arrived, or was greylisted, waits as well", async ({ tx }) => {
    const organization = await anOrganization(tx, { timeZone: "UTC" });
    const mails = [await aQueuedMail(tx, organization), await aQueuedMail(tx, organization)];
    const [one, other] = await claimAll(tx);
    await record(tx, one!, "temporary");
    await record(tx, other!, "ambiguous");
    await passTime(tx);
    await quiet(tx, organization, true);

    expect(await claim(tx)).toBeUndefined();

    const states = await Promise.all(mails.map(({ id }) => deliveryNow(tx, id)));
    expect(states.map(({ state }) => state).toSorted()).toEqual(["retrying", "unknown"]);
    for (const state of states) expect(state).toMatchObject({ wait: 3600 });
  });

  test("nothing is dropped, and the inbox does not wait", async ({ tx }) => {
    const organization = await anOrganization(tx, { timeZone: "UTC" });
    await quiet(tx, organization, true);
    const mentor = await aPausedMentor(tx, organization);
    await resolve(tx);
    await claim(tx);
    await recover(tx);

    const { rows } = await tx.query("select from app_private.unwritten_inbox()");
    expect(rows).toHaveLength(1);
    expect(await mailsAbout(tx, mentor)).toMatchObject([{ state: "queued" }]);
  });

  test("two processes that find so at once do not wait for each other", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async ([one, other], observer) => {
      await transaction(observer, async () => {
        const organization = await anOrganization(observer, { timeZone: "UTC" });
        await quiet(observer, organization, true);
        for (let count = 0; count < 3; count += 1) await aPausedMentor(observer, organization);
        await resolve(observer);
      });
      await one!.client.query("begin");
      await claim(one!.client);
      const second = new Step(async () => {
        await claim(other!.client);
      });
      await second.settle(observer, other!.pid);
      expect(second.isDone).toBe(true);
      await one!.client.query("commit");

      const { rows } = await observer.query(
        "select from app_public.notification_deliveries where deferred_because = 'quiet_hours'",
      );
      expect(rows).toHaveLength(3);
    });
  });
});
