import { describe, expect } from "vitest";
import { PAUSE, apiWorld, post, startTestApi, test, visitorUrl } from "../../support/api.ts";
import { createPool } from "../../../worker/database/pool.ts";
import { VISITOR } from "../../../worker/database/grants.ts";
import { onTestFinished } from "vitest";

/** What must never be read in a log. */
const CANARY = "CANARY-hearing-loss";

describe("X3: what a client is told of an error", () => {
  test.for<[name: string, variables: Record<string, unknown>, code: string, says: RegExp]>([
    ["a reason that is blank", { reason: " " }, "INVALID_ARGUMENT", /^A value is not possible: /],
    [
      "a text with a zero",
      { reason: "a\u0000b" },
      "INVALID_ARGUMENT",
      /characters that are no text/,
    ],
    [
      "a date that there is not",
      { expectedReturnOn: "2026-02-30" },
      "INVALID_ARGUMENT",
      /^A value/,
    ],
    [
      "a date beyond all dates",
      { expectedReturnOn: "9999999-01-01" },
      "INVALID_ARGUMENT",
      /^A value/,
    ],
    ["a return that has passed", { expectedReturnOn: "2020-01-01" }, "MNDAT", /not after today/],
    [
      "a mentor that there is not",
      { mentorId: "3f2c8a52-6f0e-4a55-9d9f-6f9a3f1d6c11" },
      "MNNOT",
      /no such mentor/,
    ],
  ])("%s: a code and a sentence", async ([, variables, code, says], { api, world }) => {
    const answer = await api.ask(
      `mutation ($mentorId: UUID!, $reason: String!, $expectedReturnOn: Date) {
         pauseMentor(
           input: { mentorId: $mentorId, reason: $reason, expectedReturnOn: $expectedReturnOn }
         ) { mentor { id } }
       }`,
      {
        as: world.coordinator,
        variables: { mentorId: world.mentor.id, reason: "x", ...variables },
      },
    );

    expect(answer).toMatchObject({ status: 200, code, data: { pauseMentor: null } });
    expect(answer.errors[0]?.message).toMatch(says);
    expect(answer.errors[0]?.path).toEqual(["pauseMentor"]);
  });

  test("a value that a rule refuses: the rule's name", async ({ api, world }) => {
    const answer = await api.ask(
      `mutation ($id: UUID!) {
         updateOrganizationSettings(input: { organizationId: $id, graceDays: -1 }) {
           organizationSettings { graceDays }
         }
       }`,
      { as: world.administrator, variables: { id: world.organization.id } },
    );

    expect(answer.code).toBe("INVALID_ARGUMENT");
    expect(answer.errors[0]?.extensions["constraint"]).toMatch(/^organization_settings_grace/);
    expect(answer.errors[0]?.message).toMatch(
      /^A value is not possible: organization settings grace/,
    );
  });

  test("a variable that is none: in its own words, before anything is done", async ({
    api,
    world,
  }) => {
    const answer = await api.ask(PAUSE, {
      as: world.coordinator,
      variables: { mentorId: "nonsense", reason: "x" },
    });

    expect(answer.status).toBe(400);
    expect(answer.errors[0]?.message).toMatch(/mentorId.*UUID/);
  });

  test("a lock that somebody else keeps: that they do, after five seconds", async ({
    api,
    world,
    pool,
  }) => {
    const holder = await pool.connect();
    try {
      await holder.query("begin");
      await holder.query("select from app_public.mentors where id = $1 for update", [
        world.mentor.id,
      ]);
      const begun = performance.now();

      const answer = await api.ask(PAUSE, {
        as: world.coordinator,
        variables: { mentorId: world.mentor.id, reason: "x" },
      });

      expect(answer.code).toBe("BUSY");
      expect(performance.now() - begun).toBeGreaterThan(4_900);
    } finally {
      await holder.query("rollback");
      holder.release();
    }
  });
});

describe("S1: a command whose answer cannot be read", () => {
  test("was done, and nothing of the answer says otherwise", async ({ api, world, pool }) => {
    const holder = await pool.connect();
    await holder.query("begin");
    await holder.query("lock table app_public.chapters in access exclusive mode");

    const asked = api.ask(
      `mutation { pauseMentor(input: { mentorId: "${world.mentor.id}", reason: "x" }) {
         mentor { status chapter { name } } } }`,
      { as: world.coordinator },
    );
    // It is released whatever happens: the database is taken away after the test.
    await Promise.allSettled([asked]);
    await holder.query("rollback");
    holder.release();
    const answer = await asked;

    const { rows } = await pool.query("select status from app_public.mentors where id = $1", [
      world.mentor.id,
    ]);
    expect(rows).toEqual([{ status: "paused" }]);
    expect(answer.errors).toMatchObject([
      {
        path: ["pauseMentor", "mentor", "chapter"],
        message: expect.stringMatching(/^This part could not be read/),
        extensions: { code: "BUSY", hint: expect.stringMatching(/the command was done/) },
      },
    ]);
    expect(JSON.stringify(answer)).not.toMatch(/othing was changed/);
  });

  test("one that is refused beside others leaves them as they are, and its path names it", async ({
    api,
    world,
  }) => {
    const input = `input: { mentorId: "${world.mentor.id}"`;
    const { data, errors } = await api.ask(
      `mutation {
         first: pauseMentor(${input}, reason: "x" }) { mentor { status } }
         second: pauseMentor(${input}, reason: "x" }) { mentor { status } }
         third: resumeMentor(${input} }) { mentor { status } } }`,
      { as: world.coordinator },
    );

    expect(data).toEqual({
      first: { mentor: { status: "paused" } },
      second: null,
      third: { mentor: { status: "active" } },
    });
    expect(errors).toMatchObject([{ path: ["second"], extensions: { code: "MNAPA" } }]);
  });
});

describe("X3: the time that a night may take", () => {
  test("is only for who asks for a night", async ({ fresh }) => {
    const url = await fresh();
    const pool = createPool(url);
    onTestFinished(() => pool.end());
    await pool.query(
      `create function app_public.limit_of_time() returns text language sql stable
       set search_path = pg_catalog, pg_temp as $$ select current_setting('statement_timeout') $$`,
    );
    await pool.query(`grant execute on function app_public.limit_of_time() to ${VISITOR}`);
    const api = await startTestApi(url);
    onTestFinished(() => api.stop());

    const { data } = await post(api.url, {
      query: `query Short { limitOfTime }
        mutation Night { runNightly(input: { organizationId: "3f2c8a52-6f0e-4a55-9d9f-6f9a3f1d6c11" }) {
          nightlyRun { id } } }`,
      operationName: "Short",
    });

    expect(data).toEqual({ limitOfTime: "15s" });
  });
});

describe("X3: what nobody has thought of", () => {
  test("leaves an id, which the log has, and nothing else; the log has no row", async ({
    fresh,
  }) => {
    const url = await fresh();
    const pool = createPool(url);
    onTestFinished(() => pool.end());
    const world = await apiWorld(pool);
    await pool.query(
      `create function app_public.break(secret text) returns integer
       language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
       begin
         raise exception 'lost %', secret using errcode = 'XX000', detail = secret, hint = secret;
       end $$`,
    );
    await pool.query(
      `create function app_public.sleep(seconds integer) returns integer
       language sql volatile set search_path = pg_catalog, pg_temp as $$
         select 1 from pg_sleep(seconds) $$`,
    );
    await pool.query(
      `create function app_public.read_number(text text) returns integer
       language sql volatile as $$ select text::integer $$`,
    );
    for (const one of ["break(text)", "sleep(integer)", "read_number(text)"]) {
      await pool.query(`grant execute on function app_public.${one} to ${VISITOR}`);
    }
    const api = await startTestApi(url);
    onTestFinished(() => api.stop());
    const by = { as: world.coordinator };

    const broken = await api.ask(
      `mutation Break($secret: String!) { break(input: { secret: $secret }) { result } }`,
      { ...by, variables: { secret: CANARY } },
    );
    const unreadable = await api.ask(
      `mutation ($text: String!) { readNumber(input: { text: $text }) { result } }`,
      { ...by, variables: { text: CANARY } },
    );
    const begun = performance.now();
    const slow = await api.ask("mutation Slow { sleep(input: { seconds: 60 }) { result } }", by);
    const duration = performance.now() - begun;
    await api.ask(PAUSE, { ...by, variables: { mentorId: world.mentor.id, reason: CANARY } });
    await api.ask(PAUSE, { ...by, variables: { mentorId: world.mentor.id, reason: CANARY } });
    await api.ask(PAUSE, {
      as: CANARY,
      variables: { mentorId: world.mentor.id, reason: CANARY },
    });
    await api.ask(`{ ${CANARY.replaceAll("-", "_")} }`, by);

    const [error] = broken.errors;
    expect(error?.message).toMatch(
      /^Something went wrong here; the log knows more under [0-9a-f]{12}/,
    );
    expect(error?.extensions).toEqual({
      code: "INTERNAL",
      detail: expect.stringMatching(/^error_id=[0-9a-f]{12}$/),
    });
    const id = String(error?.extensions["detail"]).slice("error_id=".length);
    const line = api.log.find((text) => text.includes(id));
    expect(JSON.parse(line ?? "{}")).toMatchObject({
      level: "error",
      sqlstate: "XX000",
      field: "break",
      operation: "Break",
      caller: expect.stringMatching(/^subject:[0-9a-f]{12}$/),
    });
    expect(unreadable.code).toBe("INVALID_ARGUMENT");
    expect(unreadable.errors[0]?.message).toBe("A value is not a valid integer.");
    expect(slow.code).toBe("TIMEOUT");
    expect(duration).toBeGreaterThan(14_000);
    expect(duration).toBeLessThan(20_000);
    expect(api.log.some((text) => /"operation":"Slow".*slow request/.test(text))).toBe(true);
    expect(api.log.some((text) => /"code":"MNDEN".*denied/.test(text))).toBe(true);
    for (const text of api.log) {
      expect(text).not.toContain(CANARY);
      expect(text).not.toContain(world.coordinator);
    }
    expect(JSON.stringify([broken, slow])).not.toContain(CANARY);
  });
});

test("X3: the login of the API may become the visitor, and nothing else", async ({
  databaseUrl,
}) => {
  const pool = createPool(await visitorUrl(databaseUrl), { max: 1 });
  onTestFinished(() => pool.end());

  await expect(pool.query("select from app_public.mentors")).rejects.toMatchObject({
    code: "42501",
  });
  await expect(pool.query("set role postgres")).rejects.toMatchObject({ code: "42501" });
  await pool.query(`set role ${VISITOR}`);
  const { rows } = await pool.query("select from app_public.mentors");
  expect(rows).toEqual([]);
});
