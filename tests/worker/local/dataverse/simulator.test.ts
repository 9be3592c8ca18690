import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startSimulator } from "../../../../worker/local/dataverse/simulator.ts";
import { aCaller, aSimulator, byKey, login, loginForm, patch } from "./client.ts";

describe("somebody in Dynamics", () => {
  test("adds a hidden row, edits and removes it", async () => {
    const simulator = await aSimulator();

    const added = simulator.add("LP-1");
    const edited = simulator.edit("LP-1", { visible: true, key: "LP-2" });
    const gone = simulator.row("LP-1");
    simulator.remove("LP-2");

    expect(added).toMatchObject({
      key: "LP-1",
      visible: false,
      visibleUntil: null,
      version: null,
      modifiedBy: "human",
    });
    expect(edited).toMatchObject({ id: added.id, key: "LP-2", visible: true });
    expect(gone).toBeUndefined();
    expect(simulator.rows()).toEqual([]);
  });

  test("moves the ETag with each edit, also one of nothing, on one counter for all rows", async () => {
    const simulator = await aSimulator();

    const etags = [
      simulator.add("LP-1").etag,
      simulator.add("LP-2").etag,
      simulator.edit("LP-1", {}).etag,
      simulator.edit("LP-2", { visible: false }).etag,
    ].map((etag) => Number(/^W\/"(\d+)"$/.exec(etag)?.[1]));

    expect(etags).toEqual([...new Set(etags)].toSorted((a, b) => a - b));
  });

  test("cannot give two rows one key, edit what is not there, or invent a day", async () => {
    const simulator = await aSimulator();
    simulator.add("LP-1");
    simulator.add("LP-2");

    expect(() => simulator.add("LP-1")).toThrow(/already/);
    expect(() => simulator.edit("LP-2", { key: "LP-1" })).toThrow(/already/);
    expect(() => simulator.edit("LP-3", {})).toThrow(/no row/);
    expect(() => simulator.remove("LP-3")).toThrow(/no row/);
    expect(() => simulator.add("LP-3", { visibleUntil: "2026-13-01" })).toThrow(/not a day/);
    expect(simulator.rows().map(({ key }) => key)).toEqual(["LP-1", "LP-2"]);
    expect(simulator.history).toHaveLength(2);
  });

  test("gets copies", async () => {
    const simulator = await aSimulator();
    const added = simulator.add("LP-1");

    added.visible = true;
    simulator.row("LP-1")!.visible = true;
    simulator.rows()[0]!.visible = true;

    expect(simulator.row("LP-1")?.visible).toBe(false);
  });
});

describe("what the public sees", () => {
  test.for([
    { listing: { visible: false, visibleUntil: null }, seen: false },
    { listing: { visible: true, visibleUntil: null }, seen: true },
    { listing: { visible: true, visibleUntil: "2026-11-21" }, seen: false },
    { listing: { visible: true, visibleUntil: "2026-11-22" }, seen: true },
    { listing: { visible: true, visibleUntil: "2026-11-23" }, seen: true },
    { listing: { visible: false, visibleUntil: "2026-11-23" }, seen: false },
  ])("on 2026-11-22: $listing", async ({ listing, seen }) => {
    const simulator = await aSimulator();
    simulator.add("LP-1", listing);

    expect(simulator.isPubliclyVisible("LP-1", "2026-11-22")).toBe(seen);
  });

  test("is nobody who has no row; and today if no day is given", async () => {
    const simulator = await aSimulator();
    simulator.add("LP-1", { visible: true, visibleUntil: "9999-12-31" });
    simulator.add("LP-2", { visible: true, visibleUntil: "2001-01-01" });

    const seen = ["LP-1", "LP-2", "LP-3"].map((key) => simulator.isPubliclyVisible(key));

    expect(seen).toEqual([true, false, false]);
  });
});

describe("a restored environment", () => {
  test("has yesterday's rows and ETags, and gives no ETag twice", async () => {
    const simulator = await aSimulator();
    const yesterday = simulator.add("LP-1", { visible: true });
    const untouched = simulator.add("LP-2");
    const removed = simulator.add("LP-3");
    const snapshot = simulator.snapshot();
    const today = simulator.edit("LP-1", { visible: false });
    simulator.remove("LP-3");
    simulator.add("LP-4", { visible: true });

    simulator.restore(snapshot);

    expect(simulator.rows()).toEqual([yesterday, untouched, removed]);
    expect(simulator.history.slice(6)).toMatchObject([
      { key: "LP-1", visible: true, etag: yesterday.etag, by: "restore" },
      { key: "LP-3", by: "restore" },
      { key: "LP-4", visible: false, by: "restore", removed: true },
    ]);
    const next = simulator.edit("LP-1", {}).etag;
    expect(next > today.etag).toBe(true);
  });

  test("is not made from anything else than a snapshot", async () => {
    const simulator = await aSimulator();
    simulator.add("LP-1");

    expect(() => simulator.restore({ rows: [{}] })).toThrow(/does not hold the rows/);
    expect(simulator.rows()).toHaveLength(1);
  });
});

describe("history and journal", () => {
  test("tell who changed what, and with which request", async () => {
    const simulator = await aSimulator();
    const added = simulator.add("LP-1", { visible: true });
    const call = await aCaller(simulator);
    await call(byKey("LP-1"), patch({ hlf_synlig: false, hlf_kildeversjon: 4 }, added.etag));
    await call(byKey("LP-1"), patch({ hlf_synlig: true }, added.etag));
    simulator.remove("LP-1");

    const at = expect.any(Number);
    const nothing = { visible: false, visibleUntil: null, version: null };
    const etag = simulator.history[1]?.etag;
    expect(simulator.history).toEqual([
      { ...nothing, at, key: "LP-1", visible: true, etag: added.etag, by: "human" },
      { ...nothing, at, key: "LP-1", version: 4, etag, by: "api", request: 2 },
      { ...nothing, at, key: "LP-1", etag, by: "human", removed: true },
    ]);
    expect(etag).not.toBe(added.etag);
  });

  test("note each request with its key, condition, body and status", async () => {
    const simulator = await aSimulator();
    const { id, etag } = simulator.add("O'Dål");
    const call = await aCaller(simulator);
    await call(`contacts(${id})?$select=hlf_synlig`);
    await call(byKey("O'Dål"), patch({ hlf_synlig: true }, 'W/"1"'));
    await call("contacts");

    const api = "/api/data/v9.2/";
    const [token, ...rest] = simulator.journal;
    expect(token).toMatchObject({ number: 1, method: "POST", kind: "token", status: 200 });
    expect(rest).toMatchObject([
      {
        number: 2,
        method: "GET",
        kind: "read",
        key: "O'Dål",
        path: `${api}contacts(${id})?$select=hlf_synlig`,
        status: 200,
      },
      {
        number: 3,
        method: "PATCH",
        kind: "write",
        key: "O'Dål",
        path: `${api}contacts(hlf_likepersonnr='O''Dål')`,
        ifMatch: 'W/"1"',
        body: { hlf_synlig: true },
        status: 412,
      },
      { number: 4, kind: "list", path: `${api}contacts`, status: 200 },
    ]);
    expect(simulator.row("O'Dål")?.etag).toBe(etag);
    expect(simulator.requests()).toBe(4);
    expect(simulator.requests("write")).toBe(1);
    expect(simulator.requests("whoami")).toBe(0);
  });

  test("hold no secret and no token", async () => {
    const simulator = await aSimulator();
    const token = await login(simulator);
    const call = await aCaller(simulator, token);
    await call("WhoAmI");
    const body = loginForm(simulator, { client_secret: "a wrong secret" });
    await fetch(simulator.tokenEndpoint, { method: "POST", body });

    const all = JSON.stringify([simulator.journal, simulator.history]);

    expect(simulator.requests("token")).toBe(2);
    expect(all).not.toContain(token);
    expect(all).not.toContain(loginForm(simulator).get("client_secret"));
    expect(all).not.toContain("wrong secret");
  });
});

describe("latency", () => {
  test("delays the answers of the Web API from now on, when the write is done already", async () => {
    const simulator = await aSimulator();
    simulator.add("LP-1");
    const call = await aCaller(simulator);
    simulator.latencyMs = 600_000;

    const attempt = call(byKey("LP-1"), patch({ hlf_synlig: true }, "*"));
    const outcome = attempt.catch((error: unknown) => error);
    await expect.poll(() => simulator.row("LP-1")?.visible).toBe(true);
    expect(await login(simulator), "a login is not delayed").toMatch(/./);
    await simulator.stop();

    expect(await outcome).toMatchObject({ message: "fetch failed" });
    expect(simulator.journal.find(({ kind }) => kind === "write")?.status).toBe(0);
  });
});

describe("a file", () => {
  test("keeps rows, ETags and the counter over a restart, whoever changed them", async () => {
    const folder = await aFolder();
    const file = join(folder, "new", "dataverse.json");
    const first = await startSimulator({ file });
    first.add("LP-1", { visible: true, visibleUntil: "2026-11-22", version: 3 });
    first.add("LP-2");
    first.add("LP-3");
    const call = await aCaller(first);
    await call(byKey("LP-2"), patch({ hlf_synlig: true }, "*"));
    first.remove("LP-3");
    const before = first.rows();
    await first.stop();

    const second = await aSimulator({ file });

    expect(second.rows()).toEqual(before);
    expect(second.edit("LP-1", {}).etag > before[1]!.etag).toBe(true);
    expect(await readdir(join(folder, "new"))).toEqual(["dataverse.json"]);
  });

  test("keeps what was restored", async () => {
    const file = join(await aFolder(), "dataverse.json");
    const first = await startSimulator({ file });
    first.add("LP-1");
    const snapshot = first.snapshot();
    first.add("LP-2");
    first.restore(snapshot);
    await first.stop();

    const second = await aSimulator({ file });

    expect(second.rows().map(({ key }) => key)).toEqual(["LP-1"]);
  });

  test.for([
    { what: "no JSON", content: "{", says: /is not JSON/ },
    { what: "something else", content: '{"name":"x"}', says: /does not hold the rows/ },
  ])("with $what in it ends the start", async ({ content, says }) => {
    const file = join(await aFolder(), "dataverse.json");
    await writeFile(file, content);

    await expect(startSimulator({ file })).rejects.toThrow(says);
  });
});

describe("starting and stopping", () => {
  test("takes the port that it is given, and says if somebody has it", async () => {
    const first = await aSimulator();
    const port = Number(new URL(first.url).port);

    await expect(startSimulator({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await first.stop();
    const second = await aSimulator({ port });

    expect(second.url).toBe(first.url);
  });

  test("stops twice as well as once, and answers no more", async () => {
    const simulator = await aSimulator();
    await login(simulator);

    await simulator.stop();
    await simulator.stop();

    await expect(login(simulator)).rejects.toThrow(/fetch failed/);
  });
});

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dataverse-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
