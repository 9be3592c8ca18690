import { describe, expect } from "vitest";
import { type Database, aMentor, anOrganization, transaction } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  LAST_DAY,
  aListing,
  askAgain,
  attemptsOf,
  begin,
  claim,
  closeGate,
  confirm,
  gateNow,
  listingNow,
  portalRecord,
  setGate,
  setListing,
} from "../../support/portal.ts";
import { Step, withSessions } from "../../support/sessions.ts";

const showAndHide = async (tx: Database) => {
  const organization = await anOrganization(tx);
  const show = await aMentor(tx, organization, { expiresOn: LAST_DAY });
  const hide = await aMentor(tx, organization, { status: "paused", expiresOn: LAST_DAY });
  return { show, hide };
};

/** How many listings are handed out before there is none. */
async function countClaims(tx: Database): Promise<number> {
  let count = 0;
  while (await claim(tx)) count += 1;
  return count;
}

describe("P2 the most urgent listing that is due", () => {
  test("P6 hides go before shows, however long these wait", async ({ tx }) => {
    const { show, hide } = await showAndHide(tx);
    await setListing(tx, show, "next_attempt_at = now() - interval '1 hour'");

    expect(await claim(tx)).toMatchObject({ mentor_id: hide.id, desired_visible: false });
    expect(await claim(tx)).toMatchObject({
      mentor_id: show.id,
      portal_key: show.mentorKey,
      desired_visible: true,
    });
    expect(await claim(tx)).toBeUndefined();
  });

  test("of two hides the one that waits longer", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aMentor(tx, organization, { status: "pending" });
    const older = await aMentor(tx, organization, { status: "pending" });
    await setListing(tx, older, "next_attempt_at = now() - interval '1 second'");

    expect(await claim(tx)).toMatchObject({ mentor_id: older.id });
  });

  test("not before its time", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    await setListing(tx, mentor, "next_attempt_at = now() + interval '1 second'");
    expect(await claim(tx)).toBeUndefined();

    await setListing(tx, mentor, "next_attempt_at = now()");
    expect(await claim(tx)).toMatchObject({ mentor_id: mentor.id });
  });

  test("not one that is synced, or that a person has to look at", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aListing(tx, organization);
    const other = await aMentor(tx, organization);
    await setListing(tx, other, "condition = 'needs_attention'");

    expect(await claim(tx)).toBeUndefined();
  });
});

describe("P6 a lease", () => {
  test("keeps others away until it ends", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    const first = await claim(tx);
    expect(await claim(tx)).toBeUndefined();

    await setListing(tx, mentor, "lease_until = now()");
    const second = await claim(tx);

    expect(second).toMatchObject({ mentor_id: mentor.id });
    expect(second!.lease_token).not.toBe(first!.lease_token);
    expect(await begin(tx, first!, portalRecord())).toMatchObject({ decision: "lost" });
  });

  test("lasts a minute from now on", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    await claim(tx);

    const { rows } = await tx.query(
      `select extract(epoch from lease_until - now())::integer as seconds
       from app_public.portal_listings where mentor_id = $1`,
      [mentor.id],
    );
    expect(rows).toEqual([{ seconds: 60 }]);
  });

  test("is never of two callers, also at once", { timeout: 60_000 }, async ({ fresh }) => {
    const url = await fresh();
    await withSessions(url, 3, async (sessions, observer) => {
      const clients = sessions.map(({ client }) => client);
      await transaction(observer, async () => {
        const organization = await anOrganization(observer);
        for (let count = 0; count < 12; count += 1) await aMentor(observer, organization);
        await setGate(observer, "parallelism = 50");
      });

      const drained = await Promise.all(
        clients.map(async (client) => {
          const mine: string[] = [];
          for (let one = await claim(client); one; one = await claim(client))
            mine.push(one.mentor_id);
          return mine;
        }),
      );

      const all = drained.flat();
      expect(new Set(all).size).toBe(all.length);
      expect(all).toHaveLength(12);
    });
  });
});

const six = async (tx: Database) => {
  const organization = await anOrganization(tx);
  for (let count = 0; count < 6; count += 1) await aMentor(tx, organization);
};

describe("P6 the gate counts the places of all workers", () => {
  test("never more than its parallelism", async ({ tx }) => {
    await six(tx);
    await setGate(tx, "parallelism = 4");
    expect(await countClaims(tx)).toBe(4);

    await tx.query(
      `update app_public.portal_listings set lease_until = now()
       where lease_token = (select max(lease_token::text)::uuid from app_public.portal_listings)`,
    );
    expect(await countClaims(tx)).toBe(1);
  });

  test("also when two sessions ask at once", async ({ fresh }) => {
    await withSessions(await fresh(), 2, async ([one, other], observer) => {
      await transaction(observer, () => six(observer));
      await setGate(observer, "parallelism = 1");
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

  test.for([
    { what: "closed", until: "now() + interval '1 second'", places: 0 },
    { what: "closed until a moment that has come", until: "now()", places: 1 },
  ])("$what: $places", async ({ until, places }, { tx }) => {
    await six(tx);
    await closeGate(tx, "throttled", until);

    expect(await countClaims(tx)).toBe(places);
  });

  test.for([
    { seconds: 0, places: 2 },
    { seconds: 4.9, places: 2 },
    { seconds: 5, places: 3 },
    { seconds: 9.9, places: 3 },
    { seconds: 10, places: 4 },
    { seconds: 86_400, places: 4 },
  ])("$seconds seconds after an outage: $places", async ({ seconds, places }, { tx }) => {
    await six(tx);
    await setGate(tx, `parallelism = 4, recovered_at = now() - interval '${seconds} seconds'`);

    expect(await countClaims(tx)).toBe(places);
  });

  test("P8 but not for whoever has broken the glass", async ({ tx }) => {
    await six(tx);
    await closeGate(tx, "auth");
    await tx.query("set local mentor_lifecycle.ignores_portal_gate = 'true'");
    const before = await gateNow(tx);

    const lease = (await claim(tx))!;
    await begin(tx, lease, portalRecord({ visible: false }));
    await confirm(tx, lease, 2, portalRecord({ until: "2027-03-15" }));

    expect(await listingNow(tx, lease.mentor_id)).toMatchObject({ condition: "synced" });
    expect(await gateNow(tx)).toEqual(before);
    expect(await countClaims(tx)).toBe(5);
  });
});

describe("P8 mentors that are named", () => {
  test("due or not, also one that a person has to look at; no others", async ({ tx }) => {
    const { show, hide } = await showAndHide(tx);
    await setListing(tx, show, "condition = 'needs_attention', next_attempt_at = 'infinity'");

    expect(await claim(tx, [show])).toMatchObject({ mentor_id: show.id });
    expect(await claim(tx, [show])).toBeUndefined();
    expect(await claim(tx, [hide])).toMatchObject({ mentor_id: hide.id });
  });

  test("but not one that is synced", async ({ tx }) => {
    const mentor = await aListing(tx, await anOrganization(tx));

    expect(await claim(tx, [mentor])).toBeUndefined();
  });
});

const twoOfOneKey = async (tx: Database) => {
  const older = await anOrganization(tx);
  const younger = await anOrganization(tx);
  await tx.query(
    "update app_public.organizations set created_at = created_at - interval '1 day' where id = $1",
    [older.id],
  );
  const owner = await aListing(tx, older, { mentorKey: "M-1" });
  const other = await aMentor(tx, younger, { mentorKey: "M-1", status: "pending" });
  const next = await aMentor(tx, younger, { status: "pending" });
  await setListing(tx, other, "next_attempt_at = now() - interval '1 hour'");
  return { owner, other, next };
};

describe("P6 a key that two associations use", () => {
  test("is the older one's; the other is put before a person, the next one handed out", async ({
    tx,
  }) => {
    const { other, next } = await twoOfOneKey(tx);

    expect(await claim(tx)).toMatchObject({ mentor_id: next.id });

    expect(await listingNow(tx, other.id)).toMatchObject({
      condition: "needs_attention",
      error_class: "permanent",
      error_code: "key_shared",
      lease_token: null,
    });
    expect(await attemptsOf(tx, other.id)).toMatchObject([
      { outcome: "failed", error_code: "key_shared" },
    ]);
  });

  test("also when the mentor is named, once", async ({ tx }) => {
    const { other } = await twoOfOneKey(tx);
    await tx.query("set local statement_timeout = '5s'");

    expect(await claim(tx, [other])).toBeUndefined();

    expect(await attemptsOf(tx, other.id)).toHaveLength(1);
  });

  test("and the older one's listing is told", async ({ tx }) => {
    const { owner } = await twoOfOneKey(tx);
    await askAgain(tx, owner);

    expect(await claim(tx, [owner])).toMatchObject({ mentor_id: owner.id });
  });
});

describe("P6 what is remembered of the portal's row", () => {
  test("is given with the lease", async ({ tx }) => {
    const { record, ...mentor } = await aListing(tx, await anOrganization(tx), {
      record: { version: 2 },
    });
    await askAgain(tx, mentor);

    expect((await claim(tx))!.remembered).toEqual({
      remote_id: record.id,
      visible: true,
      visible_until: LAST_DAY,
      version: 2,
      revision: 'W/"100"',
    });
  });

  test.for([
    { what: "a write may still arrive", set: "write_inflight = true" },
    { what: "its ETag is not known", set: "observed_revision = null" },
  ])("but not while $what", async ({ set }, { tx }) => {
    const mentor = await aListing(tx, await anOrganization(tx));
    await askAgain(tx, mentor);
    await setListing(tx, mentor, set);

    expect((await claim(tx))!.remembered).toBeNull();
  });
});
