import { describe, expect } from "vitest";
import { type Database, aMentor, aPause, anOrganization } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  LAST_DAY,
  NO_RECORD,
  aListing,
  askAgain,
  attemptsOf,
  begin,
  claim,
  confirm,
  fail,
  gateNow,
  listingNow,
  portalRecord,
  setListing,
} from "../../support/portal.ts";

/** A listing to be shown whose write is under way. */
const aWrite = async (tx: Database) => {
  const mentor = await aMentor(tx, await anOrganization(tx), { expiresOn: LAST_DAY });
  const lease = (await claim(tx, [mentor]))!;
  await begin(tx, lease, portalRecord({ visible: false }));
  return { mentor, lease };
};

const CONCERNS_ALL = ["throttled", "auth", "config"];
const OWN = [
  { errorClass: "transient", condition: "retrying" },
  { errorClass: "conflict", condition: "retrying" },
  { errorClass: "permanent", condition: "needs_attention" },
];

describe("P6 a failure that concerns the portal as a whole", () => {
  test.for(CONCERNS_ALL)(
    "%s closes the gate and is no failure of the listing",
    async (errorClass, { tx }) => {
      const { mentor, lease } = await aWrite(tx);
      const before = await listingNow(tx, mentor.id);

      await fail(tx, lease, errorClass);

      const { next_attempt_at: _at, wait, ...after } = await listingNow(tx, mentor.id);
      expect(before).toMatchObject({
        ...after,
        lease_token: before.lease_token,
        lease_until: before.lease_until,
      });
      expect(after).toMatchObject({ lease_token: null, lease_until: null });
      // What is refused may be this row alone: another one is the next to try the gate.
      expect(wait).toBe(errorClass === "throttled" ? 0 : 120);
      expect(await attemptsOf(tx, mentor.id)).toEqual([]);
      expect(await gateNow(tx)).toMatchObject({
        closed_class: errorClass,
        closed_code: "0x1",
        closed_message: "It failed.",
      });
      expect(await claim(tx)).toBeUndefined();
    },
  );
});

describe("P6 a failure of one listing", () => {
  test.for(OWN)("$errorClass: $condition, counted and written down", async (one, { tx }) => {
    const { errorClass, condition } = one;
    const { mentor, lease } = await aWrite(tx);
    await setListing(tx, mentor, "pending_since = now() - interval '1 hour'");
    const { pending_since: since } = await listingNow(tx, mentor.id);

    await fail(tx, lease, errorClass);

    expect(await listingNow(tx, mentor.id)).toMatchObject({
      condition,
      pending_since: since,
      synced_version: 0,
      attempts: 1,
      lease_token: null,
      error_class: errorClass,
      error_code: "0x1",
      error_message: "It failed.",
    });
    expect(await attemptsOf(tx, mentor.id)).toMatchObject([
      { outcome: "failed", desired_version: 2, error_class: errorClass, error_code: "0x1" },
    ]);
    expect((await gateNow(tx)).closed_class).toBeNull();
  });

  test("of the others neither closes the gate, however many", async ({ tx }) => {
    const organization = await anOrganization(tx);
    for (const { errorClass } of OWN.slice(1)) {
      for (let count = 0; count < 6; count += 1) {
        const mentor = await aMentor(tx, organization);
        await fail(tx, (await claim(tx, [mentor]))!, errorClass);
      }
    }

    expect(await gateNow(tx)).toMatchObject({ closed_class: null, failures: 0 });
  });

  test("a row that went away under our hands is read again", async ({ tx }) => {
    const mentor = await aListing(tx, await anOrganization(tx));
    await aPause(tx, mentor);
    const lease = (await claim(tx))!;
    expect(lease.remembered).not.toBeNull();

    await fail(tx, lease, "missing");

    expect(await listingNow(tx, mentor.id)).toMatchObject({
      condition: "retrying",
      error_class: "conflict",
    });
    expect((await claim(tx, [mentor]))!.remembered).toBeNull();
  });

  test("by a lease that was lost changes nothing", async ({ tx }) => {
    const { mentor, lease } = await aWrite(tx);
    await setListing(tx, mentor, "lease_until = now()");
    await claim(tx);
    const before = await listingNow(tx, mentor.id);

    await fail(tx, lease, "permanent");

    expect(await listingNow(tx, mentor.id)).toEqual(before);
    expect(await attemptsOf(tx, mentor.id)).toEqual([]);
  });

  test("by a lease that was lost still closes the gate", async ({ tx }) => {
    const { mentor, lease } = await aWrite(tx);
    await setListing(tx, mentor, "lease_until = now()");
    await claim(tx);

    await fail(tx, lease, "auth");

    expect((await gateNow(tx)).closed_class).toBe("auth");
  });
});

describe("P6 a failed listing is tried again", () => {
  /** Jitter: from a second on, and at most one more than the doubled bound. */
  test.for([
    { attempts: 0, most: 3 },
    { attempts: 1, most: 5 },
    { attempts: 2, most: 9 },
    { attempts: 5, most: 65 },
    { attempts: 9, most: 901 },
    { attempts: 1000, most: 901 },
  ])("after $attempts failures within $most seconds, never at once", async (one, { tx }) => {
    const { attempts, most } = one;
    const { mentor, lease } = await aWrite(tx);
    await setListing(tx, mentor, `attempts = ${attempts}`);

    await fail(tx, lease, "conflict");

    const listing = await listingNow(tx, mentor.id);
    expect(listing.attempts).toBe(attempts + 1);
    expect(listing.wait).toBeGreaterThanOrEqual(1);
    expect(listing.wait).toBeLessThanOrEqual(most);
  });

  test("later and later, and not all at the same moment", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const waits = async (attempts: number) => {
      const all: number[] = [];
      for (let count = 0; count < 20; count += 1) {
        const mentor = await aMentor(tx, organization);
        await setListing(tx, mentor, `attempts = ${attempts}`);
        await fail(tx, (await claim(tx, [mentor]))!, "conflict");
        all.push((await listingNow(tx, mentor.id)).wait);
      }
      return all;
    };

    const early = await waits(0);
    const late = await waits(9);

    expect(new Set(early).size).toBeGreaterThan(1);
    // The chance that twenty draws from up to 901 seconds all stay below 3 is one in 10^52.
    expect(Math.max(...late)).toBeGreaterThan(Math.max(...early));
  });
});

describe("P6 a wish that changed while it was being told", () => {
  test.for(OWN)(
    "is pending at once, and its predecessor's $errorClass history",
    async (one, { tx }) => {
      const { mentor, lease } = await aWrite(tx);
      await setListing(tx, mentor, "attempts = 7");
      await aPause(tx, mentor);

      await fail(tx, lease, one.errorClass);

      expect(await listingNow(tx, mentor.id)).toMatchObject({
        condition: "pending",
        desired_version: 3,
        attempts: 0,
        wait: 0,
        error_class: null,
        error_code: null,
        error_message: null,
        write_inflight: true,
      });
      expect(await attemptsOf(tx, mentor.id)).toMatchObject([
        { outcome: "failed", desired_version: 2, error_class: one.errorClass },
      ]);
    },
  );

  test("starts over also after its predecessor has failed", async ({ tx }) => {
    const { mentor, lease } = await aWrite(tx);
    await fail(tx, lease, "permanent");
    const since = (await listingNow(tx, mentor.id))["pending_since"];

    await aPause(tx, mentor);

    expect(await listingNow(tx, mentor.id)).toMatchObject({
      condition: "pending",
      attempts: 0,
      wait: 0,
      error_class: null,
      pending_since: since,
    });
  });
});

describe("P6 a write that may still arrive", () => {
  test.for([...CONCERNS_ALL, ...OWN.map(({ errorClass }) => errorClass), "missing"])(
    "is not ended by %s",
    async (errorClass, { tx }) => {
      const { mentor, lease } = await aWrite(tx);

      await fail(tx, lease, errorClass);

      expect(await listingNow(tx, mentor.id)).toMatchObject({ write_inflight: true });
    },
  );

  test("is not ended by a hold or a missing row either", async ({ tx }) => {
    const { mentor, lease } = await aWrite(tx);
    await fail(tx, lease, "conflict");
    const again = async (record = portalRecord()) =>
      await begin(tx, (await claim(tx, [mentor]))!, record);

    expect(await again(portalRecord({ visible: false, version: 2 }))).toMatchObject({
      decision: "held",
    });
    expect(await listingNow(tx, mentor.id)).toMatchObject({ write_inflight: true });
    expect(await again(NO_RECORD)).toMatchObject({ decision: "missing" });
    expect(await listingNow(tx, mentor.id)).toMatchObject({ write_inflight: true });
  });

  test("is overtaken by the next one, although everything looks right", async ({ tx }) => {
    const { mentor, lease } = await aWrite(tx);
    await fail(tx, lease, "conflict");
    const next = (await claim(tx, [mentor]))!;
    expect(next.remembered).toBeNull();

    expect(await begin(tx, next, portalRecord())).toMatchObject({ decision: "write" });
    await confirm(tx, next, 2, portalRecord());

    expect(await listingNow(tx, mentor.id)).toMatchObject({
      condition: "synced",
      write_inflight: false,
      attempts: 0,
      error_class: null,
    });
  });

  test("arrives nowhere if the row is absent", async ({ tx }) => {
    const { mentor, lease } = await aWrite(tx);
    await fail(tx, lease, "conflict");
    await aPause(tx, mentor);

    expect(await begin(tx, (await claim(tx))!, NO_RECORD)).toMatchObject({ decision: "absent" });

    expect(await listingNow(tx, mentor.id)).toMatchObject({ write_inflight: false });
  });
});

describe("P6 the same wish told again", () => {
  test("is pending since it was asked for", async ({ tx }) => {
    const mentor = await aListing(tx, await anOrganization(tx));
    await askAgain(tx, mentor);

    const { rows } = await tx.query(
      `select condition, pending_since = now() as is_since_now
       from app_public.portal_listings where mentor_id = $1`,
      [mentor.id],
    );
    expect(rows).toEqual([{ condition: "pending", is_since_now: true }]);
  });
});
