import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  type Organization,
  TODAY,
  aCertification,
  aCoordinator,
  aMentor,
  aPerson,
  actAs,
  addDays,
  anOrganization,
  insert,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, journalOf, lastEntryOf, mentorNow, violationsOf } from "../../support/outcomes.ts";

const newMentor = async (tx: Database, organization: Organization) =>
  await insert<{ id: string }>(tx, "app_public.mentors", {
    organization_id: organization.id,
    chapter_id: organization.chapterId,
    person_id: await aPerson(tx, organization),
    mentor_key: "M-new",
  });

/** A story in which a coordinator acts on a mentor of the given status. */
interface Case {
  event: string;
  status: "pending" | "active" | "paused" | "retired";
  act: (tx: Database, mentor: Mentor, organization: Organization) => Promise<unknown>;
  entry: Record<string, unknown>;
}

const CASES: Case[] = [
  {
    event: "paused",
    status: "active",
    act: (tx, { id }) => call(tx, "pause_mentor", { mentor_id: id, reason: "Much to do" }),
    entry: {
      from_status: "active",
      to_status: "paused",
      cause: "coordinator",
      reason: "Much to do",
    },
  },
  {
    event: "resumed",
    status: "paused",
    act: (tx, { id }) => call(tx, "resume_mentor", { mentor_id: id }),
    entry: { from_status: "paused", to_status: "active", cause: "resumed" },
  },
  {
    event: "retired",
    status: "paused",
    act: (tx, { id }) => call(tx, "retire_mentor", { mentor_id: id, reason: "Moves abroad" }),
    entry: { from_status: "paused", to_status: "retired", cause: null, reason: "Moves abroad" },
  },
  {
    event: "activated",
    status: "pending",
    act: (tx, mentor, { typeId }) => aCertification(tx, mentor, typeId),
    entry: { from_status: "pending", to_status: "active", cause: null },
  },
  {
    event: "certified",
    status: "active",
    act: (tx, mentor, { typeId }) =>
      aCertification(tx, mentor, typeId, {
        validFrom: addDays(TODAY, 366),
        expiresOn: addDays(TODAY, 400),
      }),
    entry: { from_status: "active", to_status: "active", cause: null },
  },
  {
    event: "certification_corrected",
    status: "active",
    act: (tx, { certificationId }) =>
      tx.query("update app_public.certifications set expires_on = $2 where id = $1", [
        certificationId,
        addDays(TODAY, 9),
      ]),
    entry: { from_status: "active", to_status: "active", cause: null },
  },
  {
    event: "updated",
    status: "active",
    act: (tx, { id }) =>
      tx.query("update app_public.mentors set portal_consent = false where id = $1", [id]),
    entry: { from_status: "active", to_status: "active", cause: null, reason: null },
  },
  {
    event: "updated",
    status: "paused",
    act: (tx, { id }) =>
      tx.query("update app_public.mentor_pauses set expected_return_on = $2 where mentor_id = $1", [
        id,
        addDays(TODAY, 3),
      ]),
    entry: { from_status: "paused", to_status: "paused", cause: "coordinator" },
  },
];

describe("S3 the journal says what happened, why and by whom", () => {
  test.for(CASES)("$event of a $status mentor", async ({ event, status, act, entry }, { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { status });
    const coordinator = await aCoordinator(tx, mentor);
    await actAs(tx, coordinator);

    await act(tx, mentor, organization);

    expect(await lastEntryOf(tx, mentor.id)).toMatchObject({
      event,
      ...entry,
      actor: `person:${coordinator}`,
    });
  });

  test("enrolled, or imported if an import does it", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const other = await anOrganization(tx);

    const enrolled = await newMentor(tx, organization);
    await tx.query("select set_config('mentor_lifecycle.actor', 'import', true)");
    const imported = await newMentor(tx, other);

    expect(await journalOf(tx, enrolled.id)).toMatchObject([{ version: 1, event: "enrolled" }]);
    expect(await journalOf(tx, imported.id)).toMatchObject([
      { version: 1, event: "imported", actor: "import" },
    ]);
  });

  test("reenrolled, and activated if still certified", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { status: "retired" });

    await call(tx, "reenroll_mentor", { mentor_id: mentor.id });

    expect((await journalOf(tx, mentor.id)).slice(-2)).toMatchObject([
      { event: "reenrolled", from_status: "retired", to_status: "pending" },
      { event: "activated", from_status: "pending", to_status: "active" },
    ]);
  });

  test("a pause with its row, and the same row when it ends", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { status: "paused" });
    await call(tx, "resume_mentor", { mentor_id: mentor.id });

    const [paused, resumed] = (await journalOf(tx, mentor.id)).slice(-2);

    expect(paused).toMatchObject({ event: "paused", pause_id: expect.any(String) });
    expect(resumed).toMatchObject({ event: "resumed", pause_id: paused?.pause_id });
  });

  test("what a night does, with the run", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, -1) });

    const run = await call(tx, "run_nightly", { organization_id: organization.id, run_on: TODAY });

    expect(await lastEntryOf(tx, mentor.id)).toMatchObject({
      event: "paused",
      cause: "certification",
      actor: "nightly",
      certification_id: mentor.certificationId,
      nightly_run_id: run["id"],
    });
  });

  test("and nothing more of the night once it is over", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    await call(tx, "run_nightly", { organization_id: organization.id, run_on: TODAY });

    await call(tx, "pause_mentor", { mentor_id: mentor.id, reason: "Rest" });

    expect(await lastEntryOf(tx, mentor.id)).toMatchObject({
      actor: expect.stringMatching(/^database:/),
      nightly_run_id: null,
    });
  });

  test("and no reason of the command before", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const other = await aMentor(tx, organization);
    await call(tx, "retire_mentor", { mentor_id: mentor.id, reason: "Moves abroad" });

    await tx.query("update app_public.mentors set portal_consent = false where id = $1", [
      other.id,
    ]);

    expect(await lastEntryOf(tx, other.id)).toMatchObject({ event: "updated", reason: null });
  });
});

describe("S3 versions count every change by one", () => {
  test("several certifications in one statement each get theirs", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { status: "pending" });

    await tx.query(
      `insert into app_public.certifications
         (organization_id, mentor_id, certification_type_id, valid_from, expires_on)
       select $1, $2, $3, day, day + 9
       from unnest($4::date[]) as day`,
      [
        organization.id,
        mentor.id,
        organization.typeId,
        [addDays(TODAY, -5), addDays(TODAY, 5), addDays(TODAY, 15)],
      ],
    );

    expect((await journalOf(tx, mentor.id)).map(({ version, event }) => [version, event])).toEqual([
      [1, "enrolled"],
      [2, "certified"],
      [3, "certified"],
      [4, "certified"],
      [5, "activated"],
    ]);
    await tx.query("set constraints all immediate");
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test("one statement may change many mentors", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentors = [
      await aMentor(tx, organization),
      await aMentor(tx, organization, { status: "paused" }),
      await aMentor(tx, organization, { status: "pending" }),
    ];

    await tx.query("update app_public.mentors set status = 'retired' where organization_id = $1", [
      organization.id,
    ]);

    for (const mentor of mentors) {
      expect(await lastEntryOf(tx, mentor.id)).toMatchObject({
        event: "retired",
        version: (await mentorNow(tx, mentor.id)).version,
      });
    }
    await tx.query("set constraints all immediate");
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test("an update that changes nothing is no change", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    const before = await journalOf(tx, mentor.id);

    await tx.query("update app_public.mentors set status = status where id = $1", [mentor.id]);

    expect(await journalOf(tx, mentor.id)).toEqual(before);
  });
});
