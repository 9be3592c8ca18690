import { describe, expect, test } from "vitest";
import { createDynamicsClient } from "../../../worker/dynamics/client.ts";
import type { DynamicsClient } from "../../../worker/dynamics/client.ts";
import type { PortalRecord } from "../../../worker/dynamics/listing.ts";
import {
  aRow,
  aScriptedDataverse,
  aSimulatedDataverse,
  failureOf,
  ROW_ID,
  sendJson,
  SHORT_MS,
} from "./servers.ts";

const HIDDEN = { visible: false, visibleUntil: null, version: 8 };
const SHOWN = { visible: true, visibleUntil: "2027-06-30", version: 9 };
const ETAG = 'W/"628460"';

async function all(pages: AsyncGenerator<PortalRecord[]>): Promise<PortalRecord[]> {
  return (await Array.fromAsync(pages)).flat();
}

/** The row of the key, which must be there. */
async function readRow(client: DynamicsClient, key: string): Promise<PortalRecord> {
  const row = await client.read(key);
  if (row === undefined) throw new Error(`There is no ${key}`);
  return row;
}

describe("reading", () => {
  test("gives the row under our names, and undefined if there is none", async () => {
    const { client, simulator } = await aSimulatedDataverse();
    const { id, etag } = simulator.add("LP-1", {
      visible: true,
      visibleUntil: "2026-11-22",
      version: 7,
    });

    expect(await client.read("LP-1")).toEqual({
      id,
      key: "LP-1",
      visible: true,
      visibleUntil: "2026-11-22",
      version: 7,
      etag,
    });
    expect(await client.read("LP-2")).toBeUndefined();
  });

  test("X3: asks for the needed columns only, with the headers of the protocol", async () => {
    const { client, dataverse } = await aScriptedDataverse((_, response) =>
      sendJson(response, 200, aRow()),
    );

    await client.read("LP-1");

    expect(dataverse.received[0]).toMatchObject({
      method: "GET",
      url:
        "/api/data/v9.2/contacts(hlf_likepersonnr='LP-1')" +
        "?$select=contactid,hlf_likepersonnr,hlf_synlig,hlf_synligtil,hlf_kildeversjon",
      headers: {
        accept: "application/json",
        "odata-version": "4.0",
        "odata-maxversion": "4.0",
        "user-agent": "mentor-lifecycle",
        "x-ms-client-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
  });

  test.for(["LP-Ærlig-øå", "O'Hara", "''", "🦻-1", "a#b", "a,b(c)=d", "a b", "'; --", "é"])(
    "finds the key %s as it is",
    async (key) => {
      const { client, simulator } = await aSimulatedDataverse();
      simulator.add(key);

      expect(await client.read(key)).toMatchObject({ key });
    },
  );

  test.for("/ < > * % & : \\ ? + \n \u0000 \ud800".split(" ").map((character) => `a${character}b`))(
    "refuses the key %j, which Dataverse cannot find, before any request",
    async (key) => {
      const { client, simulator } = await aSimulatedDataverse();

      expect(await failureOf(client.read(key))).toMatchObject({ errorClass: "permanent" });
      expect(await failureOf(client.read(""))).toMatchObject({ errorClass: "permanent" });
      expect(simulator.requests()).toBe(0);
    },
  );

  test.for([
    ["no version column's value", { hlf_kildeversjon: null }, { version: null }],
    ["no last day", { hlf_synligtil: null }, { visibleUntil: null }],
    ["a flag from before the column was made", { hlf_synlig: null }, { visible: false }],
    ["an id in capitals", { contactid: ROW_ID.toUpperCase() }, { id: ROW_ID }],
  ] as const)("takes a row with %s", async ([, row, record]) => {
    const { client } = await aScriptedDataverse((_, response) =>
      sendJson(response, 200, aRow(row)),
    );

    expect(await client.read("LP-1")).toMatchObject(record);
  });

  test("takes the ETag from the header where the row has none, and nothing else for one", async () => {
    const { client } = await aScriptedDataverse((_, response, number) => {
      const row = aRow({ "@odata.etag": undefined });
      sendJson(response, 200, row, { ETag: number === 1 ? ETAG : "628460" });
    });

    expect(await client.read("LP-1")).toMatchObject({ etag: ETAG });
    expect(await failureOf(client.read("LP-1"))).toMatchObject({ errorClass: "transient" });
  });

  test.for([
    ["without a column", { hlf_synlig: undefined }, "hlf_synlig"],
    ["with a choice for a flag", { hlf_synlig: 1 }, "hlf_synlig"],
    ["with a time in the day", { hlf_synligtil: "2026-11-22T00:00:00Z" }, "hlf_synligtil"],
    ["with a text for a number", { hlf_kildeversjon: "7" }, "hlf_kildeversjon"],
    ["with a number for a text", { hlf_likepersonnr: 1 }, "hlf_likepersonnr"],
    ["with another primary key", { contactid: undefined }, "contactid"],
  ] as const)("a row %s is a matter of configuration", async ([, row, column]) => {
    const { client } = await aScriptedDataverse((_, response) =>
      sendJson(response, 200, aRow(row)),
    );

    const error = await failureOf(client.read("LP-1"));

    expect(error).toMatchObject({ errorClass: "config" });
    expect((error as Error).message).toContain(column);
  });

  test("a column under another name in Dataverse is a matter of configuration", async () => {
    const { client, simulator, config } = await aSimulatedDataverse();
    const row = simulator.add("LP-1");
    const renamed = createDynamicsClient({
      ...config,
      columns: { ...config.columns, visible: "hlf_synlig_ny" },
    });

    for (const call of [renamed.read("LP-1"), renamed.write(row.id, row.etag, HIDDEN)]) {
      expect(await failureOf(call)).toMatchObject({ errorClass: "config", status: 400 });
    }
    simulator.inject({ on: "write", effect: "undeclared_property" });
    expect(await failureOf(client.write(row.id, row.etag, HIDDEN))).toMatchObject({
      errorClass: "config",
      code: "0x80048d19",
    });
  });

  test("another table than there is is a matter of configuration, not a missing row", async () => {
    const { simulator, config } = await aSimulatedDataverse();
    const columns = { ...config.columns, entitySet: "contact" };
    simulator.add("LP-1");

    const client = createDynamicsClient({ ...config, columns });

    expect(await failureOf(client.read("LP-1"))).toMatchObject({
      errorClass: "config",
      code: "0x8006088a",
    });
  });

  test("a row whose key is spelt otherwise is not taken for the mentor's", async () => {
    const { client } = await aScriptedDataverse((_, response) =>
      sendJson(response, 200, aRow({ hlf_likepersonnr: "lp-1" })),
    );

    expect(await failureOf(client.read("LP-1"))).toMatchObject({ errorClass: "permanent" });
  });

  test("a 404 that is not Dataverse's own does not make a row missing", async () => {
    const { client, simulator } = await aSimulatedDataverse();
    simulator.inject({ on: "read", effect: "html", status: 404 });
    simulator.inject({ on: "read", effect: "status", status: 404 });
    simulator.inject({ on: "read", effect: "status", status: 404, code: "" });

    expect(await failureOf(client.read("LP-1"))).toMatchObject({ errorClass: "transient" });
    expect(await failureOf(client.read("LP-1"))).toMatchObject({ errorClass: "transient" });
    expect(await client.read("LP-1")).toBeUndefined();
  });

  test("without a version column none is asked for or written", async () => {
    const { simulator, config } = await aSimulatedDataverse();
    const { id, etag } = simulator.add("LP-1", { version: 3 });
    const columns = { ...config.columns, version: undefined };

    const client = createDynamicsClient({ ...config, columns });

    expect(await client.read("LP-1")).toMatchObject({ version: null });
    expect(await client.write(id, etag, SHOWN)).toMatchObject({ visible: true, version: null });
    expect(simulator.row("LP-1")).toMatchObject({ visible: true, version: 3 });
  });
});

describe("writing", () => {
  test("changes flag, day and version of the row that was read, and tells what is stored", async () => {
    const { client, simulator } = await aSimulatedDataverse();
    simulator.add("LP-1", { visible: false });
    const { id, etag } = await readRow(client, "LP-1");

    const shown = await client.write(id, etag, SHOWN);
    const hidden = await client.write(id, shown.etag, HIDDEN);

    expect(shown).toEqual({ id, key: "LP-1", ...SHOWN, etag: expect.not.stringContaining(etag) });
    expect(hidden).toEqual({ id, key: "LP-1", ...HIDDEN, etag: simulator.row("LP-1")?.etag });
    expect(simulator.row("LP-1")).toMatchObject(HIDDEN);
  });

  test("X3: sends these three values, the tag and the condition, and nothing else", async () => {
    const { client, dataverse } = await aScriptedDataverse((_, response) =>
      sendJson(response, 200, aRow()),
    );

    await client.write(ROW_ID, ETAG, SHOWN);

    expect(dataverse.received[0]).toMatchObject({
      method: "PATCH",
      url:
        `/api/data/v9.2/contacts(${ROW_ID})` +
        "?$select=contactid,hlf_likepersonnr,hlf_synlig,hlf_synligtil,hlf_kildeversjon" +
        "&tag=mentor-lifecycle",
      headers: {
        "if-match": ETAG,
        prefer: "return=representation",
        "content-type": "application/json; charset=utf-8",
      },
    });
    expect(dataverse.received[0]?.headers).not.toHaveProperty("if-none-match");
    expect(JSON.parse(dataverse.received[0]!.body)).toEqual({
      hlf_synlig: true,
      hlf_synligtil: "2027-06-30",
      hlf_kildeversjon: 9,
    });
  });

  test("with a 204 for an answer reads the row back by its id", async () => {
    const { client, dataverse } = await aScriptedDataverse((request, response) => {
      if (request.method === "PATCH") response.writeHead(204).end();
      else sendJson(response, 200, aRow({ "@odata.etag": 'W/"628461"' }));
    });

    const row = await client.write(ROW_ID, ETAG, SHOWN);

    expect(row.etag).toBe('W/"628461"');
    expect(dataverse.received[1]).toMatchObject({ method: "GET" });
    expect(dataverse.received[1]?.url).toContain(`/contacts(${ROW_ID})?$select=`);
  });

  test("creates no ghost: a row that is gone is missing, and stays so", async () => {
    const { client, simulator } = await aSimulatedDataverse();
    const { id, etag } = simulator.add("LP-1");
    simulator.remove("LP-1");

    expect(await failureOf(client.write(id, etag, SHOWN))).toMatchObject({
      errorClass: "missing",
      status: 404,
    });
    expect(simulator.rows()).toEqual([]);
  });

  test.for(["", "*", 'W/"1", W/"2"', "628460", 'W/"1"\r\nX: y'])(
    "is refused before any request with %j for an ETag",
    async (etag) => {
      const { client, simulator } = await aSimulatedDataverse();

      const error = await failureOf(client.write(ROW_ID, etag, SHOWN));

      expect(error).toMatchObject({ errorClass: "permanent" });
      expect(simulator.requests()).toBe(0);
    },
  );

  test("is refused before any request with a key for an id", async () => {
    const { client, simulator } = await aSimulatedDataverse();

    const error = await failureOf(client.write("hlf_likepersonnr='LP-1'", ETAG, SHOWN));

    expect(error).toMatchObject({ errorClass: "permanent" });
    expect(simulator.requests()).toBe(0);
  });

  test("the row has changed once: conflict, and the new ETag writes", async () => {
    const { client, simulator } = await aSimulatedDataverse();
    const { id, etag } = simulator.add("LP-1", { visible: true });
    simulator.edit("LP-1", { visible: true });

    expect(await failureOf(client.write(id, etag, HIDDEN))).toMatchObject({
      errorClass: "conflict",
      status: 412,
      code: "0x80060882",
    });
    expect(simulator.row("LP-1")).toMatchObject({ visible: true });
    const now = await readRow(client, "LP-1");
    expect(await client.write(id, now.etag, HIDDEN)).toMatchObject(HIDDEN);
  });

  test("a row that changes for ever is a conflict each time, without a retry in here", async () => {
    const { client, simulator } = await aSimulatedDataverse();
    const { id, etag } = simulator.add("LP-1");
    simulator.inject({ on: "write", effect: "precondition", times: Infinity });

    for (let round = 1; round <= 3; round += 1) {
      expect(await failureOf(client.write(id, etag, HIDDEN))).toMatchObject({
        errorClass: "conflict",
      });
      expect(simulator.requests("write")).toBe(round);
    }
  });

  test("the answer is lost after the write: transient, and reading tells what became", async () => {
    const { client, simulator } = await aSimulatedDataverse();
    const { id, etag } = simulator.add("LP-1", { visible: true });
    simulator.inject({ on: "write", effect: "apply_then_drop" });

    const error = await failureOf(client.write(id, etag, HIDDEN));

    expect(error).toMatchObject({ errorClass: "transient" });
    expect(simulator.requests("write")).toBe(1);
    expect(await client.read("LP-1")).toMatchObject(HIDDEN);
    expect(await failureOf(client.write(id, etag, SHOWN))).toMatchObject({
      errorClass: "conflict",
    });
  });

  test("a plug-in's refusal is the row's own, and says why without persons", async () => {
    const { client } = await aScriptedDataverse((_, response) =>
      sendJson(response, 400, {
        error: {
          code: "0x80040265",
          message: "Chapter 'Åse Hansens lag' is closed, ask kari@example.org or 912 34 567",
        },
      }),
    );

    const error = await failureOf(client.write(ROW_ID, ETAG, SHOWN));

    expect(error).toMatchObject({ errorClass: "permanent", code: "0x80040265" });
    expect((error as Error).message).toMatch(/: Chapter … is closed, ask … or …\.$/);
  });
});

describe("listing", () => {
  test("gives all rows that have a key or are visible", async () => {
    const { client, simulator } = await aSimulatedDataverse();
    simulator.add("LP-1");
    simulator.add("LP-2", { visible: true });
    simulator.edit("LP-2", { key: null });
    simulator.add("LP-3");
    simulator.edit("LP-3", { key: null });

    const rows = await all(client.list());

    expect(rows.map(({ key, visible }) => ({ key, visible }))).toEqual([
      { key: "LP-1", visible: false },
      { key: null, visible: true },
    ]);
  });

  test("follows the pages to the end", async () => {
    const { client, simulator } = await aSimulatedDataverse({ pageSize: 2 });
    const keys = ["LP-1", "LP-2", "LP-3", "LP-4", "LP-5"];
    for (const key of keys) simulator.add(key);

    const pages = await Array.fromAsync(client.list());

    expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(pages.flat().map(({ key }) => key)).toEqual(keys);
  });

  test("a page that fails ends the list with its error", async () => {
    const { client, simulator } = await aSimulatedDataverse({ pageSize: 1 });
    for (const key of ["LP-1", "LP-2", "LP-3"]) simulator.add(key);
    simulator.inject({ on: "list", effect: "server_error", status: 503, skip: 1 });

    expect(await failureOf(all(client.list()))).toMatchObject({
      errorClass: "transient",
      status: 503,
    });
  });

  test.for([
    "https://evil.example.org/api/data/v9.2/contacts?$skiptoken=2",
    "//evil.example.org/contacts",
    "/api/data/v9.2/contacts?$skiptoken=2",
    "http://169.254.169.254/",
    "",
  ])("the token does not follow the link %s", async (link) => {
    const { client, dataverse } = await aScriptedDataverse((_, response) =>
      sendJson(response, 200, { value: [aRow()], "@odata.nextLink": link }),
    );

    expect(await failureOf(all(client.list()))).toMatchObject({ errorClass: "config" });
    expect(dataverse.received).toHaveLength(1);
  });

  test("a link to another port of the same host is another origin", async () => {
    const { client: other, dataverse: elsewhere } = await aScriptedDataverse((_, response) =>
      sendJson(response, 200, { value: [] }),
    );
    const { client } = await aScriptedDataverse((_, response) =>
      sendJson(response, 200, { value: [], "@odata.nextLink": `${elsewhere.origin}/contacts` }),
    );

    expect(await failureOf(all(client.list()))).toMatchObject({ errorClass: "config" });
    expect(elsewhere.received).toEqual([]);
    expect(await all(other.list())).toEqual([]);
  });

  test("pages that go round in a circle are not followed for ever", async () => {
    const { client, dataverse } = await aScriptedDataverse((request, response) => {
      const next = `http://${request.headers.host}/api/data/v9.2/contacts?$skiptoken=2`;
      sendJson(response, 200, { value: [aRow()], "@odata.nextLink": next });
    });

    expect(await failureOf(all(client.list()))).toMatchObject({ errorClass: "transient" });
    expect(dataverse.received).toHaveLength(2);
  });

  test.for([
    ["no list at all", { error: "none" }, "transient"],
    ["a list of something else", { value: ["LP-1"] }, "transient"],
    ["rows without a column", { value: [aRow({ hlf_synlig: undefined })] }, "config"],
  ] as const)("%s is no empty portal", async ([, body, errorClass]) => {
    const { client } = await aScriptedDataverse((_, response) => sendJson(response, 200, body));

    expect(await failureOf(all(client.list()))).toMatchObject({ errorClass });
  });
});

describe("P7: who is logged in", () => {
  test("is told with the environment", async () => {
    const { client } = await aSimulatedDataverse(
      {},
      { organizationId: "99999999-FFFF-4fff-8fff-999999999999" },
    );

    expect(await client.whoAmI()).toEqual({
      organizationId: "99999999-ffff-4fff-8fff-999999999999",
      userId: "33333333-cccc-4ccc-8ccc-333333333333",
    });
  });

  test("fresh: an expired secret shows although a cached token still works", async () => {
    const { client, simulator } = await aSimulatedDataverse();
    await client.whoAmI();
    simulator.expireSecret();

    expect(await client.whoAmI()).toBeDefined();
    expect(await failureOf(client.whoAmI({ fresh: true }))).toMatchObject({
      errorClass: "auth",
      code: "AADSTS7000222",
    });
  });

  test("a token that was revoked: one forced login, and the call succeeds", async () => {
    const { client, simulator } = await aSimulatedDataverse();
    simulator.add("LP-1", { visible: true });
    const { id, etag } = await readRow(client, "LP-1");
    simulator.revokeTokens();

    expect(await client.write(id, etag, HIDDEN)).toMatchObject(HIDDEN);
    expect(simulator.requests("token")).toBe(2);
    expect(simulator.requests("write")).toBe(2);
    expect(simulator.history.filter(({ by }) => by === "api")).toHaveLength(1);
  });

  test("a second refusal is of class auth, and there is no third try", async () => {
    const { client, simulator } = await aSimulatedDataverse();
    simulator.inject({ on: "read", effect: "unauthorized", times: Infinity });

    expect(await failureOf(client.read("LP-1"))).toMatchObject({ errorClass: "auth", status: 401 });
    expect(simulator.requests("read")).toBe(2);
    expect(simulator.requests("token")).toBe(2);
  });

  test.for([
    ["disabled", "0x80040225", /disabled/],
    ["missing_role", "0x80040220", /security role/],
    ["not_a_member", "0x80072560", /not a member/],
  ] as const)("an application user that is %s", async ([state, code, says]) => {
    const { client, simulator } = await aSimulatedDataverse();
    await client.whoAmI();
    simulator.setApplicationUser(state);

    const error = await failureOf(client.read("LP-1"));

    expect(error).toMatchObject({ errorClass: "auth", status: 403, code });
    expect((error as Error).message).toMatch(says);
    expect(simulator.requests("read")).toBe(1);
  });

  test("an answer that names nobody is none of Dataverse's", async () => {
    const { client } = await aScriptedDataverse((_, response) => sendJson(response, 200, {}));

    expect(await failureOf(client.whoAmI())).toMatchObject({ errorClass: "transient" });
  });
});

describe("whether the table compares versions", () => {
  test.for([
    ["it does", { value: [{ IsOptimisticConcurrencyEnabled: true }] }, 200, true],
    ["it does not", { value: [{ IsOptimisticConcurrencyEnabled: false }] }, 200, false],
    ["there is no such table", { value: [] }, 200, undefined],
    ["metadata is not ours to read", { error: { code: "0x80040220" } }, 403, undefined],
  ] as const)("%s", async ([, body, status, honours]) => {
    const { client, dataverse } = await aScriptedDataverse((_, response) =>
      sendJson(response, status, body),
    );

    expect(await client.honoursEtags()).toBe(honours);
    expect(decodeURIComponent(dataverse.received[0]!.url)).toBe(
      "/api/data/v9.2/EntityDefinitions" +
        "?$select=IsOptimisticConcurrencyEnabled&$filter=EntitySetName eq 'contacts'",
    );
  });

  test("the simulator answers too, and a refused login is not an answer", async () => {
    const { client, simulator } = await aSimulatedDataverse();

    expect(await client.honoursEtags()).toBe(true);
    simulator.inject({ on: "other", effect: "unauthorized", times: 2 });
    expect(await failureOf(client.honoursEtags())).toMatchObject({ errorClass: "auth" });
  });
});

describe("a caller that gives up gets its own reason", () => {
  test.for(["read", "list", "whoami", "write"] as const)("during %s", async (on) => {
    const { client, simulator } = await aSimulatedDataverse({ deadlineMs: SHORT_MS * 20 });
    const { id, etag } = simulator.add("LP-1");
    simulator.inject({ on, effect: "hang" });
    const abort = new AbortController();
    const { signal } = abort;
    const reason = new Error("shutting down");
    const call = {
      read: () => client.read("LP-1", { signal }),
      list: () => all(client.list({ signal })),
      whoami: () => client.whoAmI({ signal }),
      write: () => client.write(id, etag, HIDDEN, { signal }),
    }[on];

    const failure = failureOf(call());
    setTimeout(() => abort.abort(reason), 50);

    expect(await failure).toBe(reason);
  });

  test("at the login, and while the body trickles", async () => {
    const { client, simulator, config } = await aSimulatedDataverse();
    simulator.add("LP-1");
    simulator.inject({ on: "token", effect: "hang" });

    const atLogin = AbortSignal.timeout(50);
    expect(await failureOf(client.read("LP-1", { signal: atLogin }))).toBe(atLogin.reason);

    simulator.inject({ on: "read", effect: "slow_body", everyMs: 20 });
    const other = createDynamicsClient(config);
    const atBody = AbortSignal.timeout(100);
    expect(await failureOf(other.read("LP-1", { signal: atBody }))).toBe(atBody.reason);
  });
});
