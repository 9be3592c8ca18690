import { expect } from "vitest";
import { withClient } from "../../../worker/database/pool.ts";
import { transaction } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { runNight } from "../../support/nightly/runs.ts";
import { AS_OF, createOrganization, importText, mentorRow, query, uncertifiedRow } from "./csv.ts";

const TODAY = AS_OF.slice(0, 10);

/** Follow-up is due after 45 and 60 days; the files come on 22 November 2026. */
const CONTACTS: Record<string, string> = {
  IN_44: "2026-10-09",
  IN_45: "2026-10-08",
  IN_59: "2026-09-24",
  IN_60: "2026-09-23",
  LONG: "2025-12-01",
};

function rows(contacts = CONTACTS, mentorKey = "M1"): Record<string, string>[] {
  return Object.entries(contacts).map(([key, day]) => ({
    assignment_key: key,
    mentor_key: mentorKey,
    client_reference: `C-${key}`,
    opened_on: "2025-12-01",
    last_contact_on: day,
  }));
}

async function anAssociation(url: string): Promise<string> {
  const organizationId = await createOrganization(url);
  await importText(url, "mentors", [
    mentorRow(),
    mentorRow({ mentor_key: "M2", valid_from: "2024-01-01", expires_on: "2025-12-31" }),
    uncertifiedRow({ mentor_key: "M3" }),
  ]);
  return organizationId;
}

async function ledgerOf(url: string): Promise<string[]> {
  const entries = await query<{ entry: string }>(
    url,
    `select concat_ws(' ', a.assignment_key, f.step, f.disposition, f.silent_days, f.decided_on)
       as entry
     from app_public.follow_up_reminders as f
     join app_public.assignments as a on a.id = f.assignment_id
     order by entry`,
  );
  return entries.map(({ entry }) => entry);
}

async function followedUpOn(url: string, organizationId: string, on: string): Promise<number> {
  return await withClient(url, async (client) => {
    const run = await transaction(client, () => runNight(client, organizationId, on), { on });
    return run.followed_up_count;
  });
}

const SEEDED = [
  `IN_45 1 seeded 45 ${TODAY}`,
  `IN_59 1 seeded 59 ${TODAY}`,
  `IN_60 1 seeded 60 ${TODAY}`,
  `IN_60 2 seeded 60 ${TODAY}`,
  `LONG 1 seeded 356 ${TODAY}`,
  `LONG 2 seeded 356 ${TODAY}`,
];

test("C11: every step that is due already is seeded, and no other", async ({ fresh }) => {
  const url = await fresh();
  await anAssociation(url);

  const first = await importText(url, "assignments", rows(), { silent: true });
  const again = await importText(url, "assignments", rows(), { silent: true });

  expect(await ledgerOf(url)).toEqual(SEEDED);
  expect(first.summary?.counts).toEqual({
    assignments: { created: 5, updated: 0, unchanged: 0 },
    "follow-ups": { "not armed": 6 },
  });
  expect(again.summary?.counts).toEqual({
    assignments: { created: 0, updated: 0, unchanged: 5 },
    "follow-ups": { "not armed": 0 },
  });
  expect(await query(url, "select from app_private.import_rows")).toEqual([]);
});

test("without it nothing is seeded", async ({ fresh }) => {
  const url = await fresh();
  await anAssociation(url);

  const { summary } = await importText(url, "assignments", rows());

  expect(await ledgerOf(url)).toEqual([]);
  expect(summary?.counts).not.toHaveProperty("follow-ups");
});

test("a dry run says how many and seeds none", async ({ fresh }) => {
  const url = await fresh();
  await anAssociation(url);

  const { summary } = await importText(url, "assignments", rows(), { silent: true, dryRun: true });

  expect(summary?.counts["follow-ups"]).toEqual({ "not armed": 6 });
  expect(await ledgerOf(url)).toEqual([]);
});

test("C11, F1: that night nobody is told; each later step and each new silence is", async ({
  fresh,
}) => {
  const url = await fresh();
  const organizationId = await anAssociation(url);
  await importText(url, "assignments", rows(), { silent: true });

  expect(await followedUpOn(url, organizationId, TODAY)).toBe(0);
  // IN_44 reaches 45 days, IN_59 reaches 60.
  expect(await followedUpOn(url, organizationId, "2026-11-23")).toBe(2);
  await importText(url, "assignments", rows({ LONG: "2026-10-20" }), {
    asOf: "2026-11-24 11:00:00+00",
  });
  expect(await followedUpOn(url, organizationId, "2026-12-03"), "44 days later").toBe(0);
  // 45 days after 20 October; IN_45 has been silent for 57.
  expect(await followedUpOn(url, organizationId, "2026-12-04")).toBe(1);
});

test("mentors who are paused or pending are seeded too, so that nothing old meets their return", async ({
  fresh,
}) => {
  const url = await fresh();
  await anAssociation(url);

  await importText(
    url,
    "assignments",
    [...rows({ P: "2026-10-01" }, "M2"), ...rows({ Q: "2026-10-01" }, "M3")],
    { silent: true },
  );

  expect(await ledgerOf(url)).toEqual([`P 1 seeded 52 ${TODAY}`, `Q 1 seeded 52 ${TODAY}`]);
});

test("assignments that the file does not name, and closed ones, are left alone", async ({
  fresh,
}) => {
  const url = await fresh();
  await anAssociation(url);
  await importText(url, "assignments", rows({ OTHER: "2026-10-01", CLOSED: "2026-10-01" }));
  await query(
    url,
    "update app_public.assignments set closed_on = '2026-11-22' where assignment_key = 'CLOSED'",
  );

  await importText(url, "assignments", rows({ CLOSED: "2026-10-01" }), { silent: true });

  expect(await ledgerOf(url)).toEqual([]);
});

test("a file without rows is imported silently too", async ({ fresh }) => {
  const url = await fresh();
  await anAssociation(url);

  const { problems, summary } = await importText(url, "assignments", [], { silent: true });

  expect(problems).toEqual([]);
  expect(summary?.counts["follow-ups"]).toEqual({ "not armed": 0 });
});
