import { expect } from "vitest";
import { withClient } from "../../../worker/database/pool.ts";
import { importFile } from "../../../worker/import/import.ts";
import { test } from "../../support/database.ts";
import {
  createOrganization,
  csv,
  importText,
  mentorRow,
  query,
  uncertifiedRow,
  wholeDatabase,
  withFile,
} from "./csv.ts";

const PEOPLE = [
  { email: "Kari@example.org", full_name: "Kari Nes", locale: "nn", roles: "coordinator" },
  {
    email: "ola@example.org",
    full_name: "Ola Vik",
    phone: "+47 000 00 000",
    auth_subject: "auth|1",
    roles: "organization_administrator | chapter_administrator: Oslo",
  },
];

const MENTORS = [
  mentorRow({ mentor_key: "M1", coordinator_emails: "kari@example.org" }),
  mentorRow({ mentor_key: "M2", valid_from: "2024-01-01", expires_on: "31.12.2025" }),
  uncertifiedRow({ mentor_key: "M3", chapter: "Bergen" }),
];

const ASSIGNMENTS = [
  { assignment_key: "A1", mentor_key: "M1", client_reference: "C-1", opened_on: "2026-09-01" },
  {
    assignment_key: "A2",
    mentor_key: "M2",
    client_reference: "C-2",
    opened_on: "01.09.2026",
    last_contact_on: "2026-10-01",
  },
];

test("importing the same files again changes nothing in any table", async ({ fresh }) => {
  const url = await fresh();
  await createOrganization(url);
  await importText(url, "people", PEOPLE);
  await importText(url, "mentors", MENTORS);
  await importText(url, "assignments", ASSIGNMENTS);
  const before = await wholeDatabase(url);

  const outcomes = [
    await importText(url, "people", PEOPLE),
    await importText(url, "mentors", MENTORS),
    await importText(url, "assignments", ASSIGNMENTS),
  ];

  expect(await wholeDatabase(url)).toEqual(before);
  for (const { summary, problems } of outcomes) {
    expect(problems).toEqual([]);
    for (const counts of Object.values(summary?.counts ?? {})) {
      expect(counts).toMatchObject({ created: 0 });
    }
  }
});

test("a dry run says what would happen and stores nothing", async ({ fresh }) => {
  const url = await fresh();
  await createOrganization(url);
  const before = await wholeDatabase(url);

  const { summary } = await importText(url, "mentors", MENTORS, { dryRun: true });

  expect(await wholeDatabase(url)).toEqual(before);
  expect(summary).toMatchObject({
    dryRun: true,
    rows: 3,
    counts: { mentors: { created: 3, active: 1, paused: 1, pending: 1 } },
  });
});

test("one bad row among good ones keeps everything out, and every bad row is named", async ({
  fresh,
}) => {
  const url = await fresh();
  await createOrganization(url);
  const before = await wholeDatabase(url);

  const { summary, problems } = await importText(url, "mentors", [
    mentorRow({ mentor_key: "M1" }),
    mentorRow({ mentor_key: "M2", email: "nobody", phone: "none" }),
    mentorRow({ mentor_key: "M3", valid_from: "31.02.2026" }),
    mentorRow({ mentor_key: "M4", full_name: "=HYPERLINK(1)" }),
    mentorRow({ mentor_key: "+M5" }),
    mentorRow({ mentor_key: "M6", expires_on: "2025-12-31" }),
    mentorRow({ mentor_key: "M7", portal_consent: "perhaps" }),
    mentorRow({ mentor_key: "M8", expires_on: "" }),
    mentorRow({ mentor_key: "M9", full_name: "Two\nlines", locale: "se" }),
    mentorRow({ mentor_key: "M10", coordinator_emails: "kari@example.org;ola@example.org" }),
    mentorRow({ mentor_key: "M11", chapter: "", full_name: "" }),
  ]);

  expect(summary).toBeUndefined();
  expect(await wholeDatabase(url)).toEqual(before);
  const places = problems.map(({ line, column }) => `${line} ${column}`);
  expect(places).toEqual([
    "3 email",
    "3 phone",
    "4 valid_from",
    "5 full_name",
    // The address of this row is made from its key.
    "6 email",
    "6 mentor_key",
    "7 expires_on",
    "8 portal_consent",
    "9 expires_on",
    "10 full_name",
    "10 locale",
    // The name on line 10 takes two lines.
    "12 coordinator_emails",
    "13 chapter",
    "13 full_name",
  ]);
});

test("rows of the wrong length are reported beside what is wrong with the others", async ({
  fresh,
}) => {
  const url = await fresh();
  await createOrganization(url);

  const { problems } = await importText(
    url,
    "assignments",
    "assignment_key;mentor_key;client_reference;opened_on;last_contact_on\nA1;M1\nA2;M1;C-2;tomorrow;\n",
  );

  expect(problems.map(({ line }) => line)).toEqual([2, 3, 3]);
});

test("a header without rows is valid, changes nothing and says so", async ({ fresh }) => {
  const url = await fresh();
  await createOrganization(url);
  const before = await wholeDatabase(url);

  const { summary, problems } = await importText(url, "mentors", []);

  expect(problems).toEqual([]);
  expect(summary?.rows).toBe(0);
  expect(summary?.warnings[0]).toContain("no rows");
  expect(await wholeDatabase(url)).toEqual(before);
});

test("an organisation that does not exist is refused with MNNOT", async ({ fresh }) => {
  const url = await fresh();

  await expect(importText(url, "people", PEOPLE)).rejects.toMatchObject({ code: "MNNOT" });
});

test("a file for one organisation leaves another one with the same keys alone", async ({
  fresh,
}) => {
  const url = await fresh();
  await createOrganization(url, "other");
  await createOrganization(url);
  await importText(url, "people", PEOPLE, { organization: "other" });
  await importText(url, "mentors", MENTORS, { organization: "other" });

  const { summary } = await importText(url, "mentors", MENTORS);

  expect(summary?.counts["mentors"]).toMatchObject({ created: 3, updated: 0 });
});

test("two imports of one file at once end as one after the other", async ({ fresh }) => {
  const url = await fresh();
  await createOrganization(url);

  const outcomes = await Promise.all([
    importText(url, "mentors", MENTORS),
    importText(url, "mentors", MENTORS),
  ]);

  const created = outcomes.map(({ summary }) => summary?.counts["mentors"]?.["created"]);
  expect(new Set(created)).toEqual(new Set([0, 3]));
  expect(await query(url, "select from app_public.mentors")).toHaveLength(3);
});

test("an import waits for a command on the same mentor and then follows it", async ({ fresh }) => {
  const url = await fresh();
  await createOrganization(url);
  await importText(url, "mentors", MENTORS);

  await withClient(url, async (command) => {
    await command.query("begin");
    await command.query(
      `select from app_public.mentors as m
       cross join lateral app_public.pause_mentor(m.id, 'Holiday')
       where m.mentor_key = 'M1'`,
    );
    const renewal = importText(url, "mentors", [
      mentorRow({ valid_from: "2026-11-01", expires_on: "2027-12-31", chapter: "Bergen" }),
    ]);
    await waitForBlocked(url);
    await command.query("commit");
    expect((await renewal).problems).toEqual([]);
  });

  const rows = await query(
    url,
    `select m.status, c.name as chapter
     from app_public.mentors as m
     join app_public.chapters as c on c.id = m.chapter_id
     where m.mentor_key = 'M1'`,
  );
  expect(rows).toEqual([{ status: "paused", chapter: "Bergen" }]);
});

async function waitForBlocked(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const rows = await query(
      url,
      `select from pg_stat_activity as a
       where a.datname = current_database()
         and cardinality(pg_blocking_pids(a.pid)) > 0`,
    );
    if (rows.length > 0) return;
  }
  throw new Error("nobody waits for a lock");
}

test("100,000 rows are imported in flat memory", { timeout: 300_000 }, async ({ fresh }) => {
  const url = await fresh();
  await createOrganization(url);
  const rows = Array.from({ length: 100_000 }, (_, index) => ({
    email: `p${index}@example.org`,
    full_name: `Person ${index}`,
    roles: index % 100 === 0 ? "coordinator" : "",
  }));

  const summary = await withFile(csv("people", rows), async (file) => {
    rows.length = 0;
    const before = process.memoryUsage.rss();
    const result = await importFile(url, {
      kind: "people",
      organization: "hlf",
      file,
      onProblem: () => {},
    });
    expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 2 ** 20);
    return result;
  });

  expect(summary?.counts).toMatchObject({
    people: { created: 100_000 },
    roles: { created: 1_000 },
  });
});
