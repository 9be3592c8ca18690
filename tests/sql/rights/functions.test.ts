import { describe, expect } from "vitest";
import { TODAY, addDays, setClock } from "../../support/builders.ts";
import { call } from "../../support/outcomes.ts";
import { OWNERS, PERSONAS, attempt, become, test } from "../../support/rights.ts";
import { ASKED_BY_POLICIES, COMMANDS, QUESTIONS } from "./functions.cases.ts";

const FUNCTIONS = `
  select p.proname as name, p.oid::regprocedure::text as signature,
    has_function_privilege('mentor_lifecycle_visitor', p.oid, 'execute') as is_granted,
    p.provolatile = 'v' as is_command, p.prosrc as source, p.pronargs as arguments,
    array(select format_type(t, null) from unnest(p.proargtypes) as t) as types
  from pg_proc as p
  where p.pronamespace = $1::regnamespace
    and p.prokind = 'f'
    and p.prorettype <> 'trigger'::regtype
    and not exists (
      select from pg_depend as d
      where d.classid = 'pg_proc'::regclass
        and d.objid = p.oid
        and d.deptype = 'e'
    )
  order by signature`;

interface FunctionRow {
  name: string;
  signature: string;
  is_granted: boolean;
  is_command: boolean;
  source: string;
  types: string[];
}

test("X3 somebody has decided who may call each function", async ({ tx }) => {
  const { rows } = await tx.query<FunctionRow>(FUNCTIONS, ["app_public"]);

  const undecided = rows.flatMap(({ name, signature, is_granted, is_command }) => {
    const list = is_command ? "COMMANDS" : "QUESTIONS";
    if ((is_command ? COMMANDS : QUESTIONS)[name] === undefined) {
      return [
        `decide who may call ${signature}: write it into ${list} of ` +
          `tests/sql/rights/functions.cases.ts by hand`,
      ];
    }
    return is_granted ? [] : [`grant execute on function ${signature} to mentor_lifecycle_visitor`];
  });

  expect(undecided).toEqual([]);
});

test("every command begins at the door that keeps nobody out by mistake", async ({ tx }) => {
  const { rows } = await tx.query<FunctionRow>(FUNCTIONS, ["app_public"]);

  const open = rows
    .filter(({ is_command, source }) => is_command && !/app_private\.begin_request\(/.test(source))
    .map(({ signature }) => `let ${signature} begin with app_private.begin_request`);

  expect(open).toEqual([]);
});

describe("X3 of the personas, only those who may", () => {
  for (const [name, { arrange, call: act, permitted, refusal = "MNDEN" }] of Object.entries(
    COMMANDS,
  )) {
    test.for(OWNERS)(`${name}: %s`, async (owner, { tx, world }) => {
      await setClock(tx, TODAY);
      const target = world.owners[owner];
      await arrange?.(tx, target);

      const outcomes: Record<string, unknown> = {};
      const expected: Record<string, unknown> = {};
      for (const persona of PERSONAS) {
        const request = world.requests[persona];
        const outcome = await attempt(tx, request, () => act(tx, target, world));
        outcomes[persona] = typeof outcome === "string" ? outcome : "done";
        const isNobody = ["anonymous", "unknown", "service"].includes(persona);
        expected[persona] = isNobody ? "MNDEN" : refusal;
      }
      for (const persona of permitted[owner]) expected[persona] = "done";

      expect(outcomes).toEqual(expected);
    });
  }
});

describe("X3 each persona is answered what concerns him:", () => {
  test.for(Object.entries(QUESTIONS))("%s", async ([, { ask, answers }], { world, visit }) => {
    const found: Record<string, unknown> = {};
    for (const persona of PERSONAS) {
      const answer = await visit(persona, (tx) => ask(tx, world));
      if (answer !== "") found[persona] = answer;
    }

    expect(found).toEqual(answers);
  });
});

test("X3 what is private cannot be called, not even what policies ask", async ({ tx, visit }) => {
  const { rows } = await tx.query<FunctionRow>(FUNCTIONS, ["app_private"]);

  const outcomes: Record<string, unknown> = {};
  for (const { name, signature, types } of rows) {
    const nulls = types.map((type) => `null::${type}`).join(", ");
    const outcome = await visit("organizationAdministrator", (tx) =>
      tx.query(`select app_private.${name}(${nulls})`),
    );
    if (outcome !== "42501") outcomes[signature] = outcome;
  }

  expect(outcomes).toEqual({});
  expect(rows.filter(({ is_granted }) => is_granted).map(({ name }) => name)).toEqual(
    ASKED_BY_POLICIES,
  );
});

test("an alert about the whole system is acknowledged by administrators only", async ({
  world,
  visit,
}) => {
  const outcomes: Record<string, unknown> = {};
  for (const persona of PERSONAS) {
    const outcome = await visit(persona, (tx) =>
      call(tx, "acknowledge_alert", { alert_id: world.systemAlertId }),
    );
    if (outcome !== "MNDEN") outcomes[persona] = typeof outcome;
  }

  expect(outcomes).toEqual({ organizationAdministrator: "object", foreignAdministrator: "object" });
});

describe("C8 a night of another day", () => {
  test.for([
    ["coordinator", 1, "MNDAT"],
    ["formerCoordinator", 1, "MNDAT"],
    ["chapterAdministrator", 1, "MNDAT"],
    ["organizationAdministrator", 1, "done"],
    ["coordinator", -1, "done"],
    ["coordinator", 0, "done"],
  ] as const)(
    "comes early, and pauses people before their time, only for who administers them all: %s, %d",
    async ([persona, days, expected], { tx, world }) => {
      await setClock(tx, TODAY);

      const outcome = await attempt(tx, world.requests[persona], () =>
        call(tx, "run_nightly", {
          organization_id: world.organization.id,
          run_on: addDays(TODAY, days),
        }),
      );

      expect(typeof outcome === "string" ? outcome : "done").toBe(expected);
    },
  );
});

describe("C9 a service", () => {
  const service = { subject: "scheduler", service: true };

  test.for([
    ["tomorrow", 1, "MNDAT"],
    ["today", 0, "done"],
    ["a week ago", -7, "done"],
    ["eight days ago", -8, "MNDAT"],
  ] as const)(
    "starts no night but a recent one: %s is %s",
    async ([, days, expected], { tx, world }) => {
      await setClock(tx, TODAY);

      const outcome = await attempt(tx, service, () =>
        call(tx, "run_nightly", {
          organization_id: world.organization.id,
          run_on: addDays(TODAY, days),
        }),
      );

      expect(typeof outcome === "string" ? outcome : "done").toBe(expected);
    },
  );

  test("is nobody, even if a person has its subject", async ({ tx, world }) => {
    await become(tx, { ...world.requests.organizationAdministrator, service: true });

    const { rows } = await tx.query(
      "select app_public.current_person_id() as id, (select count(*) from app_public.mentors) as n",
    );

    expect(rows).toEqual([{ id: null, n: 0 }]);
  });

  test("is not given the answer that an operator got for the same request", async ({
    tx,
    world,
  }) => {
    await setClock(tx, TODAY);
    const request = {
      organization_id: world.organization.id,
      run_on: TODAY,
      request_id: crypto.randomUUID(),
    };
    await call(tx, "run_nightly", request);

    expect(await attempt(tx, service, () => call(tx, "run_nightly", request))).toBe("MNREQ");
  });
});
