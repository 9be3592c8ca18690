import { randomUUID } from "node:crypto";
import { describe, expect } from "vitest";
import { type Database, aMentor, aPause, anOrganization } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, refusal } from "../../support/outcomes.ts";
import {
  LAST_DAY,
  NO_RECORD,
  type PortalRecord,
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
  setGate,
  setListing,
} from "../../support/portal.ts";

const NO_ERROR = { error_class: null, error_code: null, error_message: null };
const NO_LEASE = { lease_token: null, lease_until: null };
const REST = { ...NO_ERROR, ...NO_LEASE, attempts: 0, write_inflight: false };

/** A mentor to be shown in version 2, leased, whose row the portal hides. */
const aShow = async (tx: Database) => {
  const mentor = await aMentor(tx, await anOrganization(tx), { expiresOn: LAST_DAY });
  const lease = (await claim(tx, [mentor]))!;
  return { mentor, lease };
};

/** A write that was begun; the portal's row as it will be stored. */
const aWrite = async (tx: Database) => {
  const { mentor, lease } = await aShow(tx);
  const { decision, version } = await begin(tx, lease, portalRecord({ visible: false }));
  expect(decision).toBe("write");
  return { mentor, lease, version: version!, stored: portalRecord({ version: version! }) };
};

describe("P6 a write is marked before it is sent", () => {
  test("with what to write, and a lease from now on", async ({ tx }) => {
    const { mentor, lease } = await aShow(tx);
    await setListing(tx, mentor, "lease_until = now() + interval '1 second'");

    expect(await begin(tx, lease, portalRecord({ visible: false }))).toEqual({
      decision: "write",
      visible: true,
      visible_until: LAST_DAY,
      version: 2,
      was_inflight: false,
    });

    const { rows } = await tx.query(
      `select write_inflight, lease_until = now() + interval '1 minute' as is_prolonged
       from app_public.portal_listings where mentor_id = $1`,
      [mentor.id],
    );
    expect(rows).toEqual([{ write_inflight: true, is_prolonged: true }]);
    expect(await attemptsOf(tx, mentor.id)).toEqual([]);
  });

  test("with the newest wish, if it changed since the lease", async ({ tx }) => {
    const { mentor, lease } = await aShow(tx);
    await aPause(tx, mentor);

    expect(await begin(tx, lease, portalRecord())).toEqual({
      decision: "write",
      visible: false,
      visible_until: null,
      version: 3,
      was_inflight: false,
    });
  });

  test("and says whether an older one may still arrive", async ({ tx }) => {
    const { mentor, lease } = await aWrite(tx);
    await fail(tx, lease, "conflict");

    expect(
      await begin(tx, (await claim(tx, [mentor]))!, portalRecord({ visible: false })),
    ).toMatchObject({ decision: "write", was_inflight: true });
  });

  test.for([
    { isRefused: true, decision: "held" },
    { isRefused: false, decision: "write" },
  ])(
    "P3 refused under its ETag $isRefused, a hide found thereafter: $decision",
    async ({ isRefused, decision }, { tx }) => {
      const { record, ...mentor } = await aListing(tx, await anOrganization(tx));
      await setListing(tx, mentor, "desired_until = desired_until - 1");
      const lease = (await claim(tx))!;
      await begin(tx, lease, record, { isRemembered: true });

      const hidden = { ...record, visible: false, revision: 'W/"101"' };
      expect(await begin(tx, lease, hidden, { isRefused })).toMatchObject({ decision });
    },
  );

  test("what is remembered is enough to write, and for nothing else", async ({ tx }) => {
    const { record, ...mentor } = await aListing(tx, await anOrganization(tx));
    await askAgain(tx, mentor);
    const lease = (await claim(tx))!;

    expect(await begin(tx, lease, record, { isRemembered: true })).toMatchObject({
      decision: "read",
    });
    expect(await listingNow(tx, mentor.id)).toMatchObject({
      condition: "pending",
      write_inflight: false,
      lease_token: lease.lease_token,
    });
    expect(await attemptsOf(tx, mentor.id)).toEqual([]);
  });
});

const settled = async (tx: Database, record: PortalRecord, isVisible = true) => {
  const organization = await anOrganization(tx);
  const mentor = isVisible
    ? await aMentor(tx, organization, { expiresOn: LAST_DAY })
    : await aMentor(tx, organization, { status: "pending" });
  const { decision } = await begin(tx, (await claim(tx))!, record);
  return { decision, listing: await listingNow(tx, mentor.id), id: mentor.id };
};

describe("P6 what needs no write is settled at once", () => {
  test("unchanged: synced, and the row remembered", async ({ tx }) => {
    const record = portalRecord({ version: 1 });

    const { decision, listing, id } = await settled(tx, record);

    expect(decision).toBe("unchanged");
    expect(listing).toMatchObject({
      ...REST,
      condition: "synced",
      pending_since: null,
      synced_version: 2,
      remote_id: record.id,
      observed_visible: true,
      observed_until: LAST_DAY,
      observed_version: 1,
      observed_revision: record.revision,
    });
    expect(await attemptsOf(tx, id)).toMatchObject([
      {
        outcome: "unchanged",
        desired_version: 2,
        visible: true,
        visible_until: LAST_DAY,
        revision: record.revision,
        error_class: null,
      },
    ]);
  });

  test("absent: synced, and shown to nobody", async ({ tx }) => {
    const { decision, listing, id } = await settled(tx, NO_RECORD, false);

    expect(decision).toBe("absent");
    expect(listing).toMatchObject({
      ...REST,
      condition: "synced",
      synced_version: 1,
      remote_id: null,
      observed_visible: false,
      observed_revision: null,
    });
    expect(await attemptsOf(tx, id)).toMatchObject([{ outcome: "absent", visible: null }]);
  });

  test("missing: a person has to look", async ({ tx }) => {
    const { decision, listing, id } = await settled(tx, NO_RECORD);

    expect(decision).toBe("missing");
    expect(listing).toMatchObject({
      ...NO_LEASE,
      condition: "needs_attention",
      synced_version: 0,
      error_class: "missing",
      error_message: "The portal has no row with the mentor's key.",
    });
    expect(await attemptsOf(tx, id)).toMatchObject([{ outcome: "missing", error_class: null }]);
  });

  test("P3 held: a person has to look, and it is known since when", async ({ tx }) => {
    const { record, ...mentor } = await aListing(tx, await anOrganization(tx));
    await askAgain(tx, mentor);
    const hidden = { ...record, visible: false, until: null, revision: 'W/"101"' };

    expect(await begin(tx, (await claim(tx))!, hidden)).toMatchObject({ decision: "held" });

    const held = await listingNow(tx, mentor.id);
    expect(held).toMatchObject({
      ...NO_LEASE,
      condition: "needs_attention",
      synced_version: 2,
      error_class: "held",
      error_message: "Somebody hid the mentor in the portal.",
      observed_visible: false,
    });
    expect(held["held_since"]).not.toBeNull();

    // Found again a day later, it is held since the first time.
    await setListing(tx, mentor, "held_since = held_since - interval '1 day'");
    const before = (await listingNow(tx, mentor.id))["held_since"];
    await begin(tx, (await claim(tx, [mentor]))!, hidden);
    expect(await listingNow(tx, mentor.id)).toMatchObject({
      error_class: "held",
      held_since: before,
    });
  });

  test("P3 shown again by somebody: the hold is over", async ({ tx }) => {
    const { record, ...mentor } = await aListing(tx, await anOrganization(tx));
    await askAgain(tx, mentor);
    await begin(tx, (await claim(tx))!, { ...record, visible: false, revision: 'W/"101"' });

    await begin(tx, (await claim(tx, [mentor]))!, { ...record, revision: 'W/"102"' });

    expect(await listingNow(tx, mentor.id)).toMatchObject({
      ...REST,
      condition: "synced",
      held_since: null,
    });
  });

  test("P3 hidden on our own wish, the hold goes on", async ({ tx }) => {
    const { record, ...mentor } = await aListing(tx, await anOrganization(tx));
    const hidden = { ...record, visible: false, revision: 'W/"101"' };
    await askAgain(tx, mentor);
    await begin(tx, (await claim(tx))!, hidden);

    await aPause(tx, mentor);
    expect(await begin(tx, (await claim(tx))!, hidden)).toMatchObject({ decision: "unchanged" });
    await call(tx, "resume_mentor", { mentor_id: mentor.id });

    expect(await begin(tx, (await claim(tx))!, hidden)).toMatchObject({ decision: "held" });
  });
});

describe("P6 a confirmed write", () => {
  test("of the current wish: synced, and the row remembered", async ({ tx }) => {
    const { mentor, lease, version, stored } = await aWrite(tx);

    expect(await confirm(tx, lease, version, stored)).toBe("written");

    expect(await listingNow(tx, mentor.id)).toMatchObject({
      ...REST,
      condition: "synced",
      pending_since: null,
      synced_version: 2,
      remote_id: stored.id,
      observed_visible: true,
      observed_until: LAST_DAY,
      observed_version: 2,
      observed_revision: stored.revision,
    });
    expect(await attemptsOf(tx, mentor.id)).toMatchObject([
      { outcome: "written", desired_version: 2, visible: true, revision: stored.revision },
    ]);
  });

  test("of a wish that was overtaken: what it showed is known, the new one waits", async ({
    tx,
  }) => {
    const { mentor, lease, version, stored } = await aWrite(tx);
    await aPause(tx, mentor);

    expect(await confirm(tx, lease, version, stored)).toBe("written");

    const listing = await listingNow(tx, mentor.id);
    expect(listing).toMatchObject({
      ...REST,
      condition: "pending",
      desired_version: 3,
      synced_version: 2,
      observed_visible: true,
      wait: 0,
    });
    expect(listing["pending_since"]).not.toBeNull();
    expect(await claim(tx)).toMatchObject({ mentor_id: mentor.id, desired_visible: false });
  });

  test("of a hide stores no last day that matters", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { status: "pending" });
    const lease = (await claim(tx))!;
    const { version } = await begin(tx, lease, portalRecord());

    const stored = portalRecord({ visible: false, until: LAST_DAY });
    expect(await confirm(tx, lease, version!, stored)).toBe("written");
    expect(await listingNow(tx, mentor.id)).toMatchObject({ condition: "synced" });
  });

  test.for([
    { what: "hidden", stored: { visible: false } },
    { what: "another last day", stored: { until: "2026-04-01" } },
    { what: "no last day", stored: { until: null } },
  ])("that was stored differently needs a person: $what", async ({ stored }, { tx }) => {
    const { mentor, lease, version } = await aWrite(tx);

    expect(await confirm(tx, lease, version, portalRecord(stored))).toBe("failed");

    expect(await listingNow(tx, mentor.id)).toMatchObject({
      ...NO_LEASE,
      condition: "needs_attention",
      synced_version: 0,
      error_class: "permanent",
      error_code: "stored_differently",
    });
    expect(await attemptsOf(tx, mentor.id)).toMatchObject([
      { outcome: "failed", error_code: "stored_differently" },
    ]);
  });

  test("by a lease that was lost changes nothing but the gate", async ({ tx }) => {
    const { mentor, lease, version, stored } = await aWrite(tx);
    await setListing(tx, mentor, "lease_until = now()");
    await claim(tx);
    await setGate(tx, "failures = 3");
    const before = await listingNow(tx, mentor.id);

    expect(await confirm(tx, lease, version, stored)).toBe("lost");

    expect(await listingNow(tx, mentor.id)).toEqual(before);
    expect(await attemptsOf(tx, mentor.id)).toEqual([]);
    expect((await gateNow(tx)).failures).toBe(0);
  });

  test("of an older version never counts the confirmed one down", async ({ tx }) => {
    const { mentor, lease, stored } = await aWrite(tx);
    await aPause(tx, mentor);
    await setListing(tx, mentor, "synced_version = 2");

    await confirm(tx, lease, 1, stored);

    expect(await listingNow(tx, mentor.id)).toMatchObject({ synced_version: 2 });
  });

  test("and nobody else counts it down either", async ({ tx }) => {
    const mentor = await aListing(tx, await anOrganization(tx));

    expect(
      await refusal(tx, () => setListing(tx, mentor, "synced_version = 1, condition = 'pending'")),
    ).toMatchObject({ code: "MNVER", table: "portal_listings" });
  });
});

describe("P3 P6 every attempt is written down", () => {
  test("with its actor: the worker, or whoever broke the glass", async ({ tx }) => {
    const { mentor, lease, version, stored } = await aWrite(tx);
    await tx.query("set local mentor_lifecycle.actor = 'break-glass:kari'");

    await confirm(tx, lease, version, stored);

    expect(await attemptsOf(tx, mentor.id)).toMatchObject([{ actor: "break-glass:kari" }]);
  });

  test("for good", async ({ tx }) => {
    const { lease, version, stored } = await aWrite(tx);
    await confirm(tx, lease, version, stored);

    for (const change of [
      "update app_public.portal_attempts set visible = false",
      "delete from app_public.portal_attempts",
    ]) {
      expect(await refusal(tx, () => tx.query(change))).toMatchObject({ code: "MNAPP" });
    }
  });
});

describe("P6 a lease that is given back", () => {
  test("leaves no trace", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    const before = await listingNow(tx, mentor.id);
    const lease = (await claim(tx))!;

    await tx.query("select app_private.release_portal_listing($1, $2)", [
      mentor.id,
      lease.lease_token,
    ]);

    expect(await listingNow(tx, mentor.id)).toEqual(before);
    expect(await attemptsOf(tx, mentor.id)).toEqual([]);
  });

  test("is one's own", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    await claim(tx);
    const before = await listingNow(tx, mentor.id);

    await tx.query("select app_private.release_portal_listing($1, $2)", [mentor.id, randomUUID()]);

    expect(await listingNow(tx, mentor.id)).toEqual(before);
  });

  test("keeps the mark of a write that may arrive", async ({ tx }) => {
    const { mentor, lease } = await aWrite(tx);

    await tx.query("select app_private.release_portal_listing($1, $2)", [
      mentor.id,
      lease.lease_token,
    ]);

    expect(await listingNow(tx, mentor.id)).toMatchObject({ write_inflight: true, ...NO_LEASE });
  });
});
