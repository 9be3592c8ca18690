import type { PoolClient } from "pg";
import { describe, expect } from "vitest";
import {
  aMentor,
  aPause,
  addDays,
  anOrganization,
  setClock,
  setOrganizationSettings,
} from "../../support/builders.ts";
import type { Mentor, MentorOverrides, Organization } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { aftermath } from "../../support/nightly/aftermath.ts";
import {
  anAssignment,
  followUpsOf,
  setLastContact,
  toldOfSilence,
} from "../../support/nightly/assignments.ts";
import type { Assignment } from "../../support/nightly/assignments.ts";
import { actionsOf, brief, planOf } from "../../support/nightly/plan.ts";
import { approve, ledger, runNight } from "../../support/nightly/runs.ts";
import { call, mentorNow, refusal, violationsOf } from "../../support/outcomes.ts";

/** The last contact of every story; the standard settings follow up after 45 and 60 days. */
const CONTACT = "2026-04-01";
const STEP_1 = "2026-05-16";
const STEP_2 = "2026-05-31";

interface Story {
  organization: Organization;
  mentor: Mentor;
  assignment: Assignment;
}

/** A mentor certified for years, with one assignment that is silent since CONTACT. */
async function aSilence(
  tx: PoolClient,
  {
    settings = {},
    mentor: overrides = {},
    closedOn = null,
  }: {
    settings?: Record<string, unknown>;
    mentor?: MentorOverrides;
    closedOn?: string | null;
  } = {},
): Promise<Story> {
  const organization = await anOrganization(tx, { settings });
  const mentor = await aMentor(tx, organization, {
    mentorKey: "anna",
    expiresOn: "2029-12-31",
    ...overrides,
  });
  const assignment = await anAssignment(tx, mentor, {
    key: "A-1",
    openedOn: "2026-01-01",
    contactOn: CONTACT,
    closedOn,
  });
  return { organization, mentor, assignment };
}

async function followUpsIn(tx: PoolClient, organizationId: string, on: string) {
  const plan = await planOf(tx, organizationId, on);
  return plan.filter(({ action }) => action === "follow_up");
}

/** Runs every night and returns `days of silence since CONTACT: step` of what was sent. */
async function sentNightByNight(
  tx: PoolClient,
  { organization }: Story,
  from: number,
  to: number,
): Promise<string[]> {
  const sent: string[] = [];
  for (let silent = from; silent <= to; silent += 1) {
    const on = addDays(CONTACT, silent);
    const due = await followUpsIn(tx, organization.id, on);
    const run = await runNight(tx, organization.id, on);
    expect(run.followed_up_count).toBe(due.length);
    sent.push(...due.map(({ step }) => `${silent}: ${step}`));
  }
  return sent;
}

describe("F1: the days on which the steps are due", () => {
  test.for([
    { silent: 0, step: null, collapsed: null },
    { silent: 44, step: null, collapsed: null },
    { silent: 45, step: 1, collapsed: null },
    { silent: 46, step: 1, collapsed: null },
    { silent: 59, step: 1, collapsed: null },
    { silent: 60, step: 2, collapsed: [1] },
    { silent: 61, step: 2, collapsed: [1] },
    { silent: 900, step: 2, collapsed: [1] },
  ])(
    "a first night after $silent days sends $step and collapses $collapsed",
    async ({ silent, step, collapsed }, { tx }) => {
      const { organization } = await aSilence(tx);

      const due = await followUpsIn(tx, organization.id, addDays(CONTACT, silent));

      expect(due.map((row) => [row.step, row.collapsed_steps])).toEqual(
        step === null ? [] : [[step, collapsed]],
      );
    },
  );

  test("night by night each step is sent once, first to the mentor, then to the coordinators", async ({
    tx,
  }) => {
    const story = await aSilence(tx);

    expect(await sentNightByNight(tx, story, 40, 75)).toEqual(["45: 1", "60: 2"]);

    expect(await toldOfSilence(tx, story.assignment)).toEqual([
      "2026-04-01 1 mentor",
      "2026-04-01 2 coordinators",
    ]);
    expect(await followUpsOf(tx, story.assignment)).toEqual([
      "2026-04-01 1 notified",
      "2026-04-01 2 notified",
    ]);
  });

  test("five steps, each on its day", async ({ tx }) => {
    const settings = { follow_up_after_days: 10, follow_up_steps: [0, 1, 3, 7, 20] };
    const story = await aSilence(tx, { settings });

    expect(await sentNightByNight(tx, story, 8, 32)).toEqual([
      "10: 1",
      "11: 2",
      "13: 3",
      "17: 4",
      "30: 5",
    ]);
  });

  test("without steps nothing is followed up", async ({ tx }) => {
    const { organization } = await aSilence(tx, { settings: { follow_up_steps: [] } });

    expect(await followUpsIn(tx, organization.id, addDays(CONTACT, 500))).toEqual([]);
  });

  test("a first day without a contact since counts as one", async ({ tx }) => {
    const { organization, mentor } = await aSilence(tx);
    await anAssignment(tx, mentor, { key: "A-2", contactOn: "2026-04-02" });

    expect(await followUpsIn(tx, organization.id, STEP_1)).toMatchObject([
      { assignment_key: "A-1", last_contact_on: CONTACT },
    ]);
    expect(await followUpsIn(tx, organization.id, "2026-05-17")).toMatchObject([
      { assignment_key: "A-1", last_contact_on: CONTACT },
      { assignment_key: "A-2", last_contact_on: "2026-04-02" },
    ]);
  });

  test.for([
    // Oslo's clocks go from 2 to 3 on 29 March and from 3 to 2 on 25 October 2026.
    { at: "2026-03-28T22:59:59Z", contactOn: "2026-02-12", due: false },
    { at: "2026-03-28T23:00:00Z", contactOn: "2026-02-12", due: true },
    { at: "2026-03-29T21:59:59Z", contactOn: "2026-02-13", due: false },
    { at: "2026-03-29T22:00:00Z", contactOn: "2026-02-13", due: true },
    { at: "2026-10-24T21:59:59Z", contactOn: "2026-09-10", due: false },
    { at: "2026-10-24T22:00:00Z", contactOn: "2026-09-10", due: true },
    { at: "2026-10-25T22:59:59Z", contactOn: "2026-09-11", due: false },
    { at: "2026-10-25T23:00:00Z", contactOn: "2026-09-11", due: true },
  ])(
    "at $at a contact of $contactOn is 45 dates ago: $due",
    async ({ at, contactOn, due }, { tx }) => {
      const { organization, mentor, assignment } = await aSilence(tx);
      await tx.query(
        "update app_public.assignments set closed_on = last_contact_on where id = $1",
        [assignment.id],
      );
      await anAssignment(tx, mentor, { contactOn });
      await setClock(tx, at);

      const run = await runNight(tx, organization.id, null);

      expect(run.followed_up_count).toBe(due ? 1 : 0);
    },
  );

  test("in the hour that October repeats, nothing is repeated", async ({ tx }) => {
    const { organization, mentor } = await aSilence(tx, { closedOn: CONTACT });
    const assignment = await anAssignment(tx, mentor, { contactOn: "2026-09-10" });

    for (const at of ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]) {
      await setClock(tx, at);
      await runNight(tx, organization.id, null);
    }

    expect(await toldOfSilence(tx, assignment)).toEqual(["2026-09-10 1 mentor"]);
    expect(await ledger(tx, organization.id)).toMatchObject([
      { run_on: "2026-10-25", attempt: 2, followed_up_count: 1 },
    ]);
  });
});

describe("F1, C5: after nights without a run", () => {
  test("one message covers what was missed, and the ledger says so", async ({ tx }) => {
    const { organization, assignment } = await aSilence(tx);
    await runNight(tx, organization.id, addDays(CONTACT, 40));

    const run = await runNight(tx, organization.id, addDays(CONTACT, 70));

    expect(run).toMatchObject({ state: "succeeded", followed_up_count: 1 });
    expect(await toldOfSilence(tx, assignment)).toEqual(["2026-04-01 2 coordinators"]);
    expect(await followUpsOf(tx, assignment)).toEqual([
      "2026-04-01 1 collapsed into 2",
      "2026-04-01 2 notified",
    ]);
    expect((await ledger(tx, organization.id)).map(({ state }) => state)).toEqual([
      "succeeded",
      ...Array.from({ length: 29 }, () => "skipped"),
      "succeeded",
    ]);
    expect(await runNight(tx, organization.id, addDays(CONTACT, 71))).toMatchObject({
      followed_up_count: 0,
    });
    expect(await violationsOf(tx, organization.id, addDays(CONTACT, 71))).toEqual([]);
  });

  test("only the steps that were really missed collapse", async ({ tx }) => {
    const settings = { follow_up_after_days: 10, follow_up_steps: [0, 5, 10, 15] };
    const { organization, assignment } = await aSilence(tx, { settings });
    await runNight(tx, organization.id, addDays(CONTACT, 12));

    await runNight(tx, organization.id, addDays(CONTACT, 26));

    expect(await followUpsOf(tx, assignment)).toEqual([
      "2026-04-01 1 notified",
      "2026-04-01 2 collapsed into 4",
      "2026-04-01 3 collapsed into 4",
      "2026-04-01 4 notified",
    ]);
  });
});

describe("F1: once for each (assignment, last contact, step)", () => {
  test("the same date again changes nothing", async ({ tx }) => {
    const { organization } = await aSilence(tx);
    await runNight(tx, organization.id, STEP_1);
    const before = await aftermath(tx, organization.id);

    const again = await runNight(tx, organization.id, STEP_1);

    expect(again).toMatchObject({ state: "succeeded", attempt: 2, followed_up_count: 1 });
    expect(await aftermath(tx, organization.id)).toEqual(before);
  });

  test("a second row is refused by its constraint, and so is a second message", async ({ tx }) => {
    const { organization, assignment } = await aSilence(tx);
    await runNight(tx, organization.id, STEP_1);
    const repeat = () =>
      tx.query(
        `insert into app_public.follow_up_reminders
           (assignment_id, mentor_id, last_contact_on, step, silent_days, disposition, decided_on)
         select f.assignment_id, f.mentor_id, f.last_contact_on, f.step, 46, 'notified', f.decided_on
         from app_public.follow_up_reminders as f
         where f.assignment_id = $1`,
        [assignment.id],
      );
    const tell = () =>
      tx.query(
        `insert into app_public.notifications
           (organization_id, mentor_id, assignment_id, kind, audience, reason, dedupe_key,
            last_contact_on, step)
         select organization_id, mentor_id, assignment_id, kind, audience, reason, dedupe_key,
           last_contact_on, step
         from app_public.notifications
         where assignment_id = $1`,
        [assignment.id],
      );

    expect(await refusal(tx, repeat)).toMatchObject({
      code: "23505",
      constraint: "follow_up_reminders_once",
    });
    expect(await refusal(tx, tell)).toMatchObject({
      code: "23505",
      constraint: "notifications_once",
    });
  });

  test.for([
    { name: "edited", statement: "update app_public.follow_up_reminders set step = 2" },
    { name: "deleted", statement: "delete from app_public.follow_up_reminders" },
    { name: "emptied", statement: "truncate app_public.follow_up_reminders" },
  ])("the ledger is not $name: MNAPP", async ({ statement }, { tx }) => {
    const { organization } = await aSilence(tx);
    await runNight(tx, organization.id, STEP_1);

    expect(await refusal(tx, () => tx.query(statement))).toMatchObject({
      code: "MNAPP",
      table: "follow_up_reminders",
    });
  });

  test("a contact arms every step again", async ({ tx }) => {
    const story = await aSilence(tx);
    expect(await sentNightByNight(tx, story, 45, 50)).toEqual(["45: 1"]);

    await setLastContact(tx, story.assignment, addDays(CONTACT, 50));

    expect(await sentNightByNight(tx, story, 51, 115)).toEqual(["95: 1", "110: 2"]);
    expect(await toldOfSilence(tx, story.assignment)).toEqual([
      "2026-04-01 1 mentor",
      "2026-05-21 1 mentor",
      "2026-05-21 2 coordinators",
    ]);
  });

  test("a last contact corrected backwards and forwards again repeats nothing", async ({ tx }) => {
    const story = await aSilence(tx);
    const later = addDays(CONTACT, 10);
    await setLastContact(tx, story.assignment, later);
    expect(await sentNightByNight(tx, story, 50, 55)).toEqual(["55: 1"]);

    await setLastContact(tx, story.assignment, CONTACT);
    expect(await sentNightByNight(tx, story, 56, 60), "an older silence").toEqual([
      "56: 1",
      "60: 2",
    ]);
    await setLastContact(tx, story.assignment, later);
    expect(await sentNightByNight(tx, story, 61, 75), "goes on from its first step").toEqual([
      "70: 2",
    ]);
    await setLastContact(tx, story.assignment, CONTACT);
    expect(await sentNightByNight(tx, story, 76, 80), "both were said").toEqual([]);
  });

  test("assignments of one mentor are silent each for itself", async ({ tx }) => {
    const { organization, mentor } = await aSilence(tx);
    await anAssignment(tx, mentor, { key: "A-2", contactOn: addDays(CONTACT, -15) });
    await anAssignment(tx, mentor, { key: "A-3", contactOn: addDays(CONTACT, 1) });

    const due = await followUpsIn(tx, organization.id, STEP_1);

    expect(due.map((row) => `${row.assignment_key} ${row.step}`)).toEqual(["A-1 1", "A-2 2"]);
    expect(await runNight(tx, organization.id, STEP_1)).toMatchObject({
      followed_up_count: 2,
      unchanged_count: 0,
    });
  });

  test("another organisation is left alone", async ({ tx }) => {
    const { organization } = await aSilence(tx);
    const other = await aSilence(tx);

    await runNight(tx, organization.id, STEP_1);

    expect(await followUpsOf(tx, other.assignment)).toEqual([]);
    expect(await followUpsIn(tx, other.organization.id, STEP_1)).toHaveLength(1);
  });
});

describe("F1: settings that change between two nights repeat nothing and lose nothing", () => {
  const CHANGES = [
    {
      name: "longer, after the first step",
      at: 50,
      to: { follow_up_after_days: 60 },
      sends: ["45: 1", "75: 2"],
    },
    {
      name: "longer, before it",
      at: 44,
      to: { follow_up_after_days: 60 },
      sends: ["60: 1", "75: 2"],
    },
    {
      name: "shorter, before the first step",
      at: 30,
      to: { follow_up_after_days: 20 },
      sends: ["31: 1", "35: 2"],
    },
    {
      name: "shorter, after it, so that the second is due at once",
      at: 50,
      to: { follow_up_after_days: 30 },
      sends: ["45: 1", "51: 2"],
    },
    {
      name: "so much shorter that both are due at once",
      at: 44,
      to: { follow_up_after_days: 1 },
      sends: ["45: 2"],
    },
    { name: "the second step removed", at: 50, to: { follow_up_steps: [0] }, sends: ["45: 1"] },
    {
      name: "the second step later",
      at: 50,
      to: { follow_up_steps: [0, 30] },
      sends: ["45: 1", "75: 2"],
    },
    {
      name: "a third step added",
      at: 62,
      to: { follow_up_steps: [0, 15, 25] },
      sends: ["45: 1", "60: 2", "70: 3"],
    },
    { name: "switched off", at: 40, to: { follow_up_steps: [] }, sends: [] },
  ];

  test.for(CHANGES)("$name", async ({ at, to, sends }, { tx }) => {
    const story = await aSilence(tx);
    const before = await sentNightByNight(tx, story, 29, at);

    await setOrganizationSettings(tx, story.organization, to);

    expect([...before, ...(await sentNightByNight(tx, story, at + 1, 80))]).toEqual(sends);
  });

  test.for([
    { name: "all steps", to: [], sends: ["80: 2"] },
    { name: "the second step", to: [0], sends: ["45: 1", "80: 2"] },
  ])("$name taken away and given back: sent then", async ({ to, sends }, { tx }) => {
    const story = await aSilence(tx);
    await setOrganizationSettings(tx, story.organization, { follow_up_steps: to });
    const before = await sentNightByNight(tx, story, 44, 79);

    await setOrganizationSettings(tx, story.organization, { follow_up_steps: [0, 15] });

    expect([...before, ...(await sentNightByNight(tx, story, 80, 90))]).toEqual(sends);
  });
});

describe("F1: where the night leaves the mentor decides", () => {
  test.for<{ name: string; mentor: MentorOverrides; due: string[] }>([
    { name: "paused by a person", mentor: { status: "paused" }, due: [] },
    {
      name: "paused for certification",
      mentor: { status: "paused", pauseCause: "certification", expiresOn: "2026-03-01" },
      due: [],
    },
    { name: "pending", mentor: { status: "pending" }, due: [] },
    { name: "retired", mentor: { status: "retired" }, due: [] },
    { name: "active", mentor: {}, due: ["follow_up anna assignment_silent"] },
    {
      name: "active and certified for the last day",
      mentor: { expiresOn: STEP_1, portalConsent: false },
      due: ["follow_up anna assignment_silent", "remind anna threshold_reached"],
    },
    {
      name: "paused tonight",
      mentor: { expiresOn: addDays(STEP_1, -1), portalConsent: false },
      due: ["pause anna certification_expired"],
    },
    {
      name: "who returns tonight",
      mentor: { status: "paused", expectedReturnOn: STEP_1, portalConsent: false },
      due: ["follow_up anna assignment_silent", "resume anna planned_return"],
    },
    {
      name: "who returns tomorrow",
      mentor: { status: "paused", expectedReturnOn: addDays(STEP_1, 1), portalConsent: false },
      due: [],
    },
    {
      name: "who would return, but has lapsed",
      mentor: {
        status: "paused",
        expectedReturnOn: STEP_1,
        expiresOn: addDays(STEP_1, -1),
        portalConsent: false,
      },
      due: ["pause anna certification_expired", "resume anna planned_return"],
    },
  ])("$name: $due", async ({ mentor, due }, { tx }) => {
    const { organization, assignment } = await aSilence(tx, { mentor });

    expect(brief(await planOf(tx, organization.id, STEP_1))).toEqual(due);

    const run = await runNight(tx, organization.id, STEP_1);
    expect(brief(await actionsOf(tx, run.id))).toEqual(due);
    expect(await toldOfSilence(tx, assignment)).toHaveLength(
      due.filter((line) => line.startsWith("follow_up")).length,
    );
  });

  test("a pending mentor whose certification begins tonight is followed up", async ({ tx }) => {
    const { organization, mentor } = await aSilence(tx, { mentor: { status: "pending" } });
    await tx.query(
      `insert into app_public.certifications
         (organization_id, mentor_id, certification_type_id, valid_from, expires_on)
       values ($1, $2, $3, $4, '2028-01-01')`,
      [organization.id, mentor.id, organization.typeId, STEP_1],
    );

    const plan = await planOf(tx, organization.id, STEP_1);

    expect(brief(plan)).toEqual([
      "follow_up anna assignment_silent",
      "resume anna certified",
      "show anna to_be_listed",
    ]);
  });

  test("after a long pause one message, of the latest step", async ({ tx }) => {
    const story = await aSilence(tx, {
      mentor: { status: "paused", expectedReturnOn: addDays(CONTACT, 90) },
    });

    expect(await sentNightByNight(tx, story, 44, 95)).toEqual(["90: 2"]);
  });

  test("who is paused between the steps is left in peace until the return", async ({ tx }) => {
    const story = await aSilence(tx);
    const before = await sentNightByNight(tx, story, 44, 46);
    await aPause(tx, story.mentor, { expectedReturnOn: addDays(CONTACT, 66) });

    expect([...before, ...(await sentNightByNight(tx, story, 47, 70))]).toEqual(["45: 1", "66: 2"]);
  });

  test.for([
    { closedOn: addDays(STEP_1, -1), due: 0 },
    { closedOn: STEP_1, due: 0 },
    { closedOn: addDays(STEP_1, 1), due: 1 },
  ])("an assignment closed on $closedOn: $due", async ({ closedOn, due }, { tx }) => {
    const { organization } = await aSilence(tx, { closedOn });

    expect(await followUpsIn(tx, organization.id, STEP_1)).toHaveLength(due);
  });
});

describe("F1: what is said", () => {
  test("each decision has its sentence, and the message names its silence and its run", async ({
    tx,
  }) => {
    const { organization, mentor, assignment } = await aSilence(tx);

    const run = await runNight(tx, organization.id, STEP_1);

    const [action] = await actionsOf(tx, run.id);
    expect(action).toMatchObject({
      action: "follow_up",
      assignment_key: "A-1",
      last_contact_on: CONTACT,
      step: 1,
      collapsed_steps: null,
      reason_code: "assignment_silent",
      reason: 'The last contact on assignment "A-1" was on 2026-04-01, 45 days ago; step 1 is due.',
    });
    const { rows } = await tx.query(
      `select n.mentor_id, n.kind, n.audience, n.state, n.last_contact_on, n.step, n.nightly_run_id,
         n.reason, n.dedupe_key
       from app_public.notifications as n
       where n.assignment_id = $1`,
      [assignment.id],
    );
    expect(rows).toEqual([
      {
        mentor_id: mentor.id,
        kind: "assignment_quiet",
        audience: "mentor",
        state: "open",
        last_contact_on: CONTACT,
        step: 1,
        nightly_run_id: run.id,
        reason:
          'The last contact on assignment "A-1" was on 2026-04-01, 45 days ago; step 1 is due.',
        dedupe_key: `assignment_quiet:${assignment.id}:2026-04-01:1`,
      },
    ]);
    const { rows: entries } = await tx.query(
      `select f.silent_days, f.decided_on, f.nightly_run_id
       from app_public.follow_up_reminders as f
       where f.assignment_id = $1`,
      [assignment.id],
    );
    expect(entries).toEqual([{ silent_days: 45, decided_on: STEP_1, nightly_run_id: run.id }]);
  });

  test.for([
    {
      steps: [0],
      silent: 1,
      reason: 'The last contact on assignment "A-1" was on 2026-04-01, 1 day ago; step 1 is due.',
    },
    {
      steps: [0, 1],
      silent: 2,
      reason:
        'The last contact on assignment "A-1" was on 2026-04-01, 2 days ago; step 2 is due, ' +
        "which covers the missed step 1.",
    },
    {
      steps: [0, 1, 2],
      silent: 9,
      reason:
        'The last contact on assignment "A-1" was on 2026-04-01, 9 days ago; step 3 is due, ' +
        "which covers the missed steps 1 and 2.",
    },
  ])("steps $steps after $silent days", async ({ steps, silent, reason }, { tx }) => {
    const settings = { follow_up_after_days: 1, follow_up_steps: steps };
    const { organization } = await aSilence(tx, { settings });

    expect(await followUpsIn(tx, organization.id, addDays(CONTACT, silent))).toMatchObject([
      { reason },
    ]);
  });

  test("C11: the brake counts the mentors that would be followed up", async ({ tx }) => {
    const { organization, mentor, assignment } = await aSilence(tx, {
      settings: { brake_share: 0, brake_minimum: 1 },
    });
    await anAssignment(tx, mentor, { key: "A-2", contactOn: CONTACT });
    expect((await runNight(tx, organization.id, STEP_1)).state).toBe("succeeded");

    const second = await aMentor(tx, organization, { mentorKey: "bert", expiresOn: "2029-12-31" });
    await anAssignment(tx, second, { key: "A-3", contactOn: addDays(CONTACT, -1) });
    const stopped = await runNight(tx, organization.id, STEP_2);

    expect(stopped).toMatchObject({ state: "needs_approval", followed_up_count: 0 });
    expect(await toldOfSilence(tx, assignment)).toHaveLength(1);
    expect(await approve(tx, stopped)).toMatchObject({ state: "succeeded", followed_up_count: 3 });
    expect(await toldOfSilence(tx, assignment)).toHaveLength(2);
  });

  test("C11: a step that was seeded is not sent, the next one is", async ({ tx }) => {
    const story = await aSilence(tx);
    await tx.query(
      `insert into app_public.follow_up_reminders
         (assignment_id, mentor_id, last_contact_on, step, silent_days, disposition, decided_on)
       values ($1, $2, $3, 1, 45, 'seeded', $4)`,
      [story.assignment.id, story.mentor.id, CONTACT, STEP_1],
    );

    expect(await sentNightByNight(tx, story, 45, 70)).toEqual(["60: 2"]);
    expect(await toldOfSilence(tx, story.assignment)).toEqual(["2026-04-01 2 coordinators"]);
  });

  test("S3: a follow-up changes nothing about the mentor", async ({ tx }) => {
    const { organization, mentor } = await aSilence(tx);
    const before = await mentorNow(tx, mentor.id);

    await runNight(tx, organization.id, STEP_1);

    expect(await mentorNow(tx, mentor.id)).toEqual(before);
  });

  test("C10: whom it concerns is not left alone in the preview", async ({ tx }) => {
    const { organization } = await aSilence(tx);
    await setClock(tx, STEP_1);
    const { rows } = await tx.query<{ action: string }>(
      "select p.action from app_public.nightly_plan($1, null, true) as p",
      [organization.id],
    );

    expect(rows).toEqual([{ action: "follow_up" }]);
    await expect(
      call(tx, "update_organization_settings", {
        organization_id: organization.id,
        follow_up_steps: [],
      }),
    ).resolves.toBeDefined();
    expect(brief(await planOf(tx, organization.id, STEP_1, true))).toEqual(["none anna active"]);
  });
});
