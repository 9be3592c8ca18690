import { describe, expect } from "vitest";
import { type Database, aMentor, anOrganization } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  NO_RECORD,
  aListing,
  askAgain,
  begin,
  claim,
  portalRecord,
  setListing,
} from "../../support/portal.ts";
import type { PortalRecord } from "../../support/portal.ts";

interface How {
  isForced?: boolean;
  isNewEnvironment?: boolean;
}

async function preview(
  db: Database,
  mentor: { id: string },
  { id, visible, until, version, revision }: PortalRecord,
  { isForced = false, isNewEnvironment = false }: How = {},
) {
  const { rows } = await db.query<{ decision: string }>(
    `select p.*
     from app_private.preview_portal_sync($1,
       ($2::uuid, $3::boolean, $4::date, $5::integer, $6::text)::app_private.portal_record,
       $7, $8) as p`,
    [mentor.id, id, visible, until, version, revision, isForced, isNewEnvironment],
  );
  return rows[0]!;
}

/** A listing to be shown whose wish is to be told again, and its row, which somebody has hidden. */
async function aHiddenOne(tx: Database) {
  const mentor = await aListing(tx, await anOrganization(tx));
  await askAgain(tx, mentor);
  const record = { ...mentor.record, visible: false, until: null, revision: 'W/"101"' };
  return { mentor, record };
}

async function force(tx: Database, mentor: { id: string }): Promise<void> {
  await tx.query("select from app_public.force_portal_sync($1)", [mentor.id]);
}

/** What the sync itself decides, on a lease. */
async function decided(tx: Database, mentor: { id: string }, record: PortalRecord) {
  const { decision, visible, visible_until } = await begin(
    tx,
    (await claim(tx, [mentor]))!,
    record,
  );
  return { decision, visible, visible_until };
}

describe("P8 the dry run's question", () => {
  test.for([
    { what: "equal", change: {}, decision: "unchanged" },
    { what: "another last day", change: { until: "2149-01-01" }, decision: "write" },
    { what: "hidden by somebody", change: { visible: false, until: null }, decision: "held" },
    { what: "no row", change: NO_RECORD, decision: "missing" },
  ])("is answered as the sync then decides: $what", async ({ change, decision }, { tx }) => {
    const mentor = await aListing(tx, await anOrganization(tx));
    await askAgain(tx, mentor);
    const record = { ...mentor.record, ...change };

    const before = await preview(tx, mentor, record);

    expect(before).toMatchObject({ decision, visible: true });
    expect(await decided(tx, mentor, record)).toEqual(before);
  });

  test("forced, also shows whom somebody hid, found before or only now", async ({ tx }) => {
    const { mentor, record } = await aHiddenOne(tx);

    const before = await preview(tx, mentor, record, { isForced: true });
    await force(tx, mentor);

    expect(before).toMatchObject({ decision: "write" });
    expect(await decided(tx, mentor, record)).toEqual(before);

    await setListing(tx, mentor, "held_since = now()");
    expect(await preview(tx, mentor, record)).toMatchObject({ decision: "held" });
    expect(await preview(tx, mentor, record, { isForced: true })).toEqual(before);
  });

  test("of another environment, knows nothing of the one before", async ({ tx }) => {
    const { mentor, record } = await aHiddenOne(tx);
    await setListing(tx, mentor, "write_inflight = true");

    const before = await preview(tx, mentor, record, { isNewEnvironment: true });
    await tx.query("select app_private.forget_portal()");

    expect(before).toMatchObject({ decision: "write" });
    expect(await decided(tx, mentor, record)).toEqual(before);
  });

  test("does not take the older association's row for its own", async ({ tx }) => {
    const older = await anOrganization(tx);
    await tx.query(
      "update app_public.organizations set created_at = created_at - interval '1 day' where id = $1",
      [older.id],
    );
    const owner = await aListing(tx, older, { mentorKey: "M-1" });
    const other = await aMentor(tx, await anOrganization(tx), { mentorKey: "M-1" });

    expect(await preview(tx, other, portalRecord())).toMatchObject({ decision: "shared_key" });
    expect(await preview(tx, owner, owner.record)).toMatchObject({ decision: "unchanged" });
  });

  test("changes nothing: it may be asked in a transaction that may not write", async ({ tx }) => {
    const { mentor, record } = await aHiddenOne(tx);
    await tx.query("set transaction read only");

    await preview(tx, mentor, record, { isForced: true });
    await preview(tx, mentor, record, { isNewEnvironment: true });
  });
});
