import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  type Organization,
  type PauseCause,
  TODAY,
  aCertification,
  aMentor,
  aPause,
  aPerson,
  addDays,
  anOrganization,
  insert,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import {
  call,
  journalOf,
  portalEventsOf,
  toldAbout,
  violationsOf,
} from "../../support/outcomes.ts";

describe("C1 a pause is told to those who did not decide it", () => {
  const audiences: [PauseCause, string[]][] = [
    ["self", ["mentor_paused to coordinators"]],
    ["coordinator", ["mentor_paused to mentor"]],
    ["certification", ["mentor_paused to coordinators", "mentor_paused to mentor"]],
  ];

  test.for(audiences)("of cause %s", async ([cause, told], { tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));

    await aPause(tx, mentor, { cause });

    expect(await toldAbout(tx, mentor.id)).toEqual(told);
  });

  test("with its reason, the certification and its last day", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { expiresOn: TODAY });
    const { certificationId } = mentor;

    const id = await aPause(tx, mentor, {
      cause: "certification",
      certificationId,
      reason: "Gone",
    });

    const { rows } = await tx.query(
      `select distinct n.pause_id, n.certification_id, n.expires_on, n.reason, n.state
       from app_public.notifications as n
       where n.mentor_id = $1`,
      [mentor.id],
    );
    expect(rows).toEqual([
      {
        pause_id: id,
        certification_id: certificationId,
        expires_on: TODAY,
        reason: "Gone",
        state: "open",
      },
    ]);
  });
});

const ended = async (tx: Database, mentor: Mentor) =>
  (await toldAbout(tx, mentor.id)).filter((told) => !told.startsWith("mentor_paused"));

describe("S5 the end of a pause is told to mentor and coordinators", () => {
  test("that the mentor is back", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { status: "paused" });

    await call(tx, "resume_mentor", { mentor_id: mentor.id });

    expect(await ended(tx, mentor)).toEqual([
      "mentor_resumed to coordinators",
      "mentor_resumed to mentor",
    ]);
  });

  test("that the mentor is still paused, if another pause is open", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), {
      status: "paused",
      pauseCause: "certification",
    });
    await aPause(tx, mentor);

    await call(tx, "resume_mentor", { mentor_id: mentor.id });

    expect(await ended(tx, mentor)).toEqual([
      "mentor_still_paused to coordinators",
      "mentor_still_paused to mentor",
    ]);
  });

  test("but not if the mentor retires", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { status: "paused" });

    await call(tx, "retire_mentor", { mentor_id: mentor.id, reason: "Moves" });

    expect(await ended(tx, mentor)).toEqual([]);
  });
});

describe("N3 nobody is told of what is no news", () => {
  const silent: Record<string, (tx: Database, mentor: Mentor, org: Organization) => unknown> = {
    "a renewal of an active mentor": (tx, mentor, { typeId }) =>
      aCertification(tx, mentor, typeId, {
        validFrom: addDays(TODAY, 366),
        expiresOn: addDays(TODAY, 400),
      }),
    "a change of consent": (tx, { id }) =>
      tx.query("update app_public.mentors set portal_consent = false where id = $1", [id]),
    "a retirement": (tx, { id }) => call(tx, "retire_mentor", { mentor_id: id, reason: "Moves" }),
    "a night without expiries": (tx, _mentor, { id }) =>
      call(tx, "run_nightly", { organization_id: id, run_on: TODAY }),
  };

  test.for(Object.entries(silent))("%s", async ([, act], { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);

    await act(tx, mentor, organization);

    expect(await toldAbout(tx, mentor.id)).toEqual([]);
  });

  test("facts that an import brings in, silently, with their mentor", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const personId = await aPerson(tx, organization);

    const { rows } = await tx.query<{ id: string }>(
      `with mentor as (
         insert into app_public.mentors (organization_id, chapter_id, person_id, mentor_key, status,
           portal_consent, coverage)
         values ($1, $2, $3, 'M-1', 'paused', true, '{[2025-01-01,2026-03-15)}')
         returning id
       ),
       certification as (
         insert into app_public.certifications (organization_id, mentor_id, certification_type_id,
           valid_from, expires_on, is_silent)
         select $1, m.id, $4, '2025-01-01', '2026-03-14', true from mentor as m
       ),
       pause as (
         insert into app_public.mentor_pauses (mentor_id, cause, reason, started_at, started_by,
           is_silent)
         select m.id, 'certification', 'Expired', '2026-03-15', 'import', true from mentor as m
       )
       select id from mentor`,
      [organization.id, organization.chapterId, personId, organization.typeId],
    );
    await tx.query("set constraints all immediate");

    const { id } = rows[0]!;
    expect(await toldAbout(tx, id)).toEqual([]);
    expect(await portalEventsOf(tx, id)).toMatchObject([
      { kind: "listing.hidden", desired_version: 1 },
    ]);
    expect(await journalOf(tx, id)).toMatchObject([
      { version: 1, event: "imported", from_status: null, to_status: "paused" },
    ]);
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test("a reminder that was collapsed or seeded; one that is due is told to the mentor", async ({
    tx,
  }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    const reminder = (days: number, disposition: string, into: number | null = null) =>
      insert(tx, "app_public.certification_reminders", {
        mentor_id: mentor.id,
        certification_id: mentor.certificationId,
        expires_on: addDays(TODAY, 7),
        threshold_days: days,
        disposition,
        collapsed_into_days: into,
        decided_on: TODAY,
      });

    await reminder(30, "seeded");
    await reminder(14, "collapsed", 7);
    expect(await toldAbout(tx, mentor.id)).toEqual([]);

    await reminder(7, "notified");
    expect(await toldAbout(tx, mentor.id)).toEqual(["certification_reminder to mentor"]);
  });
});
