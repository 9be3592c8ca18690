import { describe, expect } from "vitest";
import {
  type Database,
  TODAY,
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
import { test } from "../../support/database.ts";
import { call } from "../../support/outcomes.ts";
import { become, test as personas } from "../../support/rights.ts";

interface Entry {
  at: Date;
  kind: string;
  title: string;
  detail: string | null;
  actor_kind: string | null;
  actor_id: string | null;
  actor_name: string | null;
  source: string;
  source_id: string;
  assignment_id: string | null;
}

async function timeline(
  db: Database,
  mentor: { id: string },
  until: string | null = null,
): Promise<Entry[]> {
  const { rows } = await db.query<Entry>(
    `select t.* from app_public.mentors as m
     cross join lateral app_public.mentor_timeline(m, $2) as t
     where m.id = $1`,
    [mentor.id, until],
  );
  return rows;
}

const kinds = (entries: Entry[]) => entries.map((entry) => entry.kind);
/** Sorted by their first words: some happen in the same instant. */
const byKind = (pairs: (string | null)[][]) =>
  pairs.toSorted((a, b) => String(a[0]).localeCompare(String(b[0])));
const only = (entries: Entry[], source: string) => entries.filter((e) => e.source === source);

describe("V3 the timeline of a mentor", () => {
  test("tells what happened, by whom and why, the newest first", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const personId = await aPerson(tx, organization, { full_name: "Ola Nordmann" });
    await aCoordinator(tx, mentor, { personId });
    await setClock(tx, `${TODAY} 10:00 UTC`);
    await actAs(tx, personId);
    await call(tx, "pause_mentor", {
      mentor_id: mentor.id,
      reason: "Needs a rest",
      expected_return_on: addDays(TODAY, 5),
    });
    await setClock(tx, `${TODAY} 11:00 UTC`);
    await call(tx, "resume_mentor", { mentor_id: mentor.id });

    const journal = only(await timeline(tx, mentor), "mentor_journal");

    expect(journal.slice(0, 2)).toMatchObject([
      { kind: "resumed", actor_kind: "person", actor_id: personId, actor_name: "Ola Nordmann" },
      {
        kind: "paused",
        title: "Paused (coordinator)",
        detail: `Needs a rest. Planned return: ${addDays(TODAY, 5)}. active → paused.`,
        at: new Date(`${TODAY}T10:00:00Z`),
      },
    ]);
    expect(kinds(journal).at(-1)).toBe("enrolled");
  });

  test("is in order, and each entry has a name of its own", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { status: "paused" });

    const entries = await timeline(tx, mentor);

    const instants = entries.map((entry) => entry.at.getTime());
    expect(instants).toEqual(instants.toSorted((a, b) => b - a));
    expect(new Set(entries.map((entry) => `${entry.source} ${entry.source_id}`)).size).toBe(
      entries.length,
    );
  });

  test("ends where a page began, whatever happens meanwhile", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const until = `${TODAY} 12:00 Europe/Oslo`;
    const rest = "rest of the portal's and the messages' own clock";
    const before = only(await timeline(tx, mentor, until), "mentor_journal");
    await setClock(tx, addDays(TODAY, 1));
    await aPause(tx, mentor, { reason: rest });

    const after = only(await timeline(tx, mentor, until), "mentor_journal");

    expect(after).toEqual(before);
    expect(kinds(only(await timeline(tx, mentor), "mentor_journal"))[0]).toBe("paused");
  });

  test("tells of pauses and certifications that an import brought along", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const personId = await aPerson(tx, organization);
    await tx.query("select set_config('mentor_lifecycle.actor', 'import', true)");
    const { rows } = await tx.query<{ id: string }>(
      `with mentor as (
         insert into app_public.mentors (
           id, organization_id, chapter_id, person_id, mentor_key, status, coverage
         )
         values (gen_random_uuid(), $1, $2, $3, 'M', 'active', datemultirange(daterange($5, $6, '[]')))
         returning *
       )
       insert into app_public.certifications
         (organization_id, mentor_id, certification_type_id, valid_from, expires_on, is_silent)
       select $1, m.id, $4, $5, $6, true
       from mentor as m
       returning mentor_id as id`,
      [
        organization.id,
        organization.chapterId,
        personId,
        organization.typeId,
        addDays(TODAY, -5),
        addDays(TODAY, 5),
      ],
    );

    const entries = await timeline(tx, rows[0]!);

    expect(only(entries, "certifications")).toMatchObject([
      {
        kind: "certified",
        detail: expect.stringContaining(`from ${addDays(TODAY, -5)} to ${addDays(TODAY, 5)}`),
      },
    ]);
    expect(kinds(only(entries, "mentor_journal"))).toEqual(["imported"]);
  });

  test("tells of nothing that is still to come, and of all of today", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 7) });
    await insert(tx, "app_public.assignments", {
      organization_id: organization.id,
      mentor_id: mentor.id,
      assignment_key: "A1",
      client_reference: "C1",
      opened_on: TODAY,
      closed_on: addDays(TODAY, 2),
    });
    const until = `${TODAY} 06:00 Europe/Oslo`;
    await setClock(tx, until);
    await tx.query("select app_public.run_nightly($1)", [organization.id]);

    const kinds = (await timeline(tx, mentor, until)).map(({ kind }) => kind);

    expect(kinds).toContain("assignment_opened");
    expect(kinds).not.toContain("assignment_closed");
    expect(kinds.filter((kind) => kind.startsWith("reminder_"))).not.toEqual([]);
  });

  test("tells of assignments, contacts and corrections", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const of = { organization_id: organization.id, mentor_id: mentor.id };
    const { id: assignment_id } = await insert<{ id: string }>(tx, "app_public.assignments", {
      ...of,
      assignment_key: "A1",
      client_reference: "C1",
      opened_on: addDays(TODAY, -100),
      last_contact_on: addDays(TODAY, -90),
      closed_on: addDays(TODAY, -1),
    });
    const { id: activity_id } = await insert<{ id: string }>(tx, "app_public.activities", {
      ...of,
      kind: "coordinator_proxy",
      occurred_on: addDays(TODAY, -80),
      registered_by: "database:psql",
      registered_at: addDays(TODAY, -79),
      removed_at: addDays(TODAY, -78),
      removed_by: "person:not-a-person",
    });
    await insert(tx, "app_public.activity_assignments", {
      activity_id,
      assignment_id,
      mentor_id: mentor.id,
    });
    await insert(tx, "app_public.last_contact_corrections", {
      assignment_id,
      mentor_id: mentor.id,
      previous_contact_on: addDays(TODAY, -90),
      last_contact_on: addDays(TODAY, -85),
      entered_contact_on: addDays(TODAY, -90),
      reason: "It was later",
      corrected_by: "database:psql",
      corrected_at: addDays(TODAY, -70),
    });

    const entries = await timeline(tx, mentor);

    expect(
      entries.filter((e) => /contact|assignment/.test(e.kind)).map((e) => [e.kind, e.detail]),
    ).toEqual([
      [
        "last_contact_corrected",
        `Assignment A1: from ${addDays(TODAY, -90)} to ${addDays(TODAY, -85)}. It was later`,
      ],
      ["assignment_closed", expect.stringMatching(/^Assignment A1 for C1; last contact on /)],
      ["contact_removed", expect.stringContaining(`Contact on ${addDays(TODAY, -80)}`)],
      ["contact_registered", `Contact on ${addDays(TODAY, -80)}; assignments: A1.`],
      ["assignment_opened", "Assignment A1 for C1."],
    ]);
    expect(entries.find((e) => e.kind === "contact_removed")).toMatchObject({
      actor_kind: "person",
      actor_id: null,
      actor_name: null,
    });
  });

  test("tells of nights, also of what failed or was no longer true", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const run = await insert<{ id: string }>(tx, "app_public.nightly_runs", {
      organization_id: organization.id,
      run_on: TODAY,
    });
    for (const [outcome, outcome_detail] of [
      ["applied", null],
      ["superseded", "It was renewed."],
      ["failed", "It broke."],
    ]) {
      await insert(tx, "app_public.nightly_run_actions", {
        run_id: run.id,
        attempt: 1,
        mentor_id: mentor.id,
        action: "hide",
        reason_code: "not_to_be_listed",
        reason: "The mentor will be paused.",
        outcome,
        outcome_detail,
      });
    }
    await insert(tx, "app_public.certification_reminders", {
      mentor_id: mentor.id,
      certification_id: mentor.certificationId,
      expires_on: addDays(TODAY, 365),
      threshold_days: 30,
      disposition: "collapsed",
      collapsed_into_days: 7,
      decided_on: TODAY,
      nightly_run_id: run.id,
    });

    const entries = await timeline(tx, mentor);

    expect(
      byKind(only(entries, "nightly_run_actions").map((e) => [e.kind, e.detail, e.actor_kind])),
    ).toEqual([
      ["night_applied", "The mentor will be paused.", "nightly"],
      ["night_failed", "The mentor will be paused. It broke.", "nightly"],
      ["night_superseded", "The mentor will be paused. It was renewed.", "nightly"],
    ]);
    expect(only(entries, "certification_reminders")).toMatchObject([
      {
        at: new Date(`${addDays(TODAY, -1)}T23:00:00Z`),
        kind: "reminder_collapsed",
        detail: `Certification until ${addDays(TODAY, 365)}. Covered by the reminder at 7 days.`,
      },
    ]);
  });

  test("tells of the portal: what was wanted, tried and found", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    await insert(tx, "app_public.portal_attempts", {
      organization_id: organization.id,
      mentor_id: mentor.id,
      outcome: "failed",
      desired_version: 1,
      error_class: "transient",
      error_message: "It did not answer.",
      actor: "worker",
    });
    await insert(tx, "app_public.portal_attempts", {
      organization_id: organization.id,
      mentor_id: mentor.id,
      outcome: "written",
      desired_version: 1,
      visible: true,
      visible_until: TODAY,
      actor: "worker",
    });

    const attempts = only(await timeline(tx, mentor), "portal_attempts");

    expect(byKind(attempts.map((e) => [e.kind, e.detail]))).toEqual([
      ["portal_failed", "It did not answer."],
      ["portal_written", `It shows the mentor until ${TODAY}.`],
    ]);
    expect(kinds(only(await timeline(tx, mentor), "portal_events"))).toContain(
      "portal_to_be_shown",
    );
  });

  test("tells of alerts and discrepancies about the mentor alone", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const other = await aMentor(tx, organization);
    for (const subject of [mentor.id, other.id, ""]) {
      await insert(tx, "app_public.alerts", {
        organization_id: organization.id,
        kind: "nobody_to_tell",
        subject,
        severity: "warning",
        message: "There is nobody.",
        cure: "Find somebody.",
        opened_at: TODAY,
        closed_at: addDays(TODAY, 1),
      });
    }

    const alerts = only(await timeline(tx, mentor), "alerts");

    expect(alerts.map((e) => [e.kind, e.title])).toEqual([
      ["alert_closed", "Alert over: nobody to tell"],
      ["alert_opened", "Alert: nobody to tell"],
    ]);
  });
});

describe("X3 in the timeline of a mentor", () => {
  personas("everybody finds what the policies show of each table", async ({ tx, world }) => {
    const { mentor } = world.owners.own;
    const found: Record<string, string[]> = {};
    for (const persona of ["mentor", "coordinator", "formerCoordinator"] as const) {
      await tx.query("savepoint persona");
      await setClock(tx, TODAY);
      await become(tx, world.requests[persona]);
      found[persona] = [...new Set((await timeline(tx, mentor)).map((e) => e.source))].toSorted();
      await tx.query("rollback to savepoint persona");
    }

    const everything = [
      "activities",
      "assignments",
      "certification_reminders",
      "discrepancies",
      "follow_up_reminders",
      "last_contact_corrections",
      "mentor_journal",
      "nightly_run_actions",
      "notification_deliveries",
      "notifications",
      "portal_attempts",
      "portal_events",
    ];
    expect(found).toEqual({
      coordinator: everything,
      mentor: everything.filter((source) => !/discrepancies|nightly_run_actions/.test(source)),
      formerCoordinator: [],
    });
  });

  personas("the mentor does not find what coordinators are told", async ({ tx, world }) => {
    await setClock(tx, TODAY);
    await become(tx, world.requests.mentor);

    const entries = await timeline(tx, world.owners.own.mentor);

    const told = only(entries, "notifications").map((e) => e.title);
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter((title) => title.startsWith("Coordinators"))).toEqual([]);
  });
});
