import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withClient } from "../../../worker/database/pool.ts";
import { startPostgres } from "../../../worker/local/postgres.ts";
import { projectRoot } from "../../../worker/database/root.ts";

let scratch: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "postgres-test-"));
  await chmod(scratch, 0o755);
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

interface Running {
  url: string;
  folder: string;
  postmaster: number;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** A process of its own that starts a server and then waits for its end. */
async function startInOtherProcess(options: object): Promise<Running> {
  const script = join(scratch, "owner.ts");
  await writeFile(
    script,
    `import { readFileSync } from "node:fs";
     import { startPostgres } from ${JSON.stringify(join(projectRoot, "worker/local/postgres.ts"))};
     const server = await startPostgres(${JSON.stringify(options)});
     const { postmaster } = JSON.parse(readFileSync(server.folder + "/server.json", "utf8"));
     console.log(JSON.stringify({ url: server.url(), folder: server.folder, postmaster: postmaster.pid }));
     setInterval(() => {}, 1000);`,
  );
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  for await (const line of createInterface(child.stdout)) {
    const kill = async (signal: NodeJS.Signals) => {
      child.kill(signal);
      await ended;
    };
    return { ...(JSON.parse(line) as Omit<Running, "kill">), kill };
  }
  throw new Error("the other process started no server");
}

async function ask(url: string, query: string): Promise<unknown> {
  return await withClient(url, async (client) => (await client.query(query)).rows[0]);
}

describe("a temporary server", () => {
  test("runs PostgreSQL 18 in UTF-8 and UTC with btree_gist, and leaves nothing", async () => {
    const server = await startPostgres({ persistent: false });

    const facts = await ask(
      server.url(),
      `select current_setting('server_version') as version, current_setting('TimeZone') as zone,
         current_setting('fsync') as fsync, encoding, datlocprovider::text as provider
       from (select pg_encoding_to_char(encoding) as encoding, datlocprovider
             from pg_database where datname = 'postgres') as d`,
    );
    await ask(server.url(), "create extension btree_gist");
    await server.stop();

    expect(facts).toEqual({
      version: expect.stringMatching(/^18\./),
      zone: "UTC",
      fsync: "off",
      encoding: "UTF8",
      provider: "b",
    });
    expect(existsSync(server.folder)).toBe(false);
    await expect(ask(server.url(), "select 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test.for(["SIGTERM", "SIGINT"] as const)("ends with its owner on %s", async (signal) => {
    const owner = await startInOtherProcess({ persistent: false });

    await owner.kill(signal);

    expect(existsSync(owner.folder)).toBe(false);
    await expect(ask(owner.url, "select 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("of a killed owner is stopped and removed by the next start", async () => {
    const owner = await startInOtherProcess({ persistent: false });
    await owner.kill("SIGKILL");
    expect(await ask(owner.url, "select 1 as one")).toEqual({ one: 1 });

    const next = await startPostgres({ persistent: false });
    await next.stop();

    expect(existsSync(owner.folder)).toBe(false);
    await expect(ask(owner.url, "select 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("of a living owner is left alone by the next start", async () => {
    const owner = await startInOtherProcess({ persistent: false });

    const next = await startPostgres({ persistent: false });
    await next.stop();

    expect(await ask(owner.url, "select 1 as one")).toEqual({ one: 1 });
    await owner.kill("SIGTERM");
  });

  test("says in one sentence why it does not start", async () => {
    await expect(
      startPostgres({ persistent: false, settings: { shared_buffers: "plenty" } }),
    ).rejects.toThrow(/^PostgreSQL did not start in .*it said: .*shared_buffers/);
  });
});

describe("a persistent server", () => {
  test("keeps its data, and its password from others", async () => {
    const options = { persistent: true, dataDirectory: join(scratch, "data") };
    const first = await startPostgres(options);
    await ask(first.url(), "create table kept as select 7 as number");
    await first.stop();

    const second = await startPostgres(options);
    const kept = await ask(second.url(), "select number from kept");
    const { mode } = await stat(join(second.folder, "password"));
    await second.stop();

    expect(kept).toEqual({ number: 7 });
    expect(mode & 0o777).toBe(0o600);
  });

  test("is shared by a second process while its owner lives", async () => {
    const options = { persistent: true, dataDirectory: join(scratch, "data") };
    const owner = await startInOtherProcess(options);

    const second = await startPostgres(options);
    await second.stop();

    expect(second.isShared).toBe(true);
    expect(await ask(owner.url, "select 1 as one")).toEqual({ one: 1 });
    await owner.kill("SIGTERM");
  });

  test("of a killed owner starts again with its data", async () => {
    const options = { persistent: true, dataDirectory: join(scratch, "data") };
    const owner = await startInOtherProcess(options);
    await ask(owner.url, "create table kept as select 7 as number");
    await owner.kill("SIGKILL");

    const next = await startPostgres(options);
    const kept = await ask(next.url(), "select number from kept");
    await next.stop();

    expect(next.isShared).toBe(false);
    expect(kept).toEqual({ number: 7 });
  });

  test.skipIf(process.getuid?.() !== 0)("works in a folder that only root may enter", async () => {
    await chmod(scratch, 0o700);
    const options = { persistent: true, dataDirectory: join(scratch, "data") };
    const first = await startPostgres(options);
    await ask(first.url(), "create table kept as select 7 as number");
    await first.stop();

    const second = await startPostgres(options);
    const kept = await ask(second.url(), "select number from kept");
    await second.stop();
    await rm(second.folder, { recursive: true });

    expect(kept).toEqual({ number: 7 });
    expect(second.folder).not.toContain(scratch);
  });
});
