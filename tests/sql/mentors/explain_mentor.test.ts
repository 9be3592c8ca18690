import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  type Organization,
  TODAY,
  aChapter,
  aChapterAdministrator,
  aCoordinator,
  aMentor,
  aPerson,
  actAs,
  addDays,
  anOrganization,
  anOrganizationAdministrator,
  setClock,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { type Explanation, explain } from "../../support/explanations.ts";
import { anAssignment } from "../../support/nightly/assignments.ts";
import { runNight } from "../../support/nightly/runs.ts";
import { call, refusal } from "../../support/outcomes.ts";

type Persona = (tx: Database, mentor: Mentor, organization: Organization) => Promise<string | null>;

const PERSONAS: { name: string; who: Persona; sees: boolean }[] = [
  { name: "the mentor", who: async (_tx, mentor) => mentor.personId, sees: true },
  {
    name: "a coordinator of the mentor",
    who: (tx, mentor) => aCoordinator(tx, mentor),
    sees: true,
  },
  {
    name: "a coordinator on the last day",
    who: (tx, mentor) => aCoordinator(tx, mentor, { until: addDays(TODAY, 1) }),
    sees: true,
  },
  {
    name: "an administrator of the chapter",
    who: (tx, mentor, organization) => aChapterAdministrator(tx, organization, mentor.chapterId),
    sees: true,
  },
  {
    name: "an administrator of the organisation",
    who: (tx, _mentor, organization) => anOrganizationAdministrator(tx, organization),
    sees: true,
  },
  { name: "an operator at the database", who: async () => null, sees: true },
  {
    name: "a coordinator whose time ended yesterday",
    who: (tx, mentor) => aCoordinator(tx, mentor, { until: TODAY }),
    sees: false,
  },
  {
    name: "another mentor",
    who: async (tx, _mentor, organization) => (await aMentor(tx, organization)).personId,
    sees: false,
  },
  {
    name: "a coordinator of another mentor",
    who: async (tx, _mentor, organization) =>
      await aCoordinator(tx, await aMentor(tx, organization)),
    sees: false,
  },
  {
    name: "an administrator of another chapter",
    who: async (tx, _mentor, organization) =>
      await aChapterAdministrator(tx, organization, await aChapter(tx, organization)),
    sees: false,
  },
  {
    name: "an administrator of another organisation",
    who: async (tx) => await anOrganizationAdministrator(tx, await anOrganization(tx)),
    sees: false,
  },
  {
    name: "somebody who is unknown",
    who: async () => "00000000-0000-4000-8000-000000000000",
    sees: false,
  },
];

describe("N5 who may ask", () => {
  test.for(PERSONAS)("$name: $sees", async ({ who, sees }, { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    await actAs(tx, await who(tx, mentor, organization));

    const refused = await refusal(tx, () => explain(tx, mentor));

    expect(refused?.code).toBe(sees ? undefined : "MNDEN");
  });
});

describe("N5 what cannot be asked", () => {
  test("about nobody: MNNOT, whoever asks", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const nobody = { id: organization.id };

    for (const person of [null, await aPerson(tx, organization)]) {
      await actAs(tx, person);
      expect(await refusal(tx, () => explain(tx, nobody))).toMatchObject({ code: "MNNOT" });
    }
  });

  test("a date more than ten years away: MNDAT, on the last day still answered", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));

    for (const days of [3661, -3661]) {
      const far = () => explain(tx, mentor, addDays(TODAY, days));
      expect(await refusal(tx, far)).toMatchObject({ code: "MNDAT" });
    }
    for (const days of [3660, -3660]) {
      expect(await explain(tx, mentor, addDays(TODAY, days))).not.toEqual([]);
    }
  });
});

/** A mentor about whom there is something of every topic on TODAY. */
async function aBusyMentor(tx: Database): Promise<Mentor> {
  const organization = await anOrganization(tx);
  const personId = await aPerson(tx, organization, {
    full_name: "Solveig Åsgård",
    email: "solveig.asgard@example.org",
    phone: "+47 900 00 123",
  });
  const mentor = await aMentor(tx, organization, { personId, expiresOn: addDays(TODAY, 30) });
  const coordinator = await aPerson(tx, organization, {
    full_name: "Torbjørn Lie",
    email: "torbjorn.lie@example.org",
  });
  await aCoordinator(tx, mentor, { personId: coordinator });
  const { id } = await anAssignment(tx, mentor, { contactOn: addDays(TODAY, -60) });
  await tx.query(
    "update app_public.assignments set client_reference = 'The client' where id = $1",
    [id],
  );
  await runNight(tx, organization.id, TODAY);
  await actAs(tx, personId);
  await call(tx, "pause_mentor", { mentor_id: mentor.id, reason: "Surgery on both ears" });
  await actAs(tx, coordinator);
  await call(tx, "revoke_certification", {
    certification_id: mentor.certificationId,
    reason: "Forged signature",
  });
  await actAs(tx, null);
  await tx.query("select app_private.resolve_notifications()");
  await tx.query(
    `select app_private.record_delivery(c.delivery_id, c.lease_token, 'temporary', '451',
       '451 <torbjorn.lie@example.org> greylisted')
     from app_private.claim_delivery('example.org') as c`,
  );
  return mentor;
}

/** The real date: messages that no night wrote are dated by it, whatever day the story plays. */
async function realDate(tx: Database, mentor: Mentor): Promise<string> {
  const { rows } = await tx.query<{ on: string }>(
    "select app_private.local_date($1, now())::text as on",
    [mentor.organizationId],
  );
  return rows[0]!.on;
}

test("N5 the sentences stand in the order in which they are read", async ({ tx }) => {
  const mentor = await aBusyMentor(tx);

  const rows = await explain(tx, mentor);

  expect(rows.map(({ position }) => position)).toEqual(rows.map((_, index) => index + 1));
  const topics = rows.map(({ topic }) => topic);
  expect(topics.filter((topic, index) => topic !== topics[index - 1]).slice(0, 7)).toEqual([
    "night",
    "plan",
    "status",
    "certification",
    "assignment",
    "listing",
    "message",
  ]);
  for (const row of rows) expect(row.explanation).toMatch(/^\S.*\S$/s);
});

test("N5 a delivery follows its own message", async ({ tx }) => {
  const mentor = await aBusyMentor(tx);

  const rows = await explain(tx, mentor, await realDate(tx, mentor));

  let message: string | null = null;
  for (const row of rows) {
    if (row.topic === "message") message = row.notification_id;
    if (row.topic === "delivery") expect(row.notification_id).toBe(message);
  }
  expect(rows.map(({ topic }) => topic)).toContain("delivery");
});

test("X3 no name, address, telephone number or reason that a person gave is in it", async ({
  tx,
}) => {
  const mentor = await aBusyMentor(tx);
  const said: string[] = [];
  for (const personId of [mentor.personId, await aCoordinator(tx, mentor), null]) {
    await actAs(tx, personId);
    for (const on of [null, addDays(TODAY, -1), addDays(TODAY, 1), await realDate(tx, mentor)]) {
      said.push(JSON.stringify(await explain(tx, mentor, on)));
    }
  }

  expect(said.join()).not.toMatch(
    /solveig|åsgård|torbjørn|torbjorn|900 00 123|surgery|forged|the client/i,
  );
  // What it would have been found in is there.
  expect(said.join()).toMatch(/A person paused the mentor\./);
  expect(said.join()).toMatch(/451 <…> greylisted/);
});

/** Explanations of the days on which something happened, to one person; to an operator if null. */
async function explainedTo(
  tx: Database,
  mentor: Mentor,
  personId: string | null,
): Promise<Explanation[]> {
  await actAs(tx, personId);
  return [
    ...(await explain(tx, mentor)),
    ...(await explain(tx, mentor, await realDate(tx, mentor))),
  ];
}

/** Notifications and deliveries that a person may read, as the policies say. */
async function readableBy(tx: Database, personId: string): Promise<Set<string>> {
  await actAs(tx, personId);
  await tx.query("set local role mentor_lifecycle_visitor");
  const { rows } = await tx.query<{ id: string }>(
    `select id from app_public.notifications
     union all select id from app_public.notification_deliveries`,
  );
  await tx.query("reset role");
  return new Set(rows.map(({ id }) => id));
}

describe("X3 nobody is explained what the tables do not show him:", () => {
  test.for(["mentor", "coordinator", "administrator", "mentor who administers"] as const)(
    "the %s hears of all messages that he may read, and of no others",
    async (who, { tx }) => {
      const mentor = await aBusyMentor(tx);
      const organization = { id: mentor.organizationId } as Organization;
      const personId = {
        mentor: async () => mentor.personId,
        coordinator: () => aCoordinator(tx, mentor),
        administrator: () => anOrganizationAdministrator(tx, organization),
        "mentor who administers": () =>
          anOrganizationAdministrator(tx, organization, { personId: mentor.personId }),
      };
      const person = await personId[who]();
      const operators = (await explainedTo(tx, mentor, null)).flatMap((row) =>
        row.notification_id === null ? [] : [row.delivery_id ?? row.notification_id],
      );
      const readable = await readableBy(tx, person);

      const told = (await explainedTo(tx, mentor, person)).flatMap((row) =>
        row.notification_id === null ? [] : [row.delivery_id ?? row.notification_id],
      );

      expect(told).toEqual(operators.filter((id) => readable.has(id)));
      expect(told.length > 0 && told.length < operators.length === who.startsWith("mentor")).toBe(
        true,
      );
    },
  );

  test("the mentor hears nothing of what the night planned, or of other people in it", async ({
    tx,
  }) => {
    const mentor = await aBusyMentor(tx);
    await tx.query(
      `update app_public.nightly_runs
       set explanation = 'The plan pauses 12 of 30 mentors.'
       where organization_id = $1`,
      [mentor.organizationId],
    );
    const topicsAndNight = async (personId: string) => {
      const rows = await explainedTo(tx, mentor, personId);
      return {
        plans: rows.some(({ topic }) => topic === "plan"),
        nights: rows.some(({ topic }) => topic === "night"),
        others: rows.some(({ explanation }) => explanation.includes("12 of 30")),
      };
    };

    expect(await topicsAndNight(mentor.personId)).toEqual({
      plans: false,
      nights: true,
      others: false,
    });
    expect(await topicsAndNight(await aCoordinator(tx, mentor))).toEqual({
      plans: true,
      nights: true,
      others: true,
    });
  });

  test("what the mail server answered is for operators", async ({ tx }) => {
    const mentor = await aBusyMentor(tx);
    const answersTo = async (personId: string | null) =>
      JSON.stringify(await explainedTo(tx, mentor, personId)).match(
        /451 <…> greylisted|Message-ID <?[\w-]+/g,
      )?.length ?? 0;

    expect(await answersTo(null)).toBeGreaterThan(0);
    expect(await answersTo(await aCoordinator(tx, mentor))).toBe(0);
    expect(await answersTo(mentor.personId)).toBe(0);
  });
});

/** What the ledger holds for each date: `certification` or `assignment`, and the date. */
async function ledgerOf(tx: Database, mentor: Mentor): Promise<Set<string>> {
  const { rows } = await tx.query<{ entry: string }>(
    `select 'certification ' || r.decided_on as entry
     from app_public.certification_reminders as r
     where r.mentor_id = $1 and r.disposition = 'notified'
     union
     select 'assignment ' || r.decided_on
     from app_public.follow_up_reminders as r
     where r.mentor_id = $1 and r.disposition = 'notified'`,
    [mentor.id],
  );
  return new Set(rows.map(({ entry }) => entry));
}

test(
  "N5 for every day of a year it says done where the ledger has a reminder, and not_done elsewhere",
  { timeout: 180_000 },
  async ({ tx }) => {
    const organization = await anOrganization(tx, { settings: { grace_days: 3 } });
    const mentor = await aMentor(tx, organization, { expiresOn: "2026-06-02" });
    await anAssignment(tx, mentor, { contactOn: TODAY });
    const missed = new Set<string>();
    for (let day = 0; day <= 366; day += 1) {
      const on = addDays(TODAY, day);
      // Weeks without a worker, over a threshold and over a step.
      if ((day > 45 && day < 55) || (day > 300 && day < 330)) missed.add(on);
      else await runNight(tx, organization.id, on);
      await setClock(tx, on);
      if (on === "2026-06-20") {
        await call(tx, "grant_certification", {
          mentor_id: mentor.id,
          certification_type_id: organization.typeId,
          valid_from: on,
          expires_on: addDays(TODAY, 325),
        });
      }
    }
    const ledger = await ledgerOf(tx, mentor);
    expect(ledger.size).toBeGreaterThan(5);

    for (let day = 0; day <= 366; day += 1) {
      const on = addDays(TODAY, day);
      for (const topic of ["certification", "assignment"]) {
        const rows = await explain(tx, mentor, on, topic);
        const verdicts = new Set(rows.map(({ verdict }) => verdict));
        expect(verdicts.has("done"), `${topic} ${on}`).toBe(ledger.has(`${topic} ${on}`));
        expect(
          [...verdicts].filter((verdict) => verdict !== "done" && verdict !== "not_done"),
        ).toEqual([]);
        // Nothing but nights that were missed stands between what was due and the ledger.
        const codes = rows.map(({ code }) => code);
        expect(codes).not.toContain("facts_changed");
        if (codes.includes("later") || codes.includes("no_night")) {
          expect(missed.has(on), `${topic} ${on}`).toBe(true);
        }
      }
    }
  },
);
