import { randomUUID } from "node:crypto";
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
  anActivity,
  anAssignment,
  anOrganization,
  anOrganizationAdministrator,
  insert,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, lastContactOf, refusal } from "../../support/outcomes.ts";

type Persona = (tx: Database, mentor: Mentor, organization: Organization) => Promise<string | null>;

const anAdministratorOf = (tx: Database, organization: Organization, personId: string) =>
  insert(tx, "app_public.organization_administrators", {
    organization_id: organization.id,
    person_id: personId,
  });

interface Registrar {
  who: Persona;
  /** What it is if they do not say. */
  derived: string;
  /** What they may say. */
  fitting: string[];
  corrects: boolean;
}

const REGISTRARS: Record<string, Registrar> = {
  "the mentor": {
    who: async (_tx, mentor) => mentor.personId,
    derived: "direct",
    fitting: ["direct", "bulk"],
    corrects: false,
  },
  "a coordinator of the mentor": {
    who: (tx, mentor) => aCoordinator(tx, mentor),
    derived: "coordinator_proxy",
    fitting: ["coordinator_proxy", "proxy", "bulk"],
    corrects: false,
  },
  "an administrator of the chapter": {
    who: (tx, mentor, organization) => aChapterAdministrator(tx, organization, mentor.chapterId),
    derived: "proxy",
    fitting: ["proxy", "bulk"],
    corrects: true,
  },
  "an administrator of the organisation": {
    who: (tx, _mentor, organization) => anOrganizationAdministrator(tx, organization),
    derived: "proxy",
    fitting: ["proxy", "bulk"],
    corrects: true,
  },
  "an operator at the database": {
    who: async () => null,
    derived: "proxy",
    fitting: ["direct", "proxy", "bulk", "coordinator_proxy"],
    corrects: true,
  },
  "a mentor who administers the organisation": {
    who: async (tx, mentor, organization) => {
      await anAdministratorOf(tx, organization, mentor.personId);
      return mentor.personId;
    },
    derived: "direct",
    fitting: ["direct", "bulk"],
    corrects: true,
  },
  "a coordinator who administers the organisation": {
    who: async (tx, mentor, organization) => {
      const personId = await aCoordinator(tx, mentor);
      await anAdministratorOf(tx, organization, personId);
      return personId;
    },
    derived: "coordinator_proxy",
    fitting: ["coordinator_proxy", "proxy", "bulk"],
    corrects: true,
  },
};

const STRANGERS: Record<string, Persona> = {
  "somebody else of the organisation": (tx, _mentor, organization) => aPerson(tx, organization),
  "another mentor": async (tx, _mentor, organization) => (await aMentor(tx, organization)).personId,
  "a mentor of another organisation": async (tx) =>
    (await aMentor(tx, await anOrganization(tx))).personId,
  "a coordinator of another mentor": async (tx, _mentor, organization) =>
    await aCoordinator(tx, await aMentor(tx, organization)),
  "a coordinator whose time ended yesterday": (tx, mentor) =>
    aCoordinator(tx, mentor, { until: TODAY }),
  "an administrator of another chapter": async (tx, _mentor, organization) =>
    await aChapterAdministrator(tx, organization, await aChapter(tx, organization)),
  "an administrator of another organisation": async (tx) =>
    await anOrganizationAdministrator(tx, await anOrganization(tx)),
};

const aStory = async (tx: Database) => {
  const organization = await anOrganization(tx);
  const mentor = await aMentor(tx, organization);
  return { organization, mentor, assignment: await anAssignment(tx, mentor) };
};

describe("F2 a contact is registered by", () => {
  test.for(Object.entries(REGISTRARS))(
    "%s, and the kind follows",
    async ([, { who, derived }], { tx }) => {
      const { organization, mentor, assignment } = await aStory(tx);
      const person = await who(tx, mentor, organization);
      await actAs(tx, person);

      const activity = await call(tx, "register_activity", { assignment_id: assignment.id });

      expect(activity).toMatchObject({
        organization_id: organization.id,
        mentor_id: mentor.id,
        kind: derived,
        occurred_on: TODAY,
        registered_by: person === null ? expect.stringMatching(/^database:/) : `person:${person}`,
        removed_at: null,
      });
      expect(await lastContactOf(tx, assignment)).toBe(TODAY);
    },
  );

  test.for(Object.entries(REGISTRARS))(
    "%s, with a kind that fits; with another it is refused with MNACT",
    async ([, { who, fitting }], { tx }) => {
      const { organization, mentor, assignment } = await aStory(tx);
      await actAs(tx, await who(tx, mentor, organization));

      for (const kind of ["direct", "proxy", "bulk", "coordinator_proxy", "telepathy"]) {
        const attempt = () => call(tx, "register_activity", { assignment_id: assignment.id, kind });
        const refused = await refusal(tx, attempt);
        expect(refused?.code ?? "ok", kind).toBe(fitting.includes(kind) ? "ok" : "MNACT");
      }
      expect(await lastContactOf(tx, assignment)).toBe(addDays(TODAY, -30));
    },
  );

  test.for(Object.entries(STRANGERS))("not %s: MNDEN", async ([, who], { tx }) => {
    const { organization, mentor, assignment } = await aStory(tx);
    const activityId = await anActivity(tx, [assignment]);
    await actAs(tx, await who(tx, mentor, organization));
    const assignment_id = assignment.id;
    const attempts: Record<string, Record<string, unknown>> = {
      register_activity: { assignment_id },
      register_activities: { activities: `{"(${assignment_id},,)"}` },
      remove_activity: { activity_id: activityId },
      correct_last_contact: { assignment_id, last_contact_on: TODAY, reason: "Mistaken" },
      close_assignment: { assignment_id },
      open_assignment: { mentor_id: mentor.id, assignment_key: "A-2", client_reference: "C-2" },
    };

    for (const [command, args] of Object.entries(attempts)) {
      expect(await refusal(tx, () => call(tx, command, args)), command).toMatchObject({
        code: "MNDEN",
      });
    }
  });
});

describe("F3 the last contact is corrected by administrators and operators only", () => {
  test.for(Object.entries(REGISTRARS))("%s", async ([, { who, corrects }], { tx }) => {
    const { organization, mentor, assignment } = await aStory(tx);
    await actAs(tx, await who(tx, mentor, organization));

    const attempt = () =>
      call(tx, "correct_last_contact", {
        assignment_id: assignment.id,
        last_contact_on: addDays(TODAY, -3),
        reason: "They met by chance",
      });

    expect((await refusal(tx, attempt))?.code ?? "ok").toBe(corrects ? "ok" : "MNDEN");
  });
});

describe("F2 a contact is refused", () => {
  test("on an assignment that is unknown: MNNOT", async ({ tx }) => {
    const attempt = () => call(tx, "register_activity", { assignment_id: randomUUID() });

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNNOT" });
  });

  test.for([
    ["after today", addDays(TODAY, 1)],
    ["before the first day", addDays(TODAY, -31)],
    ["after the last day", addDays(TODAY, -4)],
  ] as const)("on a day %s: MNDAT", async ([, occurred_on], { tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    const { id } = await anAssignment(tx, mentor, { closedOn: addDays(TODAY, -5) });

    const attempt = () => call(tx, "register_activity", { assignment_id: id, occurred_on });

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNDAT" });
  });

  test("not for having been on the last day, though it is registered later", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    const closedOn = addDays(TODAY, -5);
    const assignment = await anAssignment(tx, mentor, { closedOn });

    await call(tx, "register_activity", { assignment_id: assignment.id, occurred_on: closedOn });

    expect(await lastContactOf(tx, assignment)).toBe(closedOn);
  });
});

describe("F2 an activity that was taken back", () => {
  test("counts no more, and says who did it when", async ({ tx }) => {
    const { organization, assignment } = await aStory(tx);
    const activityId = await anActivity(tx, [assignment]);
    const person = await anOrganizationAdministrator(tx, organization);
    await actAs(tx, person);

    const removed = await call(tx, "remove_activity", { activity_id: activityId });

    expect(removed).toMatchObject({
      id: activityId,
      removed_at: new Date(`${TODAY}T11:00:00Z`),
      removed_by: `person:${person}`,
    });
    expect(await lastContactOf(tx, assignment)).toBe(addDays(TODAY, -30));
  });

  test("is left as it is the second time", async ({ tx }) => {
    const { organization, assignment } = await aStory(tx);
    const activity_id = await anActivity(tx, [assignment]);
    const first = await call(tx, "remove_activity", { activity_id });
    await actAs(tx, await anOrganizationAdministrator(tx, organization));

    expect(await call(tx, "remove_activity", { activity_id })).toEqual(first);
  });

  test("has to exist: MNNOT", async ({ tx }) => {
    const attempt = () => call(tx, "remove_activity", { activity_id: randomUUID() });

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNNOT" });
  });
});

describe("F3 a correction", () => {
  test("returns the assignment, and is on record with its reason", async ({ tx }) => {
    const { organization, assignment } = await aStory(tx);
    await anActivity(tx, [assignment]);
    const person = await anOrganizationAdministrator(tx, organization);
    await actAs(tx, person);

    const corrected = await call(tx, "correct_last_contact", {
      assignment_id: assignment.id,
      last_contact_on: addDays(TODAY, -9),
      reason: "It was another client",
    });

    expect(corrected).toMatchObject({ id: assignment.id, last_contact_on: addDays(TODAY, -9) });
    const { rows } = await tx.query("select c.* from app_public.last_contact_corrections as c");
    expect(rows).toMatchObject([
      {
        previous_contact_on: TODAY,
        last_contact_on: addDays(TODAY, -9),
        reason: "It was another client",
        corrected_by: `person:${person}`,
      },
    ]);
  });

  test.for([
    ["after today", addDays(TODAY, 1)],
    ["before the first day", addDays(TODAY, -31)],
    ["that is not given", null],
  ] as const)("to a day %s is refused: MNDAT", async ([, last_contact_on], { tx }) => {
    const { assignment } = await aStory(tx);

    const attempt = () =>
      call(tx, "correct_last_contact", {
        assignment_id: assignment.id,
        last_contact_on,
        reason: "Mistaken",
      });

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNDAT" });
  });

  test("without a reason is refused", async ({ tx }) => {
    const { assignment } = await aStory(tx);

    const attempt = () =>
      call(tx, "correct_last_contact", {
        assignment_id: assignment.id,
        last_contact_on: TODAY,
        reason: " ",
      });

    expect(await refusal(tx, attempt)).toMatchObject({
      constraint: "note_is_between_1_and_1000_characters",
    });
  });
});

const count = async (tx: Database) => {
  const { rows } = await tx.query(
    `select (select count(*) from app_public.activities) as activities,
       (select count(*) from app_public.last_contact_corrections) as corrections`,
  );
  return rows[0];
};

describe("S1 a request that is repeated", () => {
  const CASES: Record<string, (id: string, activityId: string) => Record<string, unknown>> = {
    register_activity: (id) => ({ assignment_id: id }),
    register_activities: (id) => ({ activities: `{"(${id},,)"}` }),
    remove_activity: (_id, activityId) => ({ activity_id: activityId }),
    correct_last_contact: (id) => ({
      assignment_id: id,
      last_contact_on: TODAY,
      reason: "Mistaken",
    }),
    close_assignment: (id) => ({ assignment_id: id }),
  };

  test.for(Object.entries(CASES))(
    "%s gives the first answer and changes nothing",
    async ([command, args], { tx }) => {
      const { assignment } = await aStory(tx);
      const activityId = await anActivity(tx, [assignment], { occurredOn: addDays(TODAY, -2) });
      const request = { ...args(assignment.id, activityId), request_id: randomUUID() };

      const first = await call(tx, command, request);
      const after = await count(tx);
      const second = await call(tx, command, request);

      expect(second).toEqual(first);
      expect(await count(tx)).toEqual(after);
    },
  );

  test.for(Object.entries(CASES))(
    "%s with other arguments is refused with MNREQ",
    async ([command, args], { tx }) => {
      const { mentor, assignment } = await aStory(tx);
      const other = await anAssignment(tx, mentor);
      const activityId = await anActivity(tx, [assignment, other]);
      const request_id = randomUUID();
      await call(tx, command, { ...args(assignment.id, activityId), request_id });

      const attempt = () => call(tx, command, { ...args(other.id, randomUUID()), request_id });

      expect(await refusal(tx, attempt)).toMatchObject({ code: "MNREQ" });
    },
  );
});
