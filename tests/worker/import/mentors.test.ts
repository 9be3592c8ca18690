import { describe, expect } from "vitest";
import { test } from "../../support/database.ts";
import { AS_OF, createOrganization, importText, mentorRow, query, uncertifiedRow } from "./csv.ts";

interface Standing {
  mentor_key: string;
  status: string;
  version: number;
}

async function standings(url: string): Promise<Record<string, string>> {
  const rows = await query<Standing>(
    url,
    "select m.mentor_key, m.status, m.version from app_public.mentors as m",
  );
  return Object.fromEntries(rows.map(({ mentor_key, status }) => [mentor_key, status]));
}

interface Period {
  valid_from: string;
  expires_on: string;
  replaced_on: string | null;
}

async function periods(url: string, key = "M1"): Promise<Period[]> {
  return await query<Period>(
    url,
    `select c.valid_from, c.expires_on, c.replaced_on
     from app_public.certifications as c
     join app_public.mentors as m on m.id = c.mentor_id
     where m.mentor_key = $1
     order by c.valid_from`,
    [key],
  );
}

async function setGrace(url: string, days: number): Promise<void> {
  await query(url, "update app_public.organization_settings set grace_days = $1", [days]);
}

describe("new mentors come in as they are", () => {
  test("valid is active, expired is paused since the day after, none is pending", async ({
    fresh,
  }) => {
    const url = await fresh();
    await createOrganization(url);

    await importText(url, "mentors", [
      mentorRow({ mentor_key: "LAST_DAY", expires_on: "2026-11-22" }),
      mentorRow({ mentor_key: "DAY_AFTER", expires_on: "2026-11-21" }),
      mentorRow({ mentor_key: "FUTURE", valid_from: "2026-11-23", expires_on: "2027-11-22" }),
      uncertifiedRow({ mentor_key: "NONE" }),
    ]);

    expect(await standings(url)).toEqual({
      LAST_DAY: "active",
      DAY_AFTER: "paused",
      FUTURE: "pending",
      NONE: "pending",
    });
    const pauses = await query(
      url,
      `select p.cause, p.is_silent, p.started_at, p.started_by, p.reason, c.expires_on
       from app_public.mentor_pauses as p
       join app_public.certifications as c on c.id = p.certification_id`,
    );
    expect(pauses).toEqual([
      {
        cause: "certification",
        is_silent: true,
        // Midnight in Oslo.
        started_at: new Date("2026-11-21T23:00:00Z"),
        started_by: "import",
        reason: 'Required certification "Likeperson" expired on 2026-11-21.',
        expires_on: "2026-11-21",
      },
    ]);
  });

  test("they are journalled once, as imported, and nobody is told", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);

    await importText(url, "mentors", [
      mentorRow({ mentor_key: "M1" }),
      mentorRow({ mentor_key: "M2", valid_from: "2025-01-01", expires_on: "2025-12-31" }),
      uncertifiedRow({ mentor_key: "M3" }),
    ]);

    const journal = await query(
      url,
      "select j.version, j.event, j.actor from app_public.mentor_journal as j",
    );
    expect(journal).toEqual(
      Array.from({ length: 3 }, () => ({ version: 1, event: "imported", actor: "import" })),
    );
    expect(await query(url, "select from app_public.notifications")).toEqual([]);
  });

  test("grace days count", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);
    await setGrace(url, 10);

    await importText(url, "mentors", [
      mentorRow({ mentor_key: "WITHIN", expires_on: "2026-11-12" }),
      mentorRow({ mentor_key: "BEYOND", expires_on: "2026-11-11" }),
    ]);

    expect(await standings(url)).toEqual({ WITHIN: "active", BEYOND: "paused" });
    const pauses = await query<{ started_at: Date }>(
      url,
      "select p.started_at from app_public.mentor_pauses as p",
    );
    expect(pauses).toEqual([{ started_at: new Date("2026-11-21T23:00:00Z") }]);
  });

  test("of two required types both must hold, and the first to expire is the cause", async ({
    fresh,
  }) => {
    const url = await fresh();
    await createOrganization(url);
    const course = { certification_type: "Kurs" };

    const { summary } = await importText(url, "mentors", [
      mentorRow({ mentor_key: "BOTH" }),
      mentorRow({ mentor_key: "BOTH", ...course }),
      mentorRow({ mentor_key: "ONE" }),
      mentorRow({ mentor_key: "LAPSED" }),
      mentorRow({
        mentor_key: "LAPSED",
        ...course,
        valid_from: "2025-01-01",
        expires_on: "2025-12-31",
      }),
      mentorRow({ mentor_key: "TWICE", valid_from: "2024-01-01", expires_on: "2026-02-28" }),
      mentorRow({
        mentor_key: "TWICE",
        ...course,
        valid_from: "2024-01-01",
        expires_on: "2026-01-31",
      }),
    ]);

    expect(await standings(url)).toEqual({
      BOTH: "active",
      ONE: "pending",
      LAPSED: "paused",
      TWICE: "paused",
    });
    expect(
      await query(
        url,
        `select p.reason
         from app_public.mentor_pauses as p
         join app_public.mentors as m on m.id = p.mentor_id
         where m.mentor_key = 'TWICE'`,
      ),
    ).toEqual([{ reason: 'Required certification "Kurs" expired on 2026-01-31.' }]);
    expect(summary?.warnings).toContain(
      'Created the certification type "Kurs", required of every mentor. Mentors of the file who have none of it and cannot be active: 1.',
    );
  });

  test("coverage is what the rules compute from the stored facts", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);
    await setGrace(url, 5);

    await importText(url, "mentors", [
      mentorRow({ mentor_key: "A" }),
      mentorRow({ mentor_key: "A", valid_from: "2026-12-01", expires_on: "2027-12-31" }),
      mentorRow({ mentor_key: "A", certification_type: "Kurs", valid_from: "2020-01-01" }),
      mentorRow({ mentor_key: "B", valid_from: "2020-01-01", expires_on: "2020-12-31" }),
      uncertifiedRow({ mentor_key: "C" }),
    ]);

    const differing = await query(
      url,
      `select m.mentor_key, m.coverage, c.coverage as computed
       from app_public.mentors as m
       join app_private.coverage(array(select id from app_public.mentors)) as c on c.mentor_id = m.id
       where m.coverage is distinct from c.coverage`,
    );
    expect(differing).toEqual([]);
  });
});

describe("periods", () => {
  const first = mentorRow({ valid_from: "2025-01-01", expires_on: "2026-12-31" });
  const renewal = mentorRow({ valid_from: "2026-11-01", expires_on: "2028-12-31" });
  const renewed = [
    { valid_from: "2025-01-01", expires_on: "2026-12-31", replaced_on: "2026-11-01" },
    { valid_from: "2026-11-01", expires_on: "2028-12-31", replaced_on: null },
  ];

  test("a renewal in the file replaces the period that runs, in whatever order they stand", async ({
    fresh,
  }) => {
    const url = await fresh();
    await createOrganization(url);

    await importText(url, "mentors", [renewal, first]);

    expect(await periods(url)).toEqual(renewed);
  });

  test("a renewal of a known mentor replaces the stored period", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);
    await importText(url, "mentors", [first]);

    const { summary } = await importText(url, "mentors", [renewal]);

    expect(await periods(url)).toEqual(renewed);
    expect(summary?.counts["certifications"]).toEqual({ created: 1, updated: 1, unchanged: 0 });
    expect(await standings(url)).toEqual({ M1: "active" });
  });

  test("a certification of a paused mentor lifts the pause, as any grant does", async ({
    fresh,
  }) => {
    const url = await fresh();
    await createOrganization(url);
    await importText(url, "mentors", [
      mentorRow({ valid_from: "2024-01-01", expires_on: "2025-12-31" }),
      uncertifiedRow({ mentor_key: "M2" }),
    ]);

    await importText(url, "mentors", [mentorRow(), mentorRow({ mentor_key: "M2" })]);

    expect(await standings(url)).toEqual({ M1: "active", M2: "active" });
  });

  test("another last day corrects the known certification", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);
    await importText(url, "mentors", [first, renewal]);

    await importText(url, "mentors", [{ ...first, expires_on: "2026-10-15" }]);

    expect(await periods(url)).toEqual([
      { valid_from: "2025-01-01", expires_on: "2026-10-15", replaced_on: null },
      renewed[1],
    ]);
  });

  test("a period within another is an error, be the other in the file or stored", async ({
    fresh,
  }) => {
    const url = await fresh();
    await createOrganization(url);
    const within = mentorRow({ valid_from: "2026-02-01", expires_on: "2026-12-31" });

    const filed = await importText(url, "mentors", [first, within]);
    await importText(url, "mentors", [first]);
    const stored = await importText(url, "mentors", [within]);

    expect(filed.problems).toMatchObject([{ line: 3, column: "expires_on" }]);
    expect(stored.problems).toMatchObject([{ line: 2, column: "expires_on" }]);
  });

  test("the same certification twice is an error that names the earlier line", async ({
    fresh,
  }) => {
    const url = await fresh();
    await createOrganization(url);

    const { problems } = await importText(url, "mentors", [
      first,
      { ...first, valid_from: "01.01.2025", expires_on: "2027-12-31" },
    ]);

    expect(problems).toMatchObject([{ line: 3, column: "valid_from" }]);
    expect(problems[0]?.cause).toContain("line 2");
  });

  test("a certification that was revoked here stays revoked", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);
    await importText(url, "mentors", [first]);
    await query(
      url,
      `select from app_public.certifications as c
       cross join lateral app_public.revoke_certification(c.id, 'Course was not attended')`,
    );

    const { summary, problems } = await importText(url, "mentors", [first]);

    expect(problems).toEqual([]);
    expect(summary?.counts["certifications"]).toMatchObject({ created: 0, updated: 0 });
    expect(summary?.warnings.join(" ")).toContain("stays revoked");
  });
});

describe("who a mentor is", () => {
  test("rows of one mentor must agree, and the error names the earlier line", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);
    const later = { valid_from: "2027-01-01", expires_on: "2027-12-31" };

    const { problems } = await importText(url, "mentors", [
      mentorRow(),
      mentorRow({ ...later, full_name: "Another", chapter: "Bergen", portal_consent: "no" }),
      mentorRow({ mentor_key: "M2" }),
      mentorRow({ mentor_key: "M2", ...later, email: "other@example.org" }),
    ]);

    expect(problems.map(({ line, column }) => [line, column])).toEqual([
      [3, "chapter"],
      [3, "full_name"],
      [3, "portal_consent"],
      [5, "email"],
    ]);
    expect(problems[0]?.cause).toContain("line 2");
  });

  test("an empty cell contradicts nothing, nor does the same list in another order", async ({
    fresh,
  }) => {
    const url = await fresh();
    await createOrganization(url);

    const { problems } = await importText(url, "mentors", [
      mentorRow({ coordinator_emails: "a@example.org|b@example.org", portal_consent: "ja" }),
      mentorRow({
        valid_from: "2027-01-01",
        expires_on: "2027-12-31",
        coordinator_emails: "B@example.org | a@example.org",
        portal_consent: "1",
        full_name: "",
      }),
    ]);

    expect(problems).toEqual([]);
  });

  test("one person may be mentor in two chapters but not twice in one", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);
    const person = { email: "same@example.org", full_name: "Same" };

    const twice = await importText(url, "mentors", [
      mentorRow({ mentor_key: "M1", ...person }),
      mentorRow({ mentor_key: "M2", ...person }),
    ]);
    const apart = await importText(url, "mentors", [
      mentorRow({ mentor_key: "M1", ...person }),
      mentorRow({ mentor_key: "M2", ...person, chapter: "Bergen" }),
    ]);
    const stored = await importText(url, "mentors", [mentorRow({ mentor_key: "M3", ...person })]);

    expect(twice.problems).toMatchObject([{ line: 3, column: "chapter" }]);
    expect(apart.problems).toEqual([]);
    expect(stored.problems).toMatchObject([{ line: 2, column: "chapter" }]);
  });

  test("one address with two names is an error", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);

    const { problems } = await importText(url, "mentors", [
      mentorRow({ mentor_key: "M1", email: "x@example.org", full_name: "X" }),
      mentorRow({ mentor_key: "M2", email: "X@example.org", full_name: "Y", chapter: "Bergen" }),
    ]);

    expect(problems).toMatchObject([{ line: 3, column: "full_name" }]);
  });

  test("a new address of a known mentor is the new address of the person", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);
    await importText(url, "mentors", [mentorRow({ email: "old@example.org" })]);

    const { summary } = await importText(url, "mentors", [mentorRow({ email: "new@example.org" })]);

    expect(summary?.counts["people"]).toEqual({ created: 0, updated: 1, unchanged: 0 });
    expect(await query(url, "select p.email from app_public.people as p")).toEqual([
      { email: "new@example.org" },
    ]);
  });

  test("a known key does not change hands", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);
    await importText(url, "mentors", [mentorRow(), mentorRow({ mentor_key: "M2" })]);

    const { problems } = await importText(url, "mentors", [mentorRow({ email: "m2@example.org" })]);

    expect(problems).toMatchObject([{ line: 2, column: "email" }]);
  });

  test("two addresses for one known person are an error", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);
    const person = { email: "same@example.org", full_name: "Same" };
    await importText(url, "mentors", [
      mentorRow({ ...person }),
      mentorRow({ ...person, mentor_key: "M2", chapter: "Bergen" }),
    ]);

    const { problems } = await importText(url, "mentors", [
      mentorRow({ ...person, email: "new@example.org" }),
      mentorRow({ ...person, mentor_key: "M2", chapter: "Bergen" }),
    ]);

    expect(problems.map(({ column }) => column)).toEqual(["email", "email"]);
  });

  test("chapter and consent follow the file, journalled once; empty consent leaves it", async ({
    fresh,
  }) => {
    const url = await fresh();
    await createOrganization(url);
    await importText(url, "mentors", [mentorRow({ portal_consent: "yes" })]);

    await importText(url, "mentors", [mentorRow({ portal_consent: "", chapter: "Tromsø" })]);

    expect(
      await query(
        url,
        `select m.portal_consent, m.version, c.name
         from app_public.mentors as m
         join app_public.chapters as c on c.id = m.chapter_id`,
      ),
    ).toEqual([{ portal_consent: true, version: 2, name: "Tromsø" }]);
  });
});

describe("what the organisation does not have yet", () => {
  test("chapters, types and coordinators are created and named", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);

    const { summary } = await importText(url, "mentors", [
      mentorRow({ coordinator_emails: "kari@example.org" }),
    ]);

    expect(summary?.warnings).toEqual([
      'Created the chapter "Oslo".',
      'Created the certification type "Likeperson", required of every mentor.',
      "Created the coordinator kari@example.org, whose name is not known; import it as people.",
    ]);
  });

  test("a new required type says whom outside the file it will pause", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);
    await importText(url, "mentors", [mentorRow()]);

    const { summary } = await importText(url, "mentors", [
      mentorRow({ mentor_key: "M2", certification_type: "Likeprson" }),
    ]);

    expect(summary?.warnings).toEqual([
      'Created the certification type "Likeprson", required of every mentor. Mentors outside the file, whom the next nightly run pauses if they are active: 1.',
    ]);
  });
});

async function assigned(url: string): Promise<string[]> {
  const rows = await query<{ line: string }>(
    url,
    `select format('%s %s', p.email, a.period) as line
     from app_public.coordinator_assignments as a
     join app_public.people as p on p.id = a.coordinator_id
     order by line`,
  );
  return rows.map(({ line }) => line);
}

function named(coordinator_emails: string): Record<string, string>[] {
  return [mentorRow({ coordinator_emails })];
}

describe("coordinators", () => {
  test("the list is the whole list: others end, missing ones begin, empty leaves all", async ({
    fresh,
  }) => {
    const url = await fresh();
    await createOrganization(url);
    await importText(url, "mentors", named("a@example.org|b@example.org"), {
      asOf: "2026-11-01 11:00:00+00",
    });

    await importText(url, "mentors", named(""));
    const untouched = await assigned(url);
    await importText(url, "mentors", named("b@example.org|c@example.org"));

    expect(untouched).toEqual(["a@example.org [2026-11-01,)", "b@example.org [2026-11-01,)"]);
    expect(await assigned(url)).toEqual([
      "a@example.org [2026-11-01,2026-11-22)",
      "b@example.org [2026-11-01,)",
      "c@example.org [2026-11-22,)",
    ]);
  });

  test("one who began today and is taken off the list today has never been", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);
    await importText(url, "mentors", [mentorRow({ coordinator_emails: "a@example.org" })]);

    await importText(url, "mentors", [mentorRow({ coordinator_emails: "b@example.org" })]);
    await importText(url, "mentors", [mentorRow({ coordinator_emails: "a@example.org" })]);

    expect(await assigned(url)).toEqual(["a@example.org [2026-11-22,)"]);
  });
});

describe("silent", () => {
  test("every threshold that is due already is seeded, and no other", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);
    const rows = [
      mentorRow({ mentor_key: "IN_10", expires_on: "2026-12-02" }),
      mentorRow({ mentor_key: "IN_30", expires_on: "2026-12-22" }),
      mentorRow({ mentor_key: "IN_31", expires_on: "2026-12-23" }),
      mentorRow({ mentor_key: "GONE", valid_from: "2025-01-01", expires_on: "2026-11-21" }),
    ];

    await importText(url, "mentors", rows, { silent: true });
    await importText(url, "mentors", rows, { silent: true });

    const seeded = await query(
      url,
      `select m.mentor_key, r.threshold_days, r.disposition, r.decided_on
       from app_public.certification_reminders as r
       join app_public.mentors as m on m.id = r.mentor_id
       order by m.mentor_key, r.threshold_days`,
    );
    const expected = { disposition: "seeded", decided_on: AS_OF.slice(0, 10) };
    expect(seeded).toEqual([
      { mentor_key: "IN_10", threshold_days: 14, ...expected },
      { mentor_key: "IN_10", threshold_days: 30, ...expected },
      { mentor_key: "IN_30", threshold_days: 30, ...expected },
    ]);
  });

  test("without it nothing is seeded", async ({ fresh }) => {
    const url = await fresh();
    await createOrganization(url);

    await importText(url, "mentors", [mentorRow({ expires_on: "2026-12-02" })]);

    expect(await query(url, "select from app_public.certification_reminders")).toEqual([]);
  });
});
