import { describe, expect } from "vitest";
import {
  type Database,
  type Mentor,
  type Organization,
  type Status,
  TODAY,
  aCertification,
  aMentor,
  aPerson,
  addDays,
  anOrganization,
  insert,
  setClock,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { call, lastEntryOf, mentorNow, refusal, violationsOf } from "../../support/outcomes.ts";

const STATUSES: Status[] = ["pending", "active", "paused", "retired"];

/** Written by hand from the picture in the documentation, so that a wrong row in the table shows. */
const ARROWS = [
  "new -> pending",
  "new -> active",
  "new -> paused",
  "pending -> active",
  "active -> paused",
  "paused -> active",
  "pending -> retired",
  "active -> retired",
  "paused -> retired",
  "retired -> pending",
];

/** Arrows whose end follows from pauses, which an update of the status alone contradicts. */
const ARROWS_OF_PAUSES = new Set(["active -> paused", "paused -> active"]);

const PAIRS = STATUSES.flatMap((from) =>
  STATUSES.filter((to) => to !== from).map((to) => ({ from, to, arrow: `${from} -> ${to}` })),
);

/** Somebody whose certification has run out, where that is possible: a bare status, no facts due. */
async function aMentorIn(tx: Database, organization: Organization, status: Status) {
  return await aMentor(tx, organization, {
    status,
    ...(status === "retired" && { expiresOn: addDays(TODAY, -1) }),
  });
}

const setStatus = (tx: Database, mentor: Mentor, status: string) =>
  tx.query("update app_public.mentors set status = $2 where id = $1", [mentor.id, status]);

test("the arrows of the table are those of the picture", async ({ tx }) => {
  const { rows } = await tx.query<{ arrow: string }>(
    "select from_status || ' -> ' || to_status as arrow from app_public.mentor_status_transitions",
  );

  expect(rows.map(({ arrow }) => arrow).toSorted()).toEqual(ARROWS.toSorted());
});

describe("S2 an update of the status by hand", () => {
  test.for(PAIRS.filter(({ arrow }) => !ARROWS.includes(arrow)))(
    "refuses $arrow with MNTRA",
    async ({ from, to }, { tx }) => {
      const mentor = await aMentorIn(tx, await anOrganization(tx), from);

      expect(await refusal(tx, () => setStatus(tx, mentor, to))).toMatchObject({
        code: "MNTRA",
        table: "mentors",
      });
    },
  );

  test.for(PAIRS.filter(({ arrow }) => ARROWS_OF_PAUSES.has(arrow)))(
    "refuses $arrow with MNTRA, because the pauses say otherwise",
    async ({ from, to }, { tx }) => {
      const mentor = await aMentorIn(tx, await anOrganization(tx), from);

      expect(await refusal(tx, () => setStatus(tx, mentor, to))).toMatchObject({
        code: "MNTRA",
        table: "mentors",
      });
    },
  );

  test.for(
    PAIRS.filter(
      ({ arrow }) =>
        ARROWS.includes(arrow) && !ARROWS_OF_PAUSES.has(arrow) && arrow !== "pending -> active",
    ),
  )("journals $arrow and keeps every rule", async ({ from, to }, { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentorIn(tx, organization, from);
    const { version } = await mentorNow(tx, mentor.id);

    await setStatus(tx, mentor, to);
    await tx.query("set constraints all immediate");

    expect(await mentorNow(tx, mentor.id)).toMatchObject({ status: to });
    expect(await lastEntryOf(tx, mentor.id)).toMatchObject({ to_status: to });
    expect((await mentorNow(tx, mentor.id)).version).toBeGreaterThan(version);
    expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
  });

  test("lets pending -> active on the first day of the certification, not the day before", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { status: "pending" });
    await aCertification(tx, mentor, organization.typeId, { validFrom: addDays(TODAY, 1) });

    expect(await refusal(tx, () => setStatus(tx, mentor, "active"))).toMatchObject({
      code: "MNCRT",
    });
    await setClock(tx, addDays(TODAY, 1));
    expect(await refusal(tx, () => setStatus(tx, mentor, "active"))).toBeUndefined();
  });

  test("refuses a status that does not exist", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));

    expect(await refusal(tx, () => setStatus(tx, mentor, "asleep"))).toMatchObject({
      code: "MNTRA",
    });
  });
});

describe("S2 a before trigger that changes the status while another column is updated", () => {
  const SNEAK = `create function pg_temp.sneak() returns trigger language plpgsql as
    $$ begin NEW.status := 'pending'; return NEW; end $$`;

  test.for([
    { trigger: "_100_before_the_guard", refused: { code: "MNTRA" } },
    {
      trigger: "_300_after_the_guard",
      refused: { code: "23503", constraint: "mentor_journal_follows_the_arrows" },
    },
  ])("$trigger is refused", async ({ trigger, refused }, { tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    await tx.query(SNEAK);
    await tx.query(`create trigger ${trigger} before update on app_public.mentors
      for each row execute function pg_temp.sneak()`);

    const outcome = await refusal(tx, () =>
      tx.query("update app_public.mentors set portal_consent = false where id = $1", [mentor.id]),
    );

    expect(outcome).toMatchObject(refused);
  });
});

const newMentor = async (tx: Database, organization: Organization, status: string) =>
  await insert<{ id: string }>(tx, "app_public.mentors", {
    organization_id: organization.id,
    chapter_id: organization.chapterId,
    person_id: await aPerson(tx, organization),
    mentor_key: "M-new",
    status,
  });

describe("S2 a new mentor", () => {
  test("is enrolled as pending", async ({ tx }) => {
    const organization = await anOrganization(tx);

    const mentor = await newMentor(tx, organization, "pending");

    expect(await lastEntryOf(tx, mentor.id)).toMatchObject({
      version: 1,
      event: "enrolled",
      from_status: null,
      to_status: "pending",
    });
  });

  test.for([
    { status: "active", code: "MNCRT" },
    { status: "paused", code: "MNTRA" },
    { status: "retired", code: "MNTRA" },
    { status: "new", code: "MNTRA" },
  ])("is refused as $status without the facts, with $code", async ({ status, code }, { tx }) => {
    const organization = await anOrganization(tx);

    expect(await refusal(tx, () => newMentor(tx, organization, status))).toMatchObject({
      code,
      table: "mentors",
    });
  });
});

type Command = "pause_mentor" | "resume_mentor" | "retire_mentor" | "reenroll_mentor" | "certify";

/** What each command makes of a mentor in each status: the status after it, or how it is refused. */
const COMMANDS: Record<Command, Record<Status, string>> = {
  pause_mentor: { pending: "MNTRA", active: "paused", paused: "MNAPA", retired: "MNTRA" },
  resume_mentor: { pending: "MNNPA", active: "MNNPA", paused: "active", retired: "MNNPA" },
  retire_mentor: { pending: "retired", active: "retired", paused: "retired", retired: "MNTRA" },
  reenroll_mentor: { pending: "MNTRA", active: "MNTRA", paused: "MNTRA", retired: "pending" },
  certify: { pending: "active", active: "active", paused: "paused", retired: "retired" },
};

async function command(
  tx: Database,
  name: Command,
  mentor: Mentor,
  organization: Organization,
  version?: number,
): Promise<unknown> {
  const args = { mentor_id: mentor.id };
  const expected = version === undefined ? {} : { expected_version: version };
  if (name === "certify")
    return await call(tx, "grant_certification", {
      ...args,
      certification_type_id: organization.typeId,
      valid_from: TODAY,
      expires_on: addDays(TODAY, 730),
    });
  const reason = name === "pause_mentor" || name === "retire_mentor" ? { reason: "Moves" } : {};
  return await call(tx, name, { ...args, ...reason, ...expected });
}

const CASES = Object.entries(COMMANDS).flatMap(([name, outcomes]) =>
  STATUSES.map((from) => ({ name: name as Command, from, outcome: outcomes[from] })),
);

describe("S1 a command", () => {
  test.for(CASES)("$name takes $from to $outcome", async ({ name, from, outcome }, { tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentorIn(tx, organization, from);
    const before = await mentorNow(tx, mentor.id);
    const act = () => command(tx, name, mentor, organization);

    if (outcome.startsWith("MN")) {
      expect(await refusal(tx, act)).toMatchObject({ code: outcome });
      expect(await mentorNow(tx, mentor.id)).toEqual(before);
    } else {
      await act();
      await tx.query("set constraints all immediate");
      expect(await mentorNow(tx, mentor.id)).toMatchObject({ status: outcome });
      expect(await violationsOf(tx, organization.id, TODAY)).toEqual([]);
    }
  });

  test.for(CASES.filter(({ name }) => name !== "certify"))(
    "$name refuses a $from mentor whom somebody changed before, with MNVER",
    async ({ name, from }, { tx }) => {
      const organization = await anOrganization(tx);
      const mentor = await aMentorIn(tx, organization, from);
      const { version } = await mentorNow(tx, mentor.id);

      for (const stale of [version - 1, version + 1]) {
        const act = () => command(tx, name, mentor, organization, stale);
        expect(await refusal(tx, act)).toMatchObject({ code: "MNVER" });
      }
    },
  );

  test.for(["pause_mentor", "resume_mentor", "retire_mentor", "reenroll_mentor"])(
    "%s says MNNOT of a mentor who does not exist",
    async (name, { tx }) => {
      const args = {
        mentor_id: "00000000-0000-4000-8000-000000000000",
        ...(["pause_mentor", "retire_mentor"].includes(name) && { reason: "Moves abroad" }),
      };

      expect(await refusal(tx, () => call(tx, name, args))).toMatchObject({ code: "MNNOT" });
    },
  );
});
