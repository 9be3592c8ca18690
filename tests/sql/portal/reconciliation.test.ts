import { describe, expect } from "vitest";
import {
  type Database,
  type MentorOverrides,
  TODAY,
  aMentor,
  anOrganization,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, portalEventsOf } from "../../support/outcomes.ts";
import {
  LAST_DAY,
  type PortalRecord,
  aListing,
  begin,
  claim,
  confirm,
  listingNow,
  openDiscrepancies,
  portalRecord,
  setListing,
} from "../../support/portal.ts";
import {
  type PortalRow,
  addSnapshot,
  finishReconciliation,
  reconcile,
  rowOf,
  startReconciliation,
} from "../../support/reconciliation.ts";

const HIDDEN = { visible: false, until: null, revision: 'W/"101"' };
const SHOWN = { visible: true, until: LAST_DAY, revision: 'W/"101"' };

const aStory = async (
  tx: Database,
  overrides: MentorOverrides & { record?: Partial<PortalRecord> } = {},
) => await aListing(tx, await anOrganization(tx), { mentorKey: "anna", ...overrides });

describe("P3 the portal is read back and compared", () => {
  test("what is as it was confirmed is left alone", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const shown = await aListing(tx, organization);
    const hidden = await aListing(tx, organization, { status: "paused" });
    const before = [await listingNow(tx, shown.id), await listingNow(tx, hidden.id)];

    // The portal has no row of the third, who is not to be shown.
    const absent = await aListing(tx, organization, { status: "pending", record: { id: null } });

    expect(await reconcile(tx, [rowOf(shown), rowOf(hidden)])).toMatchObject({
      state: "succeeded",
      record_count: 2,
      compared_count: 3,
      differing_count: 0,
      repaired_count: 0,
    });
    expect([await listingNow(tx, shown.id), await listingNow(tx, hidden.id)]).toEqual(before);
    expect(await listingNow(tx, absent.id)).toMatchObject({ condition: "synced" });
    expect(await openDiscrepancies(tx)).toEqual([]);
  });

  test("another last day is told again, and put before the coordinators", async ({ tx }) => {
    const mentor = await aStory(tx);

    expect(await reconcile(tx, [rowOf(mentor, { until: "2149-12-31" })])).toMatchObject({
      state: "succeeded",
      differing_count: 1,
      repaired_count: 1,
    });

    expect(await openDiscrepancies(tx)).toEqual(["portal_differs anna"]);
    expect((await portalEventsOf(tx, mentor.id)).at(-1)).toMatchObject({
      kind: "listing.sync_requested",
      reason: "differs from the portal",
    });
    expect(await claim(tx)).toMatchObject({ mentor_id: mentor.id, remembered: null });
  });

  test("whom somebody shows, against the wish, is hidden again", async ({ tx }) => {
    const mentor = await aStory(tx, { status: "paused" });

    await reconcile(tx, [rowOf(mentor, SHOWN)]);

    expect(await openDiscrepancies(tx)).toEqual(["portal_shown_by_somebody anna"]);
    expect(await listingNow(tx, mentor.id)).toMatchObject({ condition: "pending" });
    const { decision } = await begin(tx, (await claim(tx))!, rowOf(mentor, SHOWN));
    expect(decision).toBe("write");
  });

  test("whom somebody hides is not shown again, and a person has to look", async ({ tx }) => {
    const mentor = await aStory(tx);

    expect(await reconcile(tx, [rowOf(mentor, HIDDEN)])).toMatchObject({
      differing_count: 1,
      repaired_count: 0,
    });

    const listing = await listingNow(tx, mentor.id);
    expect(listing).toMatchObject({
      condition: "needs_attention",
      error_class: "held",
      observed_visible: false,
    });
    expect(listing["held_since"]).not.toBeNull();
    expect(await openDiscrepancies(tx)).toEqual(["portal_hidden_by_somebody anna"]);
    expect(await claim(tx)).toBeUndefined();
  });

  test("a row that is missing needs a person, and heals when it appears", async ({ tx }) => {
    const mentor = await aStory(tx);
    const other = await aListing(tx, await anOrganization(tx));

    await reconcile(tx, [rowOf(other)]);
    expect(await listingNow(tx, mentor.id)).toMatchObject({
      condition: "needs_attention",
      error_class: "missing",
      observed_revision: null,
    });
    expect(await openDiscrepancies(tx)).toEqual(["portal_listing_missing anna"]);

    const record = portalRecord({ visible: false });
    await reconcile(tx, [rowOf(other), rowOf({ ...mentor, record })]);
    const lease = (await claim(tx))!;
    expect(await begin(tx, lease, record)).toMatchObject({ decision: "write" });
    await confirm(tx, lease, lease.desired_version, portalRecord());

    expect(await listingNow(tx, mentor.id)).toMatchObject({ condition: "synced" });
    expect(await openDiscrepancies(tx)).toEqual([]);
  });

  test("a row that was missing when it was first told heals too", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { mentorKey: "anna", expiresOn: LAST_DAY });
    await begin(tx, (await claim(tx))!, { ...portalRecord(), id: null });
    expect(await openDiscrepancies(tx)).toEqual(["portal_listing_missing anna"]);

    await reconcile(tx, [rowOf({ ...mentor, record: portalRecord() })]);
    await begin(tx, (await claim(tx))!, portalRecord());

    expect(await listingNow(tx, mentor.id)).toMatchObject({ condition: "synced" });
    expect(await openDiscrepancies(tx)).toEqual([]);
  });

  test("whom somebody shows again is held no more", async ({ tx }) => {
    const mentor = await aStory(tx);
    await reconcile(tx, [rowOf(mentor, HIDDEN)]);

    await reconcile(tx, [rowOf(mentor, { ...SHOWN, revision: 'W/"102"' })]);
    await begin(tx, (await claim(tx))!, rowOf(mentor, { ...SHOWN, revision: 'W/"102"' }));

    expect(await listingNow(tx, mentor.id)).toMatchObject({
      condition: "synced",
      held_since: null,
    });
    expect(await openDiscrepancies(tx)).toEqual([]);
  });

  test("also if it was the sync that found the hide", async ({ tx }) => {
    const mentor = await aStory(tx);
    await setListing(tx, mentor, "desired_version = desired_version + 1");
    await begin(tx, (await claim(tx))!, rowOf(mentor, HIDDEN));
    expect(await listingNow(tx, mentor.id)).toMatchObject({ error_class: "held" });

    await reconcile(tx, [rowOf(mentor, { ...SHOWN, revision: 'W/"102"' })]);
    await begin(tx, (await claim(tx))!, rowOf(mentor, { ...SHOWN, revision: 'W/"102"' }));

    expect(await listingNow(tx, mentor.id)).toMatchObject({
      condition: "synced",
      held_since: null,
    });
  });
});

describe("P3 an environment that was restored", () => {
  test.for([
    { status: "active", was: HIDDEN },
    { status: "paused", was: SHOWN },
  ] as const)("is told again: $status", async ({ status, was }, { tx }) => {
    const mentor = await aStory(tx, { status, record: { version: 2 } });
    const old = rowOf(mentor, { ...was, version: 1, revision: 'W/"50"' });

    expect(await reconcile(tx, [old])).toMatchObject({ state: "succeeded", repaired_count: 1 });

    expect(await listingNow(tx, mentor.id)).toMatchObject({
      condition: "pending",
      held_since: null,
    });
    expect(await begin(tx, (await claim(tx))!, old)).toMatchObject({ decision: "write" });
  });

  test("also where everything looks right", async ({ tx }) => {
    const mentor = await aStory(tx, { record: { version: 2 } });

    await reconcile(tx, [rowOf(mentor, { version: 1, revision: 'W/"50"' })]);

    expect(await listingNow(tx, mentor.id)).toMatchObject({ condition: "pending" });
  });
});

describe("P3 what the sync will see to is not judged", () => {
  test.for([
    { what: "changed since it was confirmed", set: "desired_version = desired_version + 1" },
    { what: "confirmed since the portal was read", set: "synced_at = now() + interval '1 second'" },
    {
      what: "leased",
      set: "lease_token = gen_random_uuid(), lease_until = now() + interval '1 minute'",
    },
  ])("$what", async ({ set }, { tx }) => {
    const mentor = await aStory(tx, { status: "paused" });
    await setListing(tx, mentor, set);
    const before = await listingNow(tx, mentor.id);

    expect(await reconcile(tx, [rowOf(mentor, SHOWN)])).toMatchObject({ compared_count: 0 });

    expect(await listingNow(tx, mentor.id)).toEqual(before);
    expect(await openDiscrepancies(tx)).toEqual([]);
  });

  test("nor the listing of a key that is another association's", async ({ tx }) => {
    const older = await aStory(tx);
    await tx.query("update app_public.organizations set created_at = '2020-01-01' where id = $1", [
      older.organizationId,
    ]);
    const younger = await aStory(tx, { status: "paused" });

    expect(await reconcile(tx, [rowOf(older)])).toMatchObject({
      compared_count: 1,
      differing_count: 0,
    });
    expect(await listingNow(tx, younger.id)).toMatchObject({ condition: "synced" });
  });
});

const nobodys = (overrides: Partial<PortalRow>): PortalRow => ({
  ...portalRecord(),
  key: "unknown",
  ...overrides,
});

describe("P3 rows that are nobody's", () => {
  test("are put before the oldest association if they are visible, and left alone", async ({
    tx,
  }) => {
    const mentor = await aStory(tx);
    await tx.query("update app_public.organizations set created_at = '2020-01-01' where id = $1", [
      mentor.organizationId,
    ]);
    await anOrganization(tx);
    const keyless = nobodys({ key: null });

    await reconcile(tx, [
      rowOf(mentor),
      nobodys({}),
      keyless,
      nobodys({ key: "hidden", visible: false }),
      nobodys({ key: null, visible: false }),
    ]);

    expect(await openDiscrepancies(tx)).toEqual(
      [`portal_orphan ${keyless.id}`, "portal_orphan unknown"].toSorted(),
    );
    const { rows } = await tx.query(
      "select distinct organization_id from app_public.discrepancies",
    );
    expect(rows).toEqual([{ organization_id: mentor.organizationId }]);
  });

  test("open once, and close when they have gone", async ({ tx }) => {
    const mentor = await aStory(tx);
    const other = nobodys({ key: "other" });
    await reconcile(tx, [rowOf(mentor), nobodys({}), other]);
    await reconcile(tx, [rowOf(mentor), nobodys({}), { ...other, visible: false }]);

    expect(await openDiscrepancies(tx)).toEqual(["portal_orphan unknown"]);
    const { rowCount } = await tx.query("select from app_public.discrepancies");
    expect(rowCount).toBe(2);

    await reconcile(tx, [rowOf(mentor)]);
    expect(await openDiscrepancies(tx)).toEqual([]);
  });
});

describe("P3 a difference", () => {
  test("opens once while it lasts, and closes when it has gone", async ({ tx }) => {
    const mentor = await aStory(tx);
    await reconcile(tx, [rowOf(mentor, HIDDEN)]);
    await reconcile(tx, [rowOf(mentor, HIDDEN)]);
    const { rowCount } = await tx.query("select from app_public.discrepancies");
    expect(rowCount).toBe(1);

    await call(tx, "force_portal_sync", { mentor_id: mentor.id });
    const lease = (await claim(tx))!;
    await begin(tx, lease, rowOf(mentor, HIDDEN));
    await confirm(tx, lease, lease.desired_version, portalRecord());

    expect(await openDiscrepancies(tx)).toEqual([]);
  });

  test("that is found no more is closed by the next reconciliation", async ({ tx }) => {
    const mentor = await aStory(tx, { status: "paused" });
    await reconcile(tx, [rowOf(mentor, SHOWN)]);
    await setListing(
      tx,
      mentor,
      `condition = 'synced', pending_since = null, synced_version = desired_version,
       synced_at = now() - interval '1 minute'`,
    );

    await reconcile(tx, [rowOf(mentor)]);

    expect(await openDiscrepancies(tx)).toEqual([]);
  });

  test("is not closed by the nightly check, nor a violated invariant by the portal's", async ({
    tx,
  }) => {
    const mentor = await aStory(tx);
    await tx.query(
      `insert into app_public.discrepancies (organization_id, mentor_id, invariant, detail, opened_at)
       values ($1, $2, 'status_follows_pauses', 'It does not.', now())`,
      [mentor.organizationId, mentor.id],
    );
    await reconcile(tx, [rowOf(mentor)]);
    await reconcile(tx, [rowOf(mentor, HIDDEN)]);
    const open = async () => {
      const { rows } = await tx.query<{ invariant: string }>(
        "select invariant from app_public.discrepancies where closed_at is null order by 1",
      );
      return rows.map(({ invariant }) => invariant);
    };
    expect(await open()).toEqual(["portal_hidden_by_somebody", "status_follows_pauses"]);

    await tx.query("select app_private.record_discrepancies($1, $2)", [
      mentor.organizationId,
      TODAY,
    ]);

    expect(await open()).toEqual(["portal_hidden_by_somebody"]);
  });
});

const leftovers = async (tx: Database) => {
  const { rows } = await tx.query(
    `select (select count(*)::integer from app_private.portal_snapshots) as snapshots,
       (select count(*)::integer from app_private.portal_comparisons) as comparisons`,
  );
  return rows[0];
};

describe("P3 the ledger", () => {
  test("keeps the outcome, and nothing of what was read", async ({ tx }) => {
    const mentor = await aStory(tx);
    await tx.query("set local mentor_lifecycle.actor = 'portal__reconcile'");

    const ended = await reconcile(tx, [rowOf(mentor, { until: "2149-12-31" })]);

    expect(ended).toMatchObject({
      state: "succeeded",
      explanation: "1 listings were told again.",
      actor: "portal__reconcile",
    });
    expect(ended["finished_at"]).not.toBeNull();
    expect(await leftovers(tx)).toEqual({ snapshots: 0, comparisons: 0 });
  });

  test("takes a page twice for one", async ({ tx }) => {
    const mentor = await aStory(tx);
    const id = await startReconciliation(tx);
    await addSnapshot(tx, id, [rowOf(mentor)]);
    await addSnapshot(tx, id, [rowOf(mentor)]);

    expect(await finishReconciliation(tx, id)).toMatchObject({ record_count: 1 });
  });

  test("closes one that was interrupted, an hour later", async ({ tx }) => {
    const mentor = await aStory(tx);
    const dead = await startReconciliation(tx);
    await addSnapshot(tx, dead, [rowOf(mentor)]);
    const state = async () => {
      const { rows } = await tx.query<{ state: string }>(
        "select state from app_public.portal_reconciliations where id = $1",
        [dead],
      );
      return rows[0]!.state;
    };
    const begun = (ago: string) =>
      tx.query(
        `update app_public.portal_reconciliations set started_at = now() - interval '${ago}'`,
      );

    await begun("1 hour");
    await startReconciliation(tx);
    expect(await state()).toBe("running");

    await begun("1 hour 1 second");
    await startReconciliation(tx);
    expect(await state()).toBe("failed");
    expect(await leftovers(tx)).toEqual({ snapshots: 0, comparisons: 0 });
  });
});
