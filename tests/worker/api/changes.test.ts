import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "graphql-ws";
import type { Client } from "graphql-ws";
import type pg from "pg";
import { describe, expect, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { aToken, apiWorld, PAUSE, startTestApi, test, visitorUrl } from "../../support/api.ts";
import type { TestApi } from "../../support/api.ts";
import { aMentor, transaction } from "../../support/builders.ts";
import { startProxy } from "../../support/proxy.ts";

const CHANGES = `
  subscription Changes($id: UUID!) {
    rosterChanged(organizationId: $id) { mentorIds portalMentorIds nightlyRunIds isMore }
  }`;

interface Heard {
  /** Mentors named so far, with what happened to them: mentor or portal. */
  mentors: Set<string>;
  runs: string[];
  more: number;
  events: number;
  /** Whether it listens. */
  begun: boolean;
  errors: unknown[];
  /** Why the connection was closed, if it was. */
  closed: { code: number; reason: string } | undefined;
  ended: boolean;
  stop(): void;
}

interface Params {
  params?: Record<string, unknown>;
  claims?: Record<string, unknown>;
  headers?: Record<string, string>;
  retries?: number;
}

async function clientOf(api: TestApi, subject: string | undefined, heard: Heard, options: Params) {
  const { params = {}, claims = {}, headers = {}, retries = 0 } = options;
  const client: Client = createClient({
    url: `${api.url.replace("http", "ws")}/graphql`,
    webSocketImpl: class extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { headers });
      }
    },
    retryAttempts: retries,
    connectionParams: {
      ...(subject !== undefined && { authorization: `Bearer ${await aToken(subject, claims)}` }),
      ...params,
    },
    on: {
      closed: (event) => {
        const { code, reason } = event as { code: number; reason: string };
        heard.closed = { code, reason };
      },
    },
  });
  onTestFinished(async () => {
    await client.dispose();
  });
  return client;
}

/** Subscribes; whatever comes is in the result. */
async function listen(
  api: TestApi,
  subject: string | undefined,
  organizationId: string,
  options: Params = {},
): Promise<Heard> {
  const heard: Heard = {
    mentors: new Set(),
    runs: [],
    more: 0,
    events: 0,
    begun: false,
    errors: [],
    closed: undefined,
    ended: false,
    stop: () => {},
  };
  const client = await clientOf(api, subject, heard, options);
  heard.stop = client.subscribe<{
    rosterChanged: {
      mentorIds: string[];
      portalMentorIds: string[];
      nightlyRunIds: string[];
      isMore: boolean;
    };
  }>(
    { query: CHANGES, variables: { id: organizationId } },
    {
      next: ({ data, errors = [] }) => {
        if (data) heard.events += 1;
        heard.errors.push(...errors);
        for (const id of data?.rosterChanged.mentorIds ?? []) heard.mentors.add(`mentor ${id}`);
        for (const id of data?.rosterChanged.portalMentorIds ?? [])
          heard.mentors.add(`portal ${id}`);
        heard.runs.push(...(data?.rosterChanged.nightlyRunIds ?? []));
        if (data?.rosterChanged.isMore === true) heard.more += 1;
        heard.begun ||= Boolean(data);
      },
      error: (error) => {
        heard.errors.push(...(Array.isArray(error) ? error : [error]));
        heard.ended = true;
      },
      complete: () => {
        heard.ended = true;
      },
    },
  );
  // The first event says that it listens; what comes then is what the test is about.
  await expect
    .poll(() => heard.begun || heard.ended || heard.closed !== undefined, { timeout: 20_000 })
    .toBe(true);
  if (heard.begun) Object.assign(heard, { events: 0, more: 0 });
  return heard;
}

async function untilEnded(heard: Heard): Promise<void> {
  await expect
    .poll(() => heard.ended || heard.closed !== undefined, { timeout: 20_000 })
    .toBe(true);
}

const settle = async () => await sleep(1_500);

describe("V2: rosterChanged", () => {
  test("names who changed within a second, once for each transaction", async ({ api, world }) => {
    const heard = await listen(api, world.coordinator, world.organization.id);
    const begun = performance.now();

    await api.ask(PAUSE, {
      as: world.self,
      variables: { mentorId: world.mentor.id, reason: "Needs a rest" },
    });
    await expect.poll(() => heard.events, { timeout: 5_000, interval: 10 }).toBe(1);

    expect(performance.now() - begun).toBeLessThan(3_000);
    expect(heard.mentors).toEqual(
      new Set([`mentor ${world.mentor.id}`, `portal ${world.mentor.id}`]),
    );
    expect(heard.errors).toEqual([]);
    await settle();
    expect(heard.events).toBe(1);
  });

  test("tells nobody else: of another organisation, the mentor, somebody without a token", async ({
    api,
    world,
    pool,
  }) => {
    const elsewhere = await apiWorld(pool);
    const { id } = world.organization;

    const refused = await Promise.all(
      [elsewhere.administrator, world.self, "stranger", undefined].map((subject) =>
        listen(api, subject, id),
      ),
    );
    const service = await listen(api, "scheduler", id, { claims: { service: true } });

    for (const { errors, events } of [...refused, service]) {
      expect(errors).toMatchObject([{ extensions: { code: "MNDEN" } }]);
      expect(events).toBe(0);
    }
  });

  test("names to a coordinator only the mentors whom he looks after, and no more when he does not", async ({
    api,
    world,
    pool,
  }) => {
    const other = await withTransaction(pool, (client) =>
      aMentor(client, world.organization, { expiresOn: "2199-12-31" }),
    );
    const coordinator = await listen(api, world.coordinator, world.organization.id);
    const administrator = await listen(api, world.administrator, world.organization.id);
    const touch = async (id: string) =>
      await pool.query(
        "update app_public.mentors set portal_consent = not portal_consent where id = $1",
        [id],
      );

    await touch(other.id);
    await touch(world.mentor.id);
    await settle();
    expect(coordinator.mentors).toEqual(
      new Set([`mentor ${world.mentor.id}`, `portal ${world.mentor.id}`]),
    );
    expect(administrator.mentors.size).toBe(4);

    await pool.query("delete from app_public.coordinator_assignments where coordinator_id = $1", [
      world.coordinatorId,
    ]);
    await settle();
    const before = coordinator.events;
    await touch(world.mentor.id);
    await settle();
    expect(coordinator.events).toBe(before);
    expect(administrator.events).toBeGreaterThan(before);
  });

  test("names the run that began and ended", async ({ api, world }) => {
    const heard = await listen(api, world.administrator, world.organization.id);

    const { data } = await api.ask(
      `mutation ($id: UUID!) {
         runNightly(input: { organizationId: $id }) { nightlyRun { id state } }
       }`,
      { as: world.administrator, variables: { id: world.organization.id } },
    );

    const { id } = (data!["runNightly"] as { nightlyRun: { id: string } }).nightlyRun;
    await expect.poll(() => heard.runs, { timeout: 5_000 }).toContain(id);
    expect(heard.more).toBe(0);
  });

  test("says only that much changed, if it is too much to name", async ({ api, world, pool }) => {
    await withTransaction(pool, async (client) => {
      for (let count = 0; count < 60; count += 1) {
        await aMentor(client, world.organization, { expiresOn: "2199-12-31" });
      }
    });
    const heard = await listen(api, world.administrator, world.organization.id);

    await pool.query(
      "update app_public.mentors set portal_consent = not portal_consent where organization_id = $1",
      [world.organization.id],
    );
    await settle();

    expect({ events: heard.events, more: heard.more, named: heard.mentors.size }).toEqual({
      events: 1,
      more: 1,
      named: 0,
    });
  });

  test("ends with its token", async ({ api, world }) => {
    const now = Math.floor(Date.now() / 1000);
    const heard = await listen(api, world.administrator, world.organization.id, {
      // Still good for two seconds of the thirty that clocks may differ by.
      params: {
        authorization: `Bearer ${await aToken(world.administrator, { exp: now - 27 })}`,
      },
    });

    await untilEnded(heard);

    expect(heard.errors).toMatchObject([{ extensions: { code: "UNAUTHENTICATED" } }]);
  });

  test("is told that it may have missed something, if the database was away", async ({
    databaseUrl,
    world,
    pool,
  }) => {
    const proxy = await startProxy(await visitorUrl(databaseUrl));
    const api = await startTestApi(databaseUrl, { databaseUrl: proxy.url });
    onTestFinished(() => api.stop());
    const heard = await listen(api, world.administrator, world.organization.id);

    proxy.close();
    await pool.query(
      "update app_public.mentors set portal_consent = not portal_consent where id = $1",
      [world.mentor.id],
    );
    proxy.open();

    await expect.poll(() => heard.more, { timeout: 10_000 }).toBe(1);
    await pool.query(
      "update app_public.mentors set portal_consent = not portal_consent where id = $1",
      [world.mentor.id],
    );
    await expect.poll(() => heard.mentors.size, { timeout: 5_000 }).toBe(2);
    expect(heard.closed).toBeUndefined();
  });

  test("is forgotten with its subscriber", async ({ api, world }) => {
    const heard = await listen(api, world.administrator, world.organization.id);

    heard.stop();
    await api.ask(PAUSE, {
      as: world.self,
      variables: { mentorId: world.mentor.id, reason: "Needs a rest" },
    });
    await settle();

    expect(heard.events).toBe(0);
  });
});

async function withTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    return await transaction(client, () => work(client));
  } finally {
    client.release();
  }
}

/** The code with which the socket was closed. */
async function closed(socket: WebSocket): Promise<number> {
  return await new Promise((resolve) => {
    socket.on("error", () => {}).on("close", (code) => resolve(code));
  });
}

describe("X3: a connection that stays", () => {
  test.for(["bad", "", 42])(
    "is closed with 4401 for a bad token: %s",
    async (token, { api, world }) => {
      const heard = await listen(api, undefined, world.organization.id, {
        params: { authorization: token === "" ? "Bearer" : `Bearer ${token}` },
      });

      expect(heard.closed).toMatchObject({ code: 4401, reason: expect.stringMatching(/^[A-Z]/) });
    },
  );

  test("is refused to a page of another origin, and open to our own", async ({ api, world }) => {
    const { id } = world.organization;
    const foreign = await listen(api, world.administrator, id, {
      headers: { origin: "https://evil.example.org" },
    });
    const own = await listen(api, world.administrator, id, { headers: { origin: api.url } });

    expect(foreign.errors).not.toEqual([]);
    expect(own.errors).toEqual([]);
    expect(own.closed).toBeUndefined();
  });

  test("masks its errors as every other answer, and runs within the same limits", async ({
    api,
    world,
  }) => {
    const heard = await listen(api, world.administrator, world.organization.id);
    const client = await clientOf(api, world.administrator, heard, {});
    const ask = async (query: string) =>
      await new Promise<unknown>((resolve) => {
        client.subscribe({ query }, { next: resolve, error: resolve, complete: () => {} });
      });

    expect(await ask("{ mentors(first: 101) { nodes { id } } }")).toMatchObject({
      errors: [{ extensions: { code: "INVALID_ARGUMENT" } }],
    });
    expect(await ask("{ __schema { types { name } } }")).toMatchObject({
      0: { message: expect.stringMatching(/introspection/) },
    });
    expect(await ask("{ mentors { nodes { id } } }")).toMatchObject({
      data: { mentors: { nodes: [{ id: world.mentor.id }] } },
    });
  });

  test("is closed for a message above 100 kB, and for whoever does not say hello", async ({
    api,
  }) => {
    const open = () =>
      new WebSocket(`${api.url.replace("http", "ws")}/graphql`, "graphql-transport-ws");
    const large = open();
    large.on("open", () => large.send("x".repeat(200_000)));
    const silent = open();
    const rude = open();
    rude.on("open", () =>
      rude.send(
        JSON.stringify({ id: "1", type: "subscribe", payload: { query: "{ currentPersonId }" } }),
      ),
    );

    expect(await Promise.all([closed(large), closed(rude), closed(silent)])).toEqual([
      1009, 4401, 4408,
    ]);
  });

  test("ends when the API stops", async ({ databaseUrl, world }) => {
    const api = await startTestApi(databaseUrl);
    const heard = await listen(api, world.administrator, world.organization.id);

    const begun = performance.now();
    await api.stop();
    await untilEnded(heard);

    expect(heard.closed?.code).toBe(1001);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
