import { describe, expect, onTestFinished } from "vitest";
import type { NodePostgresPgClient } from "postgraphile/adaptors/pg";
import { createPool } from "../../../worker/database/pool.ts";
import { transactionsOf } from "../../../worker/api/transactions.ts";
import { startProxy } from "../../support/proxy.ts";
import { apiWorld, test } from "../../support/api.ts";

const NO_SETTINGS = { statement_timeout: "10000" };

describe("S4: the service tries again", () => {
  test.for([
    { faster: 0, calls: 1, ends: "paused" },
    { faster: 1, calls: 2, ends: "paused" },
    { faster: 3, calls: 4, ends: "paused" },
    { faster: 4, calls: 4, ends: "MNVER" },
  ])(
    "up to three times: with somebody who is faster $faster times it calls $calls times and ends $ends",
    async ({ faster, calls, ends }, { pool }) => {
      const { mentor, coordinatorId } = await apiWorld(pool);
      const run = transactionsOf(pool);
      const { rows: mentors } = await pool.query<{ version: number }>(
        "select m.version from app_public.mentors as m where m.id = $1",
        [mentor.id],
      );
      let called = 0;
      const pause = async (client: NodePostgresPgClient) => {
        called += 1;
        if (called <= faster) {
          await pool.query(
            "update app_public.mentors set portal_consent = not portal_consent where id = $1",
            [mentor.id],
          );
        }
        const { rows } = await client.query<{ status: string }>({
          text: "select status from app_public.pause_mentor($1, 'Rest', null, $2)",
          values: [mentor.id, mentors[0]?.version],
        });
        return rows[0]?.status;
      };

      const ended = await run(
        { ...NO_SETTINGS, "mentor_lifecycle.person_id": coordinatorId },
        pause,
      ).catch((error: { code: string }) => error.code);

      expect({ called, ended }).toEqual({ called: calls, ended: ends });
    },
  );

  test("after a deadlock, so that both have their way", async ({ pool }) => {
    await pool.query("create table public.two (id integer primary key, count integer not null)");
    await pool.query("insert into public.two values (1, 0), (2, 0)");
    const run = transactionsOf(pool);
    const both = Promise.withResolvers<void>();
    let waiting = 0;
    let calls = 0;
    const count = async (client: NodePostgresPgClient, ids: number[]) => {
      calls += 1;
      const text = "update public.two set count = count + 1 where id = $1";
      await client.query({ text, values: [ids[0]] });
      waiting += 1;
      if (waiting === 2) both.resolve();
      await both.promise;
      await client.query({ text, values: [ids[1]] });
    };

    await Promise.all([
      run(NO_SETTINGS, (client) => count(client, [1, 2])),
      run(NO_SETTINGS, (client) => count(client, [2, 1])),
    ]);

    const { rows } = await pool.query("select count from public.two");
    expect(rows).toEqual([{ count: 2 }, { count: 2 }]);
    expect(calls).toBe(3);
  });

  test("not if somebody refuses", async ({ pool }) => {
    let calls = 0;

    const refused = transactionsOf(pool)(NO_SETTINGS, async (client) => {
      calls += 1;
      await client.query({ text: "select 1 / 0" });
    });

    await expect(refused).rejects.toMatchObject({ code: "22012" });
    expect(calls).toBe(1);
  });
});

describe("P6: a connection that breaks", () => {
  test("before the step was sent is replaced, and the caller learns nothing of it", async ({
    databaseUrl,
  }) => {
    const proxy = await startProxy(databaseUrl);
    const pool = createPool(proxy.url, { max: 4 });
    onTestFinished(() => pool.end());
    const run = transactionsOf(pool);
    const ask = () => run(NO_SETTINGS, (client) => client.query({ text: "select 1 as one" }));
    await Promise.all([ask(), ask(), ask(), ask()]);

    proxy.close();
    const refused = await ask().catch((error: unknown) => error);
    proxy.open();
    const answered = await Promise.all([ask(), ask(), ask(), ask()]);

    expect(refused).toMatchObject({ isUnavailable: true, mayHaveHappened: false });
    expect(answered.map(({ rows }) => rows)).toEqual([1, 2, 3, 4].map(() => [{ one: 1 }]));
  });

  test("under way is told, because the step may have happened", async ({ databaseUrl }) => {
    const proxy = await startProxy(databaseUrl);
    const pool = createPool(proxy.url, { max: 1 });
    onTestFinished(() => pool.end());
    const run = transactionsOf(pool);
    proxy.loseNextCommit();

    const lost = run(NO_SETTINGS, (client) => client.query({ text: "select 1" }));

    await expect(lost).rejects.toMatchObject({ isUnavailable: true, mayHaveHappened: true });
    const { rows } = await run(NO_SETTINGS, (client) => client.query({ text: "select 2 as two" }));
    expect(rows).toEqual([{ two: 2 }]);
  });

  test("or of which nothing is heard any more is cut and replaced, and not lent to others", async ({
    databaseUrl,
  }) => {
    const proxy = await startProxy(databaseUrl);
    const pool = createPool(proxy.url, { max: 1 });
    onTestFinished(() => pool.end());
    const run = transactionsOf(pool);
    const ask = () =>
      run({ statement_timeout: "100" }, (client) => client.query({ text: "select 1 as one" }));
    await ask();
    proxy.swallow();

    const answered = await Promise.all([ask(), ask()]);

    expect(answered.map(({ rows }) => rows)).toEqual([1, 2].map(() => [{ one: 1 }]));
  });
});
