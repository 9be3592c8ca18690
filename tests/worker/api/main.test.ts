import { describe, expect } from "vitest";
import { refusalSentence, run, start } from "../../support/command.ts";
import { AUDIENCE, ISSUER, SECRET, aToken, post, test, visitorUrl } from "../../support/api.ts";

const MAIN = "worker/api/main.ts";

function environment(url: string): Record<string, string> {
  return {
    API_DATABASE_URL: url,
    PORT: "0",
    JWT_SECRET: new TextDecoder().decode(SECRET),
    JWT_ISSUER: ISSUER,
    JWT_AUDIENCE: AUDIENCE,
  };
}

describe("npm run api", () => {
  test.for(["SIGTERM", "SIGINT"] as const)(
    "answers what is under way, and ends with 0, on %s",
    async (signal, { databaseUrl, world, pool }) => {
      const api = start(MAIN, [], environment(await visitorUrl(databaseUrl)));
      const [, url = ""] = await api.says(/"url":"(http:\/\/127\.0\.0\.1:\d+)\/graphql"/);
      const holder = await pool.connect();
      await holder.query("begin");
      await holder.query("select from app_public.mentors where id = $1 for update", [
        world.mentor.id,
      ]);
      const asked = post(
        url,
        {
          query: `mutation { pauseMentor(input: { mentorId: "${world.mentor.id}", reason: "x" }) { mentor { status } } }`,
        },
        { authorization: `Bearer ${await aToken(world.coordinator)}` },
      );
      await expect
        .poll(async () => {
          const { rowCount } = await pool.query(
            "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
          );
          return rowCount;
        })
        .toBe(1);

      const ended = api.kill(signal);
      await api.says(/requests under way are answered first/);
      await holder.query("rollback");
      holder.release();

      expect((await asked).data).toEqual({ pauseMentor: { mentor: { status: "paused" } } });
      // Whoever keeps connections would go on asking on this one.
      expect((await asked).headers.get("connection")).toBe("close");
      expect(await ended).toMatchObject({ status: 0, signal: null, stdout: "" });
      await expect(fetch(`${url}/livez`)).rejects.toThrow(/fetch failed/);
    },
  );

  test("says in a sentence what it lacks", async () => {
    const sentence = refusalSentence("api", await run(MAIN, [], {}));

    expect(sentence).toMatch(/^API_DATABASE_URL must .*; JWT_ISSUER must .*\.$/);
  });

  test("and that the database does not answer, or is not up to date", async ({ fresh }) => {
    const gone = environment("postgres://nobody@127.0.0.1:1/nothing");
    const empty = environment(await fresh({ empty: true }));

    expect(refusalSentence("api", await withoutLog(gone))).toMatch(/does not answer/);
    expect(refusalSentence("api", await withoutLog(empty))).toMatch(/npm run migrate/);
  });

  test("and that it cannot listen where it is told to", async ({ api, databaseUrl }) => {
    const usual = environment(await visitorUrl(databaseUrl));
    const taken = { ...usual, PORT: new URL(api.url).port };
    const foreign = { ...usual, HOST: "203.0.113.9" };

    expect(refusalSentence("api", await withoutLog(taken))).toMatch(/set another PORT\.$/);
    expect(refusalSentence("api", await withoutLog(foreign))).toMatch(/HOST must be an address of/);
  });
});

async function withoutLog(variables: Record<string, string>) {
  return await run(MAIN, [], { ...variables, LOG_LEVEL: "silent" });
}

test("X2: a worker does not load PostGraphile", async () => {
  const probe = `
    import { createRequire } from "node:module";
    await import("./worker/runner.ts");
    await import("./worker/config.ts");
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    console.log(loaded.filter((path) => /postgraphile|grafast|grafserv/.test(path)).length);`;
  const { execFile } = await import("node:child_process");
  const output = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, ["--input-type=module", "-e", probe], (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });

  expect(output.trim()).toBe("0");
});
