import { describe, expect, onTestFinished } from "vitest";
import { aToken, apiWorld, post, startTestApi, test } from "../../support/api.ts";
import { VISITOR } from "../../../worker/database/grants.ts";
import { createPool, withClient } from "../../../worker/database/pool.ts";
import { startProxy } from "../../support/proxy.ts";
import { visitorUrl } from "../../support/api.ts";

const ASK = { query: "{ currentPersonId }" };

describe("X3: a bad token", () => {
  test("is 401 with a sentence, and the database is not asked", async ({ fresh }) => {
    const url = await fresh();
    const api = await startTestApi(url);
    onTestFinished(() => api.stop());
    const good = await aToken("kari");
    // Whatever is asked of the database now fails in another way.
    await withClient(url.replace(/\/[^/]+$/, "/postgres"), async (client) => {
      const database = new URL(url).pathname.slice(1);
      await client.query(`alter database ${database} with allow_connections false`);
      await client.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1",
        [database],
      );
    });

    const refused = await Promise.all(
      [`${good}x`, good.slice(0, -4), "x", `${good.split(".")[0]}..`].map((token) =>
        post(api.url, ASK, { authorization: `Bearer ${token}` }),
      ),
    );
    const admitted = await post(api.url, ASK, { authorization: `Bearer ${good}` });

    for (const { status, code, headers, errors, data } of refused) {
      expect({ status, code, data }).toEqual({
        status: 401,
        code: "UNAUTHENTICATED",
        data: undefined,
      });
      expect(headers.get("www-authenticate")).toMatch(/^Bearer error="invalid_token"$/);
      expect(errors[0]?.message).toMatch(/^[A-Z].*\.$/);
    }
    expect(admitted.code).toBe("UNAVAILABLE");
  });

  test("of somebody who has left is nobody's", async ({ api, world, pool }) => {
    const before = await api.ask("{ currentPersonId }", { as: world.coordinator });
    await pool.query("update app_public.people set auth_subject = null where id = $1", [
      world.coordinatorId,
    ]);
    const after = await api.ask("{ currentPersonId mentors { nodes { id } } }", {
      as: world.coordinator,
    });

    expect(before.data).toEqual({ currentPersonId: world.coordinatorId });
    expect(after).toMatchObject({
      status: 200,
      data: { currentPersonId: null, mentors: { nodes: [] } },
    });
  });

  test("with SQL in its claims does nothing", async ({ api, world, pool }) => {
    for (const as of [
      "'; drop table app_public.mentors; --",
      "' or ''='",
      `${world.coordinator}' --`,
      "$(whoami)",
    ]) {
      const answer = await api.ask("{ currentPersonId }", {
        as,
        claims: { role: "postgres", "mentor_lifecycle.person_id": world.coordinatorId },
      });
      expect(answer).toMatchObject({ errors: [], data: { currentPersonId: null } });
    }
    expect((await pool.query("select from app_public.mentors")).rowCount).toBeGreaterThan(0);
  });
});

describe("X3: every answer", () => {
  test.for<[path: string, init: RequestInit, status: number]>([
    [
      "/graphql",
      { method: "POST", body: "{", headers: { "content-type": "application/json" } },
      400,
    ],
    ["/graphql", { method: "GET" }, 405],
    ["/graphql?query={currentPersonId}", { method: "GET" }, 405],
    ["/graphql", { method: "PUT" }, 405],
    ["/graphql", { method: "OPTIONS" }, 204],
    ["/", { method: "GET" }, 404],
    ["/ruru-static/ruru.js", { method: "GET" }, 404],
    ["/nowhere", { method: "POST" }, 404],
    ["/livez", { method: "GET" }, 200],
    ["/readyz", { method: "GET" }, 200],
  ])("of %s has the headers that protect it", async ([path, init, status], { api }) => {
    const response = await fetch(`${api.url}${path}`, init);
    await response.text();

    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(response.headers.get("x-powered-by")).toBeNull();
  });

  test("lets pages of the given origins read it, and no others", async ({ databaseUrl }) => {
    const origin = "https://roster.example.org";
    const api = await startTestApi(databaseUrl, { corsOrigins: new Set([origin]) });
    onTestFinished(() => api.stop());
    const allowed = async (from: string, method = "OPTIONS") => {
      const response = await fetch(`${api.url}/graphql`, {
        method,
        headers: { origin: from, "content-type": "application/json" },
        ...(method === "POST" && { body: JSON.stringify(ASK) }),
      });
      await response.text();
      return [response.status, response.headers.get("access-control-allow-origin")];
    };

    expect(await allowed(origin)).toEqual([204, origin]);
    expect(await allowed(origin, "POST")).toEqual([200, origin]);
    expect(await allowed("https://evil.example.org")).toEqual([204, null]);
    expect(await allowed("null")).toEqual([204, null]);
    expect(await allowed(`${origin}.evil.org`, "POST")).toEqual([200, null]);
  });

  test("open for looking has GraphiQL and the schema", async ({ databaseUrl, world }) => {
    const api = await startTestApi(databaseUrl, { isOpen: true });
    onTestFinished(() => api.stop());

    const page = await fetch(`${api.url}/`);
    const schema = await api.ask("{ __schema { queryType { name } } }", { as: world.self });

    expect(page.status).toBe(200);
    expect(await page.text()).toContain("GraphiQL".toLowerCase());
    expect(schema.data).toEqual({ __schema: { queryType: { name: "Query" } } });
  });
});

describe("X3: who asks too often", () => {
  test("is told to wait, each subject for itself; strangers and bad tokens by their address", async ({
    databaseUrl,
    world,
  }) => {
    const rates = {
      known: { burst: 5, perSecond: 0.01 },
      unknown: { burst: 3, perSecond: 0.01 },
    };
    const api = await startTestApi(databaseUrl, {}, { rates });
    onTestFinished(() => api.stop());
    const statuses = async (count: number, authorization?: string) => {
      const answers = await Promise.all(
        Array.from({ length: count }, () =>
          post(api.url, ASK, authorization === undefined ? {} : { authorization }),
        ),
      );
      const last = answers.find(({ status }) => status === 429);
      expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(last?.code).toBe("TOO_MANY_REQUESTS");
      return answers.map(({ status }) => status).toSorted((a, b) => a - b);
    };

    const self = `Bearer ${await aToken(world.self)}`;
    const coordinator = `Bearer ${await aToken(world.coordinator)}`;
    expect(await statuses(7, self)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(await statuses(6, coordinator)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(await statuses(4, "Bearer bad")).toEqual([401, 401, 401, 429]);
    expect(await statuses(1)).toEqual([429]);
  });
});

describe("P6: a caller who goes away", () => {
  test("frees the connection that a question has, and not that of a command", async ({ fresh }) => {
    const url = await fresh();
    const owner = createPool(url);
    onTestFinished(() => owner.end());
    const { coordinator: as } = await apiWorld(owner);
    for (const [name, volatility] of [
      ["slow_question", "stable"],
      ["slow_command", "volatile"],
    ]) {
      await owner.query(
        `create function app_public.${name}() returns integer language sql ${volatility}
         set search_path = pg_catalog, pg_temp as $$ select 1 from pg_sleep(12) $$`,
      );
      await owner.query(`grant execute on function app_public.${name}() to ${VISITOR}`);
    }
    const api = await startTestApi(url);
    onTestFinished(() => api.stop());
    const running = async (name: string) => {
      const { rowCount } = await owner.query(
        `select from pg_stat_activity where datname = current_database() and state = 'active'
         and pid <> pg_backend_pid() and query like '%' || $1 || '%'`,
        [name],
      );
      return rowCount;
    };
    const leaving = new AbortController();
    const headers = {
      authorization: `Bearer ${await aToken(as)}`,
      "content-type": "application/json",
    };
    const query = (text: string) =>
      fetch(`${api.url}/graphql`, {
        method: "POST",
        headers,
        body: JSON.stringify({ query: text }),
        signal: leaving.signal,
      }).catch(() => undefined);
    const asked = [
      ...Array.from({ length: 9 }, () => query("{ slowQuestion }")),
      query("mutation { slowCommand(input: {}) { result } }"),
    ];
    await expect.poll(() => running("slow_question")).toBe(9);
    await expect.poll(() => running("slow_command")).toBe(1);
    // All connections are at work: that is not a database that is away.
    await expect.poll(async () => (await fetch(`${api.url}/readyz`)).status).toBe(200);
    expect(await running("slow_question")).toBe(9);

    leaving.abort();
    await Promise.all(asked);

    await expect.poll(() => running("slow_question")).toBe(0);
    expect(await running("slow_command")).toBe(1);
    const after = await Promise.all(
      Array.from({ length: 20 }, () => api.ask("{ currentPersonId }", { as })),
    );
    for (const { errors } of after) expect(errors).toEqual([]);
  });
});

describe("P6: a database that goes away", () => {
  test("makes the API unready and its answers say so, and both come back with it", async ({
    databaseUrl,
    pool,
  }) => {
    const world = await apiWorld(pool);
    const proxy = await startProxy(await visitorUrl(databaseUrl));
    const api = await startTestApi(databaseUrl, { databaseUrl: proxy.url });
    onTestFinished(() => api.stop());
    const ready = async () => (await fetch(`${api.url}/readyz`)).status;
    const live = async () => (await fetch(`${api.url}/livez`)).status;
    const ask = async () => await api.ask("{ currentPersonId }", { as: world.self });
    expect([await ready(), await live(), (await ask()).code]).toEqual([200, 200, undefined]);

    proxy.close();
    expect([await ready(), await live(), (await ask()).code]).toEqual([503, 200, "UNAVAILABLE"]);
    proxy.open();

    expect([await ready(), (await ask()).data]).toEqual([
      200,
      { currentPersonId: world.mentor.personId },
    ]);
    const sessions = createPool(databaseUrl, { max: 1 });
    onTestFinished(() => sessions.end());
    await sessions.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name like 'mentor-lifecycle-api%'`,
    );
    expect((await ask()).data).toEqual({ currentPersonId: world.mentor.personId });
  });
});
