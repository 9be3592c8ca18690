import { describe, expect } from "vitest";
import {
  type Database,
  type Organization,
  TODAY,
  aCertification,
  aChapter,
  aCoordinator,
  aMentor,
  aPause,
  aPerson,
  actAs,
  addDays,
  anOrganization,
  insert,
  setClock,
} from "../../support/builders.ts";
import { refusal } from "../../support/outcomes.ts";
import { setListing } from "../../support/portal.ts";
import { become, test as personas } from "../../support/rights.ts";
import { keysOf, roster, walk } from "../../support/roster.ts";
import { test } from "../../support/database.ts";

/** A mentor who is called so, and whose key is the name. */
async function aMentorNamed(
  db: Database,
  organization: Organization,
  name: string,
  overrides: Parameters<typeof aMentor>[2] = {},
) {
  const personId = await aPerson(db, organization, { full_name: name });
  return await aMentor(db, organization, { mentorKey: name, personId, ...overrides });
}

async function anAssignment(
  db: Database,
  mentor: { id: string; organizationId: string },
  lastContactOn: string,
  overrides: Record<string, unknown> = {},
) {
  return await insert<{ id: string }>(db, "app_public.assignments", {
    organization_id: mentor.organizationId,
    mentor_id: mentor.id,
    assignment_key: crypto.randomUUID(),
    client_reference: "client",
    opened_on: addDays(TODAY, -300),
    last_contact_on: lastContactOn,
    ...overrides,
  });
}

describe("V1 a row of the roster", () => {
  test("says how a mentor stands", async ({ tx }) => {
    const organization = await anOrganization(tx, { locale: "en" });
    const chapterId = await aChapter(tx, organization, { name: "Troms" });
    const mentor = await aMentorNamed(tx, organization, "Kari", {
      chapterId,
      expiresOn: addDays(TODAY, 20),
    });
    await aPause(tx, mentor, { cause: "self", expectedReturnOn: addDays(TODAY, 9) });
    await anAssignment(tx, mentor, addDays(TODAY, -50));
    await anAssignment(tx, mentor, addDays(TODAY, -70));
    await anAssignment(tx, mentor, addDays(TODAY, -90), { closed_on: TODAY });
    await setListing(tx, mentor, "pending_since = '2026-03-15 10:04 UTC'");

    const { nodes } = await roster(tx, { organization_id: organization.id });

    expect(nodes).toEqual([
      {
        mentor_id: mentor.id,
        mentor_key: "Kari",
        full_name: "Kari",
        chapter_id: chapterId,
        chapter: "Troms",
        status: "paused",
        // Enrolled, certified, activated, paused.
        version: expect.any(Number),
        is_certified: true,
        pause_cause: "self",
        expected_return_on: addDays(TODAY, 9),
        next_expires_on: addDays(TODAY, 20),
        days_left: 20,
        open_assignments: 2,
        quietest_last_contact_on: addDays(TODAY, -70),
        portal_condition: "pending",
        portal_notice:
          "Dynamics sync pending since 15 March 2026, 11:04: the mentor may still be visible on the portal.",
      },
    ]);
  });

  test("says nothing where there is nothing", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aMentor(tx, organization, { status: "pending" });

    const { nodes } = await roster(tx, { organization_id: organization.id });

    expect(nodes).toMatchObject([
      {
        is_certified: false,
        pause_cause: null,
        expected_return_on: null,
        next_expires_on: null,
        days_left: null,
        open_assignments: 0,
        quietest_last_contact_on: null,
      },
    ]);
  });

  test("counts the days of an ended certification below zero", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aMentor(tx, organization, { status: "paused", pauseCause: "certification" });

    const { nodes } = await roster(tx, { organization_id: organization.id });

    expect(nodes).toMatchObject([
      { days_left: -1, is_certified: false, pause_cause: "certification" },
    ]);
  });

  test("says what is true today, also before a night or a tick has come", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 1) });
    await aCertification(tx, mentor, organization.typeId, {
      validFrom: addDays(TODAY, 4),
      expiresOn: addDays(TODAY, 100),
    });
    await anAssignment(tx, mentor, addDays(TODAY, -5), { closed_on: addDays(TODAY, 4) });

    await setClock(tx, `${addDays(TODAY, 4)} 00:01 Europe/Oslo`);

    expect((await roster(tx)).nodes[0]).toMatchObject({
      is_certified: true,
      next_expires_on: addDays(TODAY, 100),
      days_left: 96,
      open_assignments: 0,
      quietest_last_contact_on: null,
    });
  });

  test("names a person's pause before one for certification", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, {
      status: "paused",
      pauseCause: "certification",
    });
    await aPause(tx, mentor, { cause: "coordinator" });

    const { nodes } = await roster(tx, { organization_id: organization.id });

    expect(nodes).toMatchObject([{ pause_cause: "coordinator" }]);
  });

  test("P4 speaks the caller's language", async ({ tx }) => {
    const organization = await anOrganization(tx, { locale: "nb" });
    const mentor = await aMentor(tx, organization);
    const personId = await aPerson(tx, organization, { locale: "nn" });
    await aCoordinator(tx, mentor, { personId });
    await actAs(tx, personId);

    const { nodes } = await roster(tx);

    expect(nodes[0]!.portal_notice).toMatch(/^Ventar på Dynamics sidan/);
  });
});

describe("V1 the roster is ordered", () => {
  const NAMES = ["Anne", "anne", "Anné", "Zara", "Ærlend", "Øyvind", "Åse"];

  test("by name as Norwegians do, æ ø å last, by default", async ({ tx }) => {
    const organization = await anOrganization(tx);
    for (const name of NAMES.toReversed()) await aMentorNamed(tx, organization, name);

    const keys = await keysOf(tx, { organization_id: organization.id });

    expect(keys.slice(3)).toEqual(["Zara", "Ærlend", "Øyvind", "Åse"]);
    expect(new Set(keys.slice(0, 3))).toEqual(new Set(["Anne", "anne", "Anné"]));
  });

  test("by key", async ({ tx }) => {
    const organization = await anOrganization(tx);
    for (const mentorKey of ["B", "C", "A"]) await aMentor(tx, organization, { mentorKey });

    const keys = await keysOf(tx, { organization_id: organization.id, order_by: "key" });

    expect(keys).toEqual(["A", "B", "C"]);
  });

  test("by the next expiry, who holds none comes last", async ({ tx }) => {
    const organization = await anOrganization(tx);
    await aMentor(tx, organization, { mentorKey: "none", status: "pending" });
    await aMentor(tx, organization, { mentorKey: "later", expiresOn: addDays(TODAY, 9) });
    await aMentor(tx, organization, { mentorKey: "soon", expiresOn: addDays(TODAY, 3) });
    await aMentor(tx, organization, {
      mentorKey: "ended",
      status: "paused",
      pauseCause: "certification",
    });

    const keys = await keysOf(tx, { organization_id: organization.id, order_by: "next_expiry" });

    expect(keys).toEqual(["ended", "soon", "later", "none"]);
  });

  test("by the oldest silence, who has no open assignment comes last", async ({ tx }) => {
    const organization = await anOrganization(tx);
    for (const [mentorKey, days] of [
      ["none", null],
      ["lately", 2],
      ["long ago", 60],
    ] as const) {
      const mentor = await aMentor(tx, organization, { mentorKey });
      if (days !== null) await anAssignment(tx, mentor, addDays(TODAY, -days));
    }

    const keys = await keysOf(tx, { organization_id: organization.id, order_by: "quietest" });

    expect(keys).toEqual(["long ago", "lately", "none"]);
  });
});

describe("V1 the roster is narrowed by", () => {
  const filtered = test.extend("stage", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const chapterId = await aChapter(tx, organization);
    const anne = await aMentorNamed(tx, organization, "Anne 100%", {
      expiresOn: addDays(TODAY, 30),
    });
    const odd = await aMentorNamed(tx, organization, "Øyvind", {
      chapterId,
      status: "paused",
    });
    const zara = await aMentorNamed(tx, organization, "Zara_", { status: "pending" });
    const coordinatorId = await aCoordinator(tx, anne);
    await aCoordinator(tx, odd, { personId: coordinatorId, until: TODAY });
    await anAssignment(tx, anne, addDays(TODAY, -10));
    await anAssignment(tx, odd, addDays(TODAY, -11));
    await setListing(
      tx,
      zara,
      "condition = 'needs_attention', error_class = 'permanent', error_message = 'No.'",
    );
    return { organization, chapterId, coordinatorId };
  });

  filtered.for<[string, Record<string, unknown>, string[]]>([
    ["a status", { statuses: ["paused"] }, ["Øyvind"]],
    ["several statuses", { statuses: ["paused", "pending"] }, ["Zara_", "Øyvind"]],
    ["no status at all", { statuses: [] }, []],
    ["a condition", { portal_conditions: ["needs_attention"] }, ["Zara_"]],
    ["conditions", { portal_conditions: ["pending", "synced"] }, ["Anne 100%", "Øyvind"]],
    ["a part of the name", { search: "YVI" }, ["Øyvind"]],
    ["a letter that is not ASCII, whatever its case", { search: "ø" }, ["Øyvind"]],
    ["the beginning of the key", { search: "zar" }, ["Zara_"]],
    [
      "a search of blanks, which narrows nothing",
      { search: " " },
      ["Anne 100%", "Zara_", "Øyvind"],
    ],
    ["a percent sign that stands for itself", { search: "%" }, ["Anne 100%"]],
    ["an underscore that stands for itself", { search: "_" }, ["Zara_"]],
    ["a backslash that stands for itself", { search: "\\" }, []],
    ["an expiry on the last of so many days", { expires_within_days: 30 }, ["Anne 100%"]],
    ["an expiry, which is a day later", { expires_within_days: 29 }, []],
    ["a silence of so many days", { quiet_for_days: 11 }, ["Øyvind"]],
    ["a silence of a day less", { quiet_for_days: 10 }, ["Anne 100%", "Øyvind"]],
    ["two at once", { quiet_for_days: 10, statuses: ["active"] }, ["Anne 100%"]],
    ["days beyond any calendar", { expires_within_days: 2 ** 31 - 1 }, ["Anne 100%", "Øyvind"]],
  ])("%s", async ([, filter, expected], { tx, stage }) => {
    expect(await keysOf(tx, { organization_id: stage.organization.id, ...filter })).toEqual(
      expected,
    );
  });

  filtered("a chapter", async ({ tx, stage }) => {
    expect(await keysOf(tx, { chapter_id: stage.chapterId })).toEqual(["Øyvind"]);
  });

  filtered("a coordinator, as of today", async ({ tx, stage }) => {
    expect(await keysOf(tx, { coordinator_id: stage.coordinatorId })).toEqual(["Anne 100%"]);
  });

  filtered("days before today: refused", async ({ tx }) => {
    expect(await refusal(tx, () => roster(tx, { quiet_for_days: -1 }))).toMatchObject({
      code: "MNARG",
    });
  });
});

/** A cursor as somebody might make it up. */
function name(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString("base64");
}

describe("V1 a page", () => {
  test("says whether there is another", async ({ tx }) => {
    const organization = await anOrganization(tx);
    for (const name of ["A", "B", "C"]) await aMentorNamed(tx, organization, name);
    const of = { organization_id: organization.id };

    const first = await roster(tx, { ...of, first: 2 });
    const last = await roster(tx, { ...of, first: 2, after: first.page_info.end_cursor });
    const whole = await roster(tx, { ...of, first: 3 });
    const beyond = await roster(tx, { ...of, after: last.page_info.end_cursor });

    expect(first.nodes.map(({ full_name }) => full_name)).toEqual(["A", "B"]);
    expect(first.page_info).toMatchObject({ has_next_page: true, has_previous_page: false });
    expect(first.edges.map(({ node }) => node)).toEqual(first.nodes);
    expect(first.edges.at(-1)!.cursor).toBe(first.page_info.end_cursor);
    expect(first.edges[0]!.cursor).toBe(first.page_info.start_cursor);
    expect(last.nodes.map(({ full_name }) => full_name)).toEqual(["C"]);
    expect(last.page_info).toMatchObject({ has_next_page: false, has_previous_page: true });
    expect(whole.page_info.has_next_page).toBe(false);
    expect(beyond).toMatchObject({
      nodes: [],
      edges: [],
      page_info: { has_next_page: false, start_cursor: null, end_cursor: null },
    });
  });

  test("has 25 rows unless another number is asked for", async ({ tx }) => {
    const organization = await anOrganization(tx);
    for (let n = 0; n < 26; n += 1) await aMentor(tx, organization, { status: "pending" });
    const of = { organization_id: organization.id };

    expect((await roster(tx, of)).nodes).toHaveLength(25);
    expect((await roster(tx, { ...of, first: null })).nodes).toHaveLength(25);
    expect((await roster(tx, { ...of, first: 100 })).nodes).toHaveLength(26);
  });

  const id = "00000000-0000-0000-0000-000000000001";

  test.for<[string, Record<string, unknown>]>([
    ["no rows", { first: 0 }],
    ["fewer than none", { first: -1 }],
    ["more than a hundred", { first: 101 }],
    ["more than can be counted", { first: 2 ** 31 - 1 }],
    ["a cursor that is no cursor", { after: "?" }],
    ["an empty cursor", { after: "" }],
    ["a cursor that is no JSON", { after: Buffer.from("A").toString("base64") }],
    ["a cursor that is no list", { after: name({ name: 1 }) }],
    ["a cursor of another order", { after: name(["key", "A", id]) }],
    ["a cursor without a mentor", { after: name(["name", "A", null]) }],
    ["a cursor without a value", { after: name(["name", null, id]) }],
    [
      "a cursor with a date that is none",
      { after: name(["next_expiry", "A", id]), order_by: "next_expiry" },
    ],
    [
      "a cursor that is nested without end",
      { after: Buffer.from("[".repeat(100_000)).toString("base64") },
    ],
    ["a cursor that is not text", { after: Buffer.from([0xff, 0xfe]).toString("base64") }],
  ])("of %s is refused", async ([, args], { tx }) => {
    expect(await refusal(tx, () => roster(tx, args))).toMatchObject({ code: "MNARG" });
  });

  test("may begin where no mentor is", async ({ tx }) => {
    const organization = await anOrganization(tx);
    for (const named of ["A", "C"]) await aMentorNamed(tx, organization, named);

    const after = name(["name", "B", id]);

    expect(await keysOf(tx, { organization_id: organization.id, after })).toEqual(["C"]);
  });
});

describe("X3 of the roster a persona sees", () => {
  personas.for([
    ["anonymous", ""],
    ["unknown", ""],
    ["service", ""],
    ["member", ""],
    ["mentor", "own"],
    ["coordinator", "own"],
    ["formerCoordinator", ""],
    ["chapterAdministrator", "own"],
    ["organizationAdministrator", "other own"],
    ["foreignAdministrator", "foreign"],
  ] as const)(
    "the mentors whom the policies show: %s",
    async ([persona, expected], { tx, world }) => {
      await setClock(tx, TODAY);
      await become(tx, world.requests[persona]);

      for (const order_by of ["name", "key", "next_expiry", "quietest"]) {
        const entries = await walk(tx, { order_by, first: 1 });
        const seen = entries.map((entry) => world.names.get(entry.mentor_id) ?? "");
        const { rows } = await tx.query<{ id: string }>("select id from app_public.mentors");

        expect(seen).toHaveLength(rows.length);
        expect(new Set(seen)).toEqual(new Set(expected === "" ? [] : expected.split(" ")));
        expect(new Set(entries.map((entry) => entry.mentor_id))).toEqual(
          new Set(rows.map((row) => row.id)),
        );
      }
    },
  );

  personas("also whoever names another organisation", async ({ tx, world }) => {
    await setClock(tx, TODAY);
    await become(tx, world.requests.organizationAdministrator);

    expect(await keysOf(tx, { organization_id: world.owners.foreign.organizationId })).toEqual([]);
    expect(await keysOf(tx, { coordinator_id: world.owners.foreign.coordinatorId })).toEqual([]);
    expect(await keysOf(tx, { chapter_id: world.owners.foreign.mentor.chapterId })).toEqual([]);
  });
});
