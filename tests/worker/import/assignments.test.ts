import { expect } from "vitest";
import { test } from "../../support/database.ts";
import { createOrganization, importText, mentorRow, query } from "./csv.ts";

const ROW = {
  assignment_key: "A1",
  mentor_key: "M1",
  client_reference: "C-1",
  opened_on: "2026-09-01",
};

test("an assignment without a contact counts its first day as one", async ({ fresh }) => {
  const url = await fresh();
  await createOrganization(url);
  await importText(url, "mentors", [mentorRow()]);

  const { summary } = await importText(url, "assignments", [ROW]);

  expect(summary?.counts["assignments"]).toEqual({ created: 1, updated: 0, unchanged: 0 });
  expect(await query(url, "select a.last_contact_on from app_public.assignments as a")).toEqual([
    { last_contact_on: "2026-09-01" },
  ]);
});

test("the last contact moves forward and never back", async ({ fresh }) => {
  const url = await fresh();
  await createOrganization(url);
  await importText(url, "mentors", [mentorRow()]);
  await importText(url, "assignments", [{ ...ROW, last_contact_on: "2026-10-10" }]);

  const older = await importText(url, "assignments", [{ ...ROW, last_contact_on: "2026-10-01" }]);
  const newer = await importText(url, "assignments", [{ ...ROW, last_contact_on: "2026-11-01" }]);

  expect(older.summary?.counts["assignments"]).toMatchObject({ updated: 0, unchanged: 1 });
  expect(newer.summary?.counts["assignments"]).toMatchObject({ updated: 1 });
  expect(await query(url, "select a.last_contact_on from app_public.assignments as a")).toEqual([
    { last_contact_on: "2026-11-01" },
  ]);
});

/** What the database does between two imports, on the day after the last contact of the files. */
const meanwhile = (url: string, text: string) =>
  query(url, `begin; set local mentor_lifecycle.as_of = '2026-11-22 12:00+01'; ${text}; commit`);
const ACTIVITY = `select app_public.register_activity(a.id, '2026-11-05')
  from app_public.assignments as a`;
const CORRECTION = `select app_public.correct_last_contact(a.id, '2026-09-20', 'Another client')
  from app_public.assignments as a`;
const CLOSING = `select app_public.close_assignment(a.id, '2026-10-20')
  from app_public.assignments as a`;
const lastContact = async (url: string) => {
  const [row] = await query<{ last_contact_on: string }>(
    url,
    "select a.last_contact_on from app_public.assignments as a",
  );
  return row?.last_contact_on;
};

test.for([
  ["an activity", ACTIVITY, "2026-11-05", "2026-11-10"],
  ["a correction", CORRECTION, "2026-09-20", "2026-11-10"],
] as const)(
  "F2 the same file again changes nothing after %s, and a later contact in a newer one counts",
  async ([, deed, kept, later], { fresh }) => {
    const url = await fresh();
    await createOrganization(url);
    await importText(url, "mentors", [mentorRow()]);
    const file = [{ ...ROW, last_contact_on: "2026-10-10" }];
    await importText(url, "assignments", file);
    await meanwhile(url, deed);

    const again = await importText(url, "assignments", file);
    expect(again.summary?.counts["assignments"]).toEqual({ created: 0, updated: 0, unchanged: 1 });
    expect(await lastContact(url)).toBe(kept);

    const newer = await importText(url, "assignments", [{ ...ROW, last_contact_on: later }]);
    expect(newer.summary?.counts["assignments"]).toMatchObject({ updated: 1 });
    expect(await lastContact(url)).toBe(later);
  },
);

test("F2 a closed assignment is imported as before, but with no contact after its end", async ({
  fresh,
}) => {
  const url = await fresh();
  await createOrganization(url);
  await importText(url, "mentors", [mentorRow()]);
  await importText(url, "assignments", [{ ...ROW, last_contact_on: "2026-10-10" }]);
  await meanwhile(url, CLOSING);

  const until = await importText(url, "assignments", [{ ...ROW, last_contact_on: "2026-10-20" }]);
  expect(until.summary?.counts["assignments"]).toMatchObject({ updated: 1 });

  const after = await importText(url, "assignments", [{ ...ROW, last_contact_on: "2026-10-21" }]);
  expect(after.problems).toMatchObject([{ line: 2, column: "last_contact_on" }]);
  const opened = await importText(url, "assignments", [{ ...ROW, opened_on: "2026-10-21" }]);
  expect(opened.problems).toMatchObject([{ line: 2, column: "opened_on" }]);
});

test("F2 a first day after a contact that was registered here is a mistake", async ({ fresh }) => {
  const url = await fresh();
  await createOrganization(url);
  await importText(url, "mentors", [mentorRow()]);
  await importText(url, "assignments", [ROW]);
  await meanwhile(url, ACTIVITY);

  const { problems } = await importText(url, "assignments", [{ ...ROW, opened_on: "2026-11-06" }]);
  expect(problems).toMatchObject([{ line: 2, column: "opened_on" }]);

  const { summary } = await importText(url, "assignments", [{ ...ROW, opened_on: "2026-11-05" }]);
  expect(summary?.counts["assignments"]).toMatchObject({ updated: 1 });
  expect(await lastContact(url)).toBe("2026-11-05");
});

test.for([
  ["an unknown mentor", { mentor_key: "M9" }, "mentor_key"],
  ["a client who is an address", { client_reference: "kari@example.org" }, "client_reference"],
  ["a client who is a formula", { client_reference: "=1" }, "client_reference"],
  ["no client", { client_reference: "" }, "client_reference"],
  ["a first day after today", { opened_on: "2026-11-23" }, "opened_on"],
  ["a contact after today", { last_contact_on: "2026-11-23" }, "last_contact_on"],
  ["a contact before the first day", { last_contact_on: "2026-08-31" }, "last_contact_on"],
  ["a day that is none", { opened_on: "31.09.2026" }, "opened_on"],
  ["no first day", { opened_on: "" }, "opened_on"],
  ["no key", { assignment_key: "" }, "assignment_key"],
] as const)("refuses %s", async ([, override, column], { fresh }) => {
  const url = await fresh();
  await createOrganization(url);
  await importText(url, "mentors", [mentorRow()]);

  const { problems } = await importText(url, "assignments", [{ ...ROW, ...override }]);

  expect(problems).toMatchObject([{ line: 2, column }]);
});

test("a key that stands twice is an error, and so is one of another mentor", async ({ fresh }) => {
  const url = await fresh();
  await createOrganization(url);
  await importText(url, "mentors", [mentorRow(), mentorRow({ mentor_key: "M2" })]);
  await importText(url, "assignments", [ROW]);

  const { problems } = await importText(url, "assignments", [{ ...ROW, mentor_key: "M2" }, ROW]);

  expect(problems).toMatchObject([
    { line: 2, column: "mentor_key" },
    { line: 3, column: "assignment_key" },
  ]);
});
