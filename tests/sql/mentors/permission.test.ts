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
  insert,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, lastEntryOf, refusal } from "../../support/outcomes.ts";

type Persona = (tx: Database, mentor: Mentor, organization: Organization) => Promise<string | null>;

const PERMITTED: Record<string, Persona> = {
  "the mentor": async (_tx, mentor) => mentor.personId,
  "a coordinator of the mentor": (tx, mentor) => aCoordinator(tx, mentor),
  "a coordinator on the first day": (tx, mentor) => aCoordinator(tx, mentor, { from: TODAY }),
  "a coordinator on the last day": (tx, mentor) =>
    aCoordinator(tx, mentor, { until: addDays(TODAY, 1) }),
  "an administrator of the chapter": (tx, mentor, organization) =>
    aChapterAdministrator(tx, organization, mentor.chapterId),
  "an administrator of the organisation": (tx, _mentor, organization) =>
    anOrganizationAdministrator(tx, organization),
  "an operator at the database": async () => null,
};

const DENIED: Record<string, Persona> = {
  "somebody else of the organisation": (tx, _mentor, organization) => aPerson(tx, organization),
  "another mentor": async (tx, _mentor, organization) => (await aMentor(tx, organization)).personId,
  "a coordinator of another mentor": async (tx, _mentor, organization) =>
    await aCoordinator(tx, await aMentor(tx, organization)),
  "a coordinator whose time ended yesterday": (tx, mentor) =>
    aCoordinator(tx, mentor, { until: TODAY }),
  "a coordinator whose time begins tomorrow": (tx, mentor) =>
    aCoordinator(tx, mentor, { from: addDays(TODAY, 1) }),
  "an administrator of another chapter": async (tx, _mentor, organization) =>
    await aChapterAdministrator(tx, organization, await aChapter(tx, organization)),
  "an administrator of another organisation": async (tx) =>
    await anOrganizationAdministrator(tx, await anOrganization(tx)),
  "somebody who is unknown": async () => "00000000-0000-4000-8000-000000000000",
};

const COMMANDS: Record<string, (tx: Database, mentor: Mentor) => Promise<unknown>> = {
  pause_mentor: (tx, { id }) => call(tx, "pause_mentor", { mentor_id: id, reason: "Rest" }),
  resume_mentor: (tx, { id }) => call(tx, "resume_mentor", { mentor_id: id }),
  retire_mentor: (tx, { id }) => call(tx, "retire_mentor", { mentor_id: id, reason: "Rest" }),
  reenroll_mentor: (tx, { id }) => call(tx, "reenroll_mentor", { mentor_id: id }),
  grant_certification: (tx, mentor) =>
    call(tx, "grant_certification", {
      mentor_id: mentor.id,
      certification_type_id: "00000000-0000-4000-8000-000000000000",
      valid_from: TODAY,
      expires_on: TODAY,
    }),
  revoke_certification: (tx, mentor) =>
    call(tx, "revoke_certification", {
      certification_id: mentor.certificationId,
      reason: "Forged",
    }),
};

describe("S1 a mentor is changed by", () => {
  test.for(Object.entries(PERMITTED))("%s", async ([, persona], { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const person = await persona(tx, mentor, organization);
    await actAs(tx, person);

    await call(tx, "pause_mentor", { mentor_id: mentor.id, reason: "Rest" });

    const { actor } = await lastEntryOf(tx, mentor.id);
    expect(actor).toMatch(person === null ? /^database:/ : new RegExp(`^person:${person}$`));
  });
});

describe("S1 a mentor is not changed by", () => {
  test.for(Object.entries(DENIED))("%s: MNDEN", async ([, persona], { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    await actAs(tx, await persona(tx, mentor, organization));

    for (const [name, command] of Object.entries(COMMANDS)) {
      expect(await refusal(tx, () => command(tx, mentor)), name).toMatchObject({ code: "MNDEN" });
    }
  });

  test("somebody who is told of no version before the permission: MNDEN, not MNVER", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    await actAs(tx, await aPerson(tx, organization));

    const attempt = () =>
      call(tx, "retire_mentor", { mentor_id: mentor.id, reason: "Rest", expected_version: 99 });

    expect(await refusal(tx, attempt)).toMatchObject({ code: "MNDEN" });
  });
});

/** Who may start and preview the night, and who may release the brake and change settings. */
const OFFICES: { who: Persona; name: string; night: boolean; settings: boolean }[] = [
  {
    name: "the mentor",
    who: async (_tx, mentor) => mentor.personId,
    night: false,
    settings: false,
  },
  {
    name: "a coordinator",
    who: (tx, mentor) => aCoordinator(tx, mentor),
    night: true,
    settings: false,
  },
  {
    name: "an administrator of a chapter",
    who: (tx, mentor, organization) => aChapterAdministrator(tx, organization, mentor.chapterId),
    night: true,
    settings: false,
  },
  {
    name: "an administrator of the organisation",
    who: (tx, _mentor, organization) => anOrganizationAdministrator(tx, organization),
    night: true,
    settings: true,
  },
  {
    name: "an operator at the database",
    who: async () => null,
    night: true,
    settings: true,
  },
  {
    name: "a coordinator of another organisation",
    who: async (tx) => await aCoordinator(tx, await aMentor(tx, await anOrganization(tx))),
    night: false,
    settings: false,
  },
  {
    name: "an administrator of another organisation",
    who: async (tx) => await anOrganizationAdministrator(tx, await anOrganization(tx)),
    night: false,
    settings: false,
  },
];

describe("C8 the night and the settings of an organisation", () => {
  test.for(OFFICES)("$name", async ({ who, night, settings }, { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    const { id: runId } = await insert<{ id: string }>(tx, "app_public.nightly_runs", {
      organization_id: organization.id,
      run_on: TODAY,
      state: "needs_approval",
      attempt: 1,
      started_at: TODAY,
    });
    await actAs(tx, await who(tx, mentor, organization));
    const codeOf = async (command: string, args: Record<string, unknown>) =>
      (await refusal(tx, () => call(tx, command, args)))?.code ?? "ok";
    const organization_id = organization.id;

    expect({
      run: await codeOf("run_nightly", { organization_id, run_on: TODAY }),
      plan: await codeOf("nightly_plan", { organization_id, run_on: TODAY }),
      approve: await codeOf("approve_nightly_run", { run_id: runId }),
      settings: await codeOf("update_organization_settings", { organization_id, grace_days: 7 }),
    }).toEqual({
      run: night ? "ok" : "MNDEN",
      plan: night ? "ok" : "MNDEN",
      approve: settings ? "ok" : "MNDEN",
      settings: settings ? "ok" : "MNDEN",
    });
  });
});
