import { describe, expect } from "vitest";
import { TODAY, aPerson, anOrganization, setClock } from "../../support/builders.ts";
import { call } from "../../support/outcomes.ts";
import { type Request, attempt, become, test } from "../../support/rights.ts";
import { COMMANDS } from "./functions.cases.ts";

const HOSTILE = [
  "' or true --",
  "'; drop table app_public.people; --",
  "') or p.id is not null or ('' = '",
  "%",
  "_",
  " ",
  "null",
  "person:00000000-0000-4000-8000-000000000000",
  "\\' or 1 = 1",
  "${jndi:ldap://x}",
  "x".repeat(100_000),
];

describe("X3 SQL in what a request says is a text like any other:", () => {
  test.for(HOSTILE.map((text) => [text.slice(0, 40), text] as const))(
    "%s",
    async ([, text], { tx, world }) => {
      const subject = world.requests.mentor.subject!;
      const requests: Request[] = [{ subject: text }, { subject, organization: text }];

      for (const request of requests) {
        const seen = await attempt(tx, request, async () => {
          const { rows } = await tx.query(
            `select app_public.current_person_id() as person,
               (select count(*) from app_public.people) as people,
               (select count(*) from app_public.mentors) as mentors`,
          );
          return rows[0];
        });
        expect(seen).toEqual({ person: null, people: 0, mentors: 0 });
      }
    },
  );

  test("for a service, whose name stands in the ledger as it is", async ({ tx, world }) => {
    await setClock(tx, TODAY);
    const text = "'; drop table app_public.people; --";

    const outcome = await attempt(tx, { subject: text, service: true }, async () => {
      await call(tx, "run_nightly", { organization_id: world.organization.id });
      await tx.query("reset role");
      return (await tx.query("select app_private.actor() as actor")).rows[0];
    });

    expect(outcome).toEqual({ actor: `service:${text}` });
  });
});

describe("X3 a subject that several organisations know", () => {
  test("is nobody until the request names one of them, and never somebody of a third", async ({
    tx,
    world,
  }) => {
    const subject = world.requests.mentor.subject!;
    const second = await anOrganization(tx, { slug: "second" });
    const third = await anOrganization(tx, { slug: "third" });
    const namesake = await aPerson(tx, second, { auth_subject: subject });
    const whoIs = (organization: string) =>
      attempt(tx, { subject, organization }, async () => {
        const { rows } = await tx.query("select app_public.current_person_id() as id");
        return rows[0].id as string | null;
      });

    expect({
      unnamed: await whoIs(""),
      first: await whoIs(world.organization.slug),
      second: await whoIs(second.slug),
      third: await whoIs(third.slug),
    }).toEqual({
      unnamed: null,
      first: world.owners.own.mentor.personId,
      second: namesake,
      third: null,
    });
  });
});

describe("X3 nobody in particular is nobody, and not an operator:", () => {
  const NOBODIES: Record<string, Request> = {
    "no subject at all": {},
    "an empty subject": { subject: "" },
    "a subject that was deleted": { subject: "gone" },
    "an organisation without a subject": { organization: "home" },
  };

  test.for(Object.entries(NOBODIES))("%s", async ([, request], { tx, world }) => {
    await setClock(tx, TODAY);
    for (const [name, command] of Object.entries(COMMANDS)) {
      const outcome = await attempt(tx, request, () => command.call(tx, world.owners.own, world));
      expect(outcome, name).toBe("MNDEN");
    }
  });

  test("not even told that an organisation does not exist", async ({ tx }) => {
    const organization_id = crypto.randomUUID();

    const outcome = await attempt(tx, {}, () => call(tx, "nightly_plan", { organization_id }));

    expect(outcome).toBe("MNDEN");
  });

  test("nor that a mentor does not", async ({ tx }) => {
    const mentor_id = crypto.randomUUID();

    const outcome = await attempt(tx, {}, () => call(tx, "explain_mentor", { mentor_id }));

    expect(outcome).toBe("MNDEN");
  });

  test("a login that is only a member of the visitor role, and has not taken it on", async ({
    tx,
    world,
  }) => {
    await setClock(tx, TODAY);
    await tx.query("create role test_api_login login noinherit in role mentor_lifecycle_visitor");
    await tx.query("set local session authorization test_api_login");

    const outcome = await attempt(tx, null, () =>
      call(tx, "pause_mentor", { mentor_id: world.owners.own.mentor.id, reason: "Rest" }),
    );

    expect(outcome).toBe("42501");
  });

  test("a login that inherits from the visitor role and forgets to take it on", async ({
    tx,
    world,
  }) => {
    await setClock(tx, TODAY);
    await tx.query("create role test_api_login login inherit in role mentor_lifecycle_visitor");
    await tx.query("set local session authorization test_api_login");

    const outcome = await attempt(tx, null, () =>
      call(tx, "pause_mentor", { mentor_id: world.owners.own.mentor.id, reason: "Rest" }),
    );

    expect(outcome).toBe("MNDEN");
  });

  test("an owner who carries a token that nobody knows", async ({ tx, world }) => {
    await setClock(tx, TODAY);
    await become(tx, { subject: "gone" });
    await tx.query("reset role");

    const outcome = await attempt(tx, null, () =>
      call(tx, "pause_mentor", { mentor_id: world.owners.own.mentor.id, reason: "Rest" }),
    );

    expect(outcome).toBe("MNDEN");
  });
});

test("X3 the reason that a person gave is not kept with the request, and still told from others", async ({
  tx,
  world,
}) => {
  await setClock(tx, TODAY);
  const pause = { mentor_id: world.owners.own.mentor.id, request_id: crypto.randomUUID() };
  await call(tx, "pause_mentor", { ...pause, reason: "Surgery on both ears" });

  const { rows } = await tx.query("select r::text as row from app_private.command_requests as r");

  expect(rows.map(({ row }) => row).join()).toContain(pause.request_id);
  expect(rows.map(({ row }) => row).join()).not.toContain("Surgery");
  expect(
    await call(tx, "pause_mentor", { ...pause, reason: "Surgery on both ears" }),
  ).toBeDefined();
  expect(
    await attempt(tx, null, () => call(tx, "pause_mentor", { ...pause, reason: "Holiday" })),
  ).toBe("MNREQ");
});

/*
 * Whoever can run SQL of his own in the visitor role can set the settings as well: they are the word
 * of the API and not of the client. No client can, because no function that a client may call runs a
 * text or takes the name of a setting (see lints.test.ts).
 */
test("the settings are the API's word: who could set them would be believed", async ({
  tx,
  world,
}) => {
  await become(tx, world.requests.mentor);
  await tx.query("select set_config('mentor_lifecycle.subject', $1, true)", [
    world.requests.organizationAdministrator.subject,
  ]);

  const { rows } = await tx.query("select count(*) as n from app_public.mentors");

  expect(rows).toEqual([{ n: 2 }]);
});

test("X3 whoever leaves the organisation is nobody from the next statement on", async ({
  tx,
  world,
}) => {
  await setClock(tx, TODAY);
  const mentors = () =>
    attempt(tx, world.requests.chapterAdministrator, async () => {
      const { rows } = await tx.query("select count(*) as n from app_public.mentors");
      return rows[0].n as number;
    });
  const before = await mentors();
  await tx.query("update app_public.people set auth_subject = null where id = $1", [
    world.people["chapterAdministrator"],
  ]);

  expect([before, await mentors()]).toEqual([1, 0]);
});

test("S1 a coordinator of yesterday loses the mentor at midnight of the organisation", async ({
  tx,
  world,
}) => {
  const { subject } = world.requests.formerCoordinator;
  const mentorId = world.owners.own.mentor.id;
  const seenAt = async (at: string) => {
    await setClock(tx, at);
    return await attempt(tx, { subject: subject! }, async () => {
      const { rows } = await tx.query("select id from app_public.mentors");
      return rows.map(({ id }) => id as string);
    });
  };

  expect(await seenAt("2026-03-14 23:59:59 Europe/Oslo")).toEqual([mentorId]);
  expect(await seenAt("2026-03-15 00:00:00 Europe/Oslo")).toEqual([]);
});

describe("an impossible date is refused, and no night is recorded for it:", () => {
  test.for(["-infinity", "infinity", "0001-01-01", "1899-12-31", "2036-03-24"])(
    "%s",
    async (run_on, { tx, world }) => {
      await setClock(tx, TODAY);
      const args = { organization_id: world.organization.id, run_on };
      const request = world.requests.organizationAdministrator;

      expect(await attempt(tx, request, () => call(tx, "run_nightly", args))).toBe("MNDAT");
      expect(await attempt(tx, request, () => call(tx, "nightly_plan", args))).toBe("MNDAT");
    },
  );
});
