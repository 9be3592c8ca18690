import { describe, expect } from "vitest";
import {
  type Database,
  aPerson,
  actAs,
  anOrganization,
  anOrganizationAdministrator,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, refusal } from "../../support/outcomes.ts";
import {
  aListing,
  listingNow,
  openAlerts,
  openDiscrepancies,
  portalRecord,
} from "../../support/portal.ts";
import { reconcile, rowOf } from "../../support/reconciliation.ts";

const SHOWN = { visible: true, revision: 'W/"101"' };
const HIDDEN = { visible: false, until: null, revision: 'W/"101"' };

type Listing = Awaited<ReturnType<typeof aListing>>;

/** So many listings to be hidden, of which the first so many are shown by the portal. */
async function shownAgainst(tx: Database, differing: number, of: number) {
  const organization = await anOrganization(tx);
  const mentors: Listing[] = [];
  for (let count = 0; count < of; count += 1)
    mentors.push(await aListing(tx, organization, { status: "pending" }));
  const rows = mentors.map((mentor, index) => rowOf(mentor, index < differing ? SHOWN : {}));
  return { organization, mentors, rows };
}

const kinds = async (tx: Database) => (await openAlerts(tx)).map(({ kind }) => kind);

describe("P3 an implausible share is not acted on", () => {
  test.for([
    { differing: 5, of: 5, state: "succeeded" },
    { differing: 6, of: 6, state: "refused" },
    { differing: 6, of: 59, state: "refused" },
    { differing: 6, of: 60, state: "succeeded" },
    { differing: 7, of: 69, state: "refused" },
    { differing: 7, of: 70, state: "succeeded" },
  ])("$differing of $of: $state", { timeout: 60_000 }, async ({ differing, of, state }, { tx }) => {
    const { rows } = await shownAgainst(tx, differing, of);

    expect(await reconcile(tx, rows)).toMatchObject({
      state,
      compared_count: of,
      differing_count: differing,
      repaired_count: state === "succeeded" ? differing : 0,
    });
  });

  test("nothing is changed, and operations are alerted until it is plausible again", async ({
    tx,
  }) => {
    const { mentors, rows } = await shownAgainst(tx, 6, 6);
    const before = await listingNow(tx, mentors[0]!.id);

    expect(await reconcile(tx, rows)).toMatchObject({
      explanation: "6 of 6 listings differ in what visitors see. Nothing was repaired.",
    });

    expect(await listingNow(tx, mentors[0]!.id)).toEqual(before);
    expect(await openDiscrepancies(tx)).toEqual([]);
    expect(await openAlerts(tx)).toMatchObject([
      { kind: "portal_reconciliation_refused", severity: "critical", organization_id: null },
    ]);
    await reconcile(tx, rows);
    expect(await kinds(tx)).toHaveLength(1);

    await reconcile(
      tx,
      mentors.map((mentor) => rowOf(mentor)),
    );
    expect(await kinds(tx)).toEqual([]);
  });

  test("unless a person accepts it", async ({ tx }) => {
    const { rows } = await shownAgainst(tx, 6, 6);

    expect(await reconcile(tx, rows, { acceptsShare: true })).toMatchObject({
      state: "succeeded",
      repaired_count: 6,
    });
  });

  test("what no visitor sees does not count", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const rows = [];
    for (let count = 0; count < 7; count += 1)
      rows.push(rowOf(await aListing(tx, organization), { until: "2149-12-31" }));

    expect(await reconcile(tx, rows)).toMatchObject({ state: "succeeded", repaired_count: 7 });
  });

  test("whom somebody hid counts when it is found, and not every night again", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentors: Listing[] = [];
    for (let count = 0; count < 8; count += 1) mentors.push(await aListing(tx, organization));
    const night = (hidden: number) =>
      reconcile(
        tx,
        mentors.map((mentor, index) => rowOf(mentor, index < hidden ? HIDDEN : {})),
      );

    expect(await night(4)).toMatchObject({ state: "succeeded" });
    expect(await night(8)).toMatchObject({ state: "succeeded" });
    expect(await night(8)).toMatchObject({ state: "succeeded", differing_count: 8 });
  });
});

describe("P3 an empty list is refused", () => {
  test("always", async ({ tx }) => {
    await aListing(tx, await anOrganization(tx), { status: "pending", record: { id: null } });

    expect(await reconcile(tx, [], { acceptsShare: true })).toMatchObject({
      state: "refused",
      explanation: "The portal returned no rows at all. Nothing was repaired.",
    });
    expect(await kinds(tx)).toEqual(["portal_reconciliation_refused"]);
  });

  test("but not by an association without mentors", async ({ tx }) => {
    await anOrganization(tx);

    expect(await reconcile(tx, [])).toMatchObject({ state: "succeeded" });
  });

  test("and rows of strangers alone are no empty list", async ({ tx }) => {
    await aListing(tx, await anOrganization(tx), { status: "pending", record: { id: null } });

    expect(await reconcile(tx, [{ ...portalRecord(), key: "unknown" }])).toMatchObject({
      state: "succeeded",
    });
  });
});

const ask = (tx: Database, organizationId: string) =>
  call(tx, "reconcile_portal", { organization_id: organizationId, accepts_share: true });

describe("P3 a reconciliation is asked for", () => {
  test("by administrators of the organisation, and done by the worker", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await actAs(tx, await anOrganizationAdministrator(tx, organization));

    await ask(tx, organization.id);

    const { rows } = await tx.query(
      `select j.key, p.payload
       from graphile_worker.jobs as j
       join graphile_worker._private_jobs as p on p.id = j.id
       where j.task_identifier = 'portal__reconcile'`,
    );
    expect(rows).toEqual([{ key: "portal__reconcile:true", payload: { acceptsShare: true } }]);
  });

  test("by nobody else", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await actAs(tx, await aPerson(tx, organization));

    expect(await refusal(tx, () => ask(tx, organization.id))).toMatchObject({ code: "MNDEN" });
  });
});
