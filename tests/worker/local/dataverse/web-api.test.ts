import { get } from "node:http";
import { describe, expect, test } from "vitest";
import { aCaller, aSimulator, byKey, codeOf, login, patch } from "./client.ts";

const SELECT = "$select=contactid,hlf_likepersonnr,hlf_synlig,hlf_synligtil,hlf_kildeversjon";

describe("reading a row", () => {
  test("by key and by id gives its columns and its ETag, in the body and the header", async () => {
    const simulator = await aSimulator();
    const row = simulator.add("LP-1", { visible: true, visibleUntil: "2026-11-22", version: 7 });
    const call = await aCaller(simulator);

    const answers = [
      await call(`${byKey("LP-1")}?${SELECT}`),
      await call(`contacts(${row.id})?${SELECT}`),
      await call(`contacts(contactid=${row.id})?${SELECT}`),
    ];

    for (const { status, headers, json } of answers) {
      expect(status).toBe(200);
      expect(headers.get("ETag")).toBe(row.etag);
      expect(headers.get("OData-Version")).toBe("4.0");
      expect(headers.get("REQ_ID")).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get("x-ms-service-request-id")).toMatch(/^[0-9a-f-]{36}$/);
      expect(json).toEqual({
        "@odata.context": expect.stringContaining("$metadata#contacts("),
        "@odata.etag": row.etag,
        contactid: row.id,
        hlf_likepersonnr: "LP-1",
        hlf_synlig: true,
        hlf_synligtil: "2026-11-22",
        hlf_kildeversjon: 7,
      });
    }
  });

  test("by a key with quotes, Norwegian letters and a hash finds that row", async () => {
    const simulator = await aSimulator();
    const key = "Kari O'Dål #''1 (ø)=🙂";
    const { id } = simulator.add(key);
    const call = await aCaller(simulator);

    const { status, json } = await call(byKey(key));

    expect(status).toBe(200);
    expect(json).toMatchObject({ contactid: id, hlf_likepersonnr: key });
  });

  test("gives the id, who changed it and when, whatever else is selected", async () => {
    const simulator = await aSimulator();
    const { id, modifiedOn } = simulator.add("LP-1");
    const call = await aCaller(simulator);

    const { json } = await call(`${byKey("LP-1")}?$select=modifiedon,_modifiedby_value`);

    expect(json).toMatchObject({ contactid: id, modifiedon: modifiedOn });
    expect(json["_modifiedby_value"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(json).not.toHaveProperty("hlf_synlig");
  });

  test("is answered with 304 as long as the ETag is the one that the reader has", async () => {
    const simulator = await aSimulator();
    const { etag } = simulator.add("LP-1");
    const call = await aCaller(simulator);
    const read = () => call(byKey("LP-1"), { headers: { "If-None-Match": etag } });

    const unchanged = await read();
    simulator.edit("LP-1", {});
    const changed = await read();

    expect(unchanged).toMatchObject({ status: 304, text: "" });
    expect(changed.status).toBe(200);
  });

  test.for([
    { what: "an unknown key", resource: byKey("LP-2"), status: 404, code: "0x80060891" },
    {
      what: "an unknown id",
      resource: "contacts(00000000-0000-4000-8000-000000000000)",
      status: 404,
      code: "0x80040217",
    },
    { what: "an unknown set", resource: "kontakter", status: 404, code: "0x8006088a" },
    {
      what: "an unknown set's row",
      resource: "hlf_lister(hlf_likepersonnr='LP-1')",
      status: 404,
      code: "0x8006088a",
    },
    {
      what: "another column as key",
      resource: "contacts(fullname='Kari')",
      status: 400,
      code: "0x80060888",
    },
    {
      what: "a key without quotes",
      resource: "contacts(hlf_likepersonnr=LP-1)",
      status: 400,
      code: "0x80060888",
    },
    {
      what: "a quote that is not doubled",
      resource: "contacts(hlf_likepersonnr='O'Dal')",
      status: 400,
      code: "0x80060888",
    },
    { what: "a slash in the key", resource: byKey("LP/1"), status: 400, code: "0x80060888" },
    { what: "bad encoding", resource: "contacts(%ZZ)", status: 400, code: "0x80060888" },
    {
      what: "an unknown column",
      resource: `${byKey("LP-1")}?$select=fullname`,
      status: 400,
      code: "0x80060888",
    },
    {
      what: "an option that is not for rows",
      resource: `${byKey("LP-1")}?$filter=hlf_synlig eq true`,
      status: 400,
      code: "0x80060888",
    },
  ])("answers $what with $status $code", async ({ resource, status, code }) => {
    const simulator = await aSimulator();
    simulator.add("LP-1");
    const call = await aCaller(simulator);

    const answer = await call(resource);

    expect(answer.status).toBe(status);
    expect(codeOf(answer)).toBe(code);
  });
});

describe("the list", () => {
  test.for([
    { filter: undefined, keys: ["LP-1", "LP-2", null, null] },
    { filter: "hlf_likepersonnr ne null", keys: ["LP-1", "LP-2"] },
    { filter: "hlf_synlig eq true", keys: ["LP-1", null] },
    { filter: "hlf_likepersonnr ne null or hlf_synlig eq true", keys: ["LP-1", "LP-2", null] },
  ])("filtered by $filter gives those rows", async ({ filter, keys }) => {
    const simulator = await aSimulator();
    simulator.add("LP-1", { visible: true });
    simulator.add("LP-2");
    simulator.add("orphan", { visible: true });
    simulator.edit("orphan", { key: null });
    simulator.add("nobody");
    simulator.edit("nobody", { key: null });
    const call = await aCaller(simulator);

    const query = filter === undefined ? "" : `&$filter=${encodeURIComponent(filter)}`;
    const { status, json } = await call(`contacts?${SELECT}${query}`);

    expect(status).toBe(200);
    expect(keysOf(json)).toEqual(keys);
    expect(json["value"]).toMatchObject(
      simulator
        .rows()
        .filter((row) => keys.includes(row.key))
        .slice(0, keys.length)
        .map(({ etag }) => ({ "@odata.etag": etag })),
    );
  });

  test.for([
    { filter: "hlf_skjult eq true" },
    { filter: "hlf_synlig eq false" },
    { filter: "contains(hlf_likepersonnr,'x')" },
  ])("refuses the filter $filter", async ({ filter }) => {
    const simulator = await aSimulator();
    const call = await aCaller(simulator);

    const answer = await call(`contacts?$filter=${encodeURIComponent(filter)}`);

    expect({ status: answer.status, code: codeOf(answer) }).toEqual({
      status: 400,
      code: "0x80060888",
    });
  });

  test("comes in pages, each with the whole address of the next", async () => {
    const simulator = await aSimulator();
    for (let number = 1; number <= 5; number += 1) simulator.add(`LP-${number}`);
    const call = await aCaller(simulator);
    const headers = { Prefer: "odata.maxpagesize=2" };

    const pages: unknown[][] = [];
    const base = `${simulator.url}/api/data/v9.2/`;
    let next: string | undefined = `contacts?${SELECT}&$filter=hlf_likepersonnr ne null`;
    while (next !== undefined) {
      const page = await call(next, { headers });
      expect(page.headers.get("Preference-Applied")).toBe("odata.maxpagesize=2");
      pages.push(keysOf(page.json));
      const link = page.json["@odata.nextLink"] as string | undefined;
      expect(link ?? base).toContain(base);
      next = link?.slice(base.length);
    }

    expect(pages).toEqual([["LP-1", "LP-2"], ["LP-3", "LP-4"], ["LP-5"]]);
  });

  test("gives everything to a page size that is out of bounds, and refuses a made-up page", async () => {
    const simulator = await aSimulator();
    for (let number = 1; number <= 3; number += 1) simulator.add(`LP-${number}`);
    const call = await aCaller(simulator);

    const large = await call("contacts", { headers: { Prefer: "odata.maxpagesize=5001" } });
    const zero = await call("contacts", { headers: { Prefer: "odata.maxpagesize=0" } });
    const madeUp = await call("contacts?$skiptoken=made-up");

    for (const { headers, json } of [large, zero]) {
      expect(headers.get("Preference-Applied")).toBeNull();
      expect(keysOf(json)).toHaveLength(3);
      expect(json).not.toHaveProperty("@odata.nextLink");
    }
    expect(madeUp.status).toBe(400);
  });
});

describe("writing a row", () => {
  test("under its ETag changes what is said and no more, and moves the ETag", async () => {
    const simulator = await aSimulator();
    const { id, etag } = simulator.add("LP-1", { visible: true, visibleUntil: "2026-11-22" });
    const call = await aCaller(simulator);

    const change = { hlf_synlig: false, hlf_kildeversjon: 3 };
    const { status, headers, text } = await call(`contacts(${id})?tag=us`, patch(change, etag));

    expect({ status, text }).toEqual({ status: 204, text: "" });
    expect(headers.get("OData-EntityId")).toBe(`${simulator.url}/api/data/v9.2/contacts(${id})`);
    const row = simulator.row("LP-1")!;
    expect(row).toMatchObject({
      visible: false,
      visibleUntil: "2026-11-22",
      version: 3,
      modifiedBy: "api",
    });
    expect(numberOf(row.etag)).toBeGreaterThan(numberOf(etag));
  });

  test("with the values that it has moves the ETag too", async () => {
    const simulator = await aSimulator();
    const { etag } = simulator.add("LP-1", { visible: true });
    const call = await aCaller(simulator);

    await call(byKey("LP-1"), patch({ hlf_synlig: true }, etag));

    expect(numberOf(simulator.row("LP-1")!.etag)).toBeGreaterThan(numberOf(etag));
  });

  test("under an ETag that is no longer the row's is refused with 412", async () => {
    const simulator = await aSimulator();
    const { etag } = simulator.add("LP-1");
    simulator.add("LP-2");
    simulator.edit("LP-1", { visibleUntil: "2026-11-22" });
    const call = await aCaller(simulator);

    const answer = await call(byKey("LP-1"), patch({ hlf_synlig: true }, etag));

    expect({ status: answer.status, code: codeOf(answer) }).toEqual({
      status: 412,
      code: "0x80060882",
    });
    expect(simulator.row("LP-1")).toMatchObject({ visible: false, visibleUntil: "2026-11-22" });
  });

  test("with If-Match * updates a row that is there, and creates none that is not", async () => {
    const simulator = await aSimulator();
    simulator.add("LP-1");
    const call = await aCaller(simulator);

    const updated = await call(byKey("LP-1"), patch({ hlf_synlig: true }, "*"));
    const missing = await call(byKey("LP-2"), patch({ hlf_synlig: true }, "*"));
    const missingById = await call(
      "contacts(00000000-0000-4000-8000-000000000000)",
      patch({ hlf_synlig: true }, 'W/"1"'),
    );

    expect(updated.status).toBe(204);
    expect([missing.status, codeOf(missing)]).toEqual([404, "0x80060891"]);
    expect([missingById.status, codeOf(missingById)]).toEqual([404, "0x80040217"]);
    expect(simulator.rows()).toMatchObject([{ key: "LP-1", visible: true }]);
  });

  test("by key without If-Match creates a ghost, with the same 204 as an update", async () => {
    const simulator = await aSimulator();
    const call = await aCaller(simulator);
    const write = () => call(byKey("L'P"), { method: "PATCH", body: { hlf_synlig: true } });

    const created = await write();
    const updated = await write();

    for (const { status, headers } of [created, updated]) {
      expect(status).toBe(204);
      expect(headers.get("OData-EntityId")).toMatch(/contacts\(hlf_likepersonnr='L''P'\)$/);
    }
    expect(simulator.rows()).toMatchObject([{ key: "L'P", visible: true, modifiedBy: "api" }]);
  });

  test("with If-None-Match * only creates", async () => {
    const simulator = await aSimulator();
    const call = await aCaller(simulator);
    const write = (visible: boolean) =>
      call(byKey("LP-1"), {
        method: "PATCH",
        body: { hlf_synlig: visible },
        headers: { "If-None-Match": "*", Prefer: "return=representation" },
      });

    const created = await write(true);
    const refused = await write(false);

    expect([created.status, refused.status]).toEqual([201, 412]);
    expect(simulator.row("LP-1")).toMatchObject({ visible: true });
  });

  test("gives the row back with its new ETag if that is preferred", async () => {
    const simulator = await aSimulator();
    const { etag } = simulator.add("LP-1");
    const call = await aCaller(simulator);

    const { status, headers, json } = await call(
      `${byKey("LP-1")}?$select=hlf_synlig`,
      patch({ hlf_synlig: true }, etag, { Prefer: "return=representation" }),
    );

    const row = simulator.row("LP-1")!;
    expect(status).toBe(200);
    expect(headers.get("Preference-Applied")).toBe("return=representation");
    expect(headers.get("ETag")).toBe(row.etag);
    expect(json).toMatchObject({
      "@odata.etag": row.etag,
      contactid: row.id,
      hlf_synlig: true,
    });
    expect(row.etag).not.toBe(etag);
  });

  test.for([
    { what: "an unknown column", body: { hlf_skjult: true }, code: "0x80048d19" },
    { what: "a text for yes or no", body: { hlf_synlig: "false" }, code: "0x80048d19" },
    { what: "neither yes nor no", body: { hlf_synlig: null }, code: "0x80048d19" },
    {
      what: "an instant for a day",
      body: { hlf_synligtil: "2026-11-22T00:00:00Z" },
      code: "0x80048d19",
    },
    {
      what: "a day that is none",
      body: { hlf_synligtil: "2026-02-30" },
      code: "0x80048d19",
    },
    { what: "a text for a number", body: { hlf_kildeversjon: "1" }, code: "0x80048d19" },
    {
      what: "a number that is too large",
      body: { hlf_kildeversjon: 2_147_483_648 },
      code: "0x80048d19",
    },
    { what: "a number for a key", body: { hlf_likepersonnr: 1 }, code: "0x80048d19" },
    {
      what: "a key that is too long",
      body: { hlf_likepersonnr: "x".repeat(101) },
      code: "0x80044331",
    },
    { what: "a body that is no JSON", body: "{", code: "0x80048d19" },
    { what: "a list", body: [], code: "0x80048d19" },
  ])("refuses $what with 400 $code, and leaves all as it is", async ({ body, code }) => {
    const simulator = await aSimulator();
    const { etag } = simulator.add("LP-1");
    const call = await aCaller(simulator);

    const answer = await call(byKey("LP-1"), patch(body, "*"));

    expect([answer.status, codeOf(answer)]).toEqual([400, code]);
    expect(simulator.row("LP-1")?.etag).toBe(etag);
  });

  test("takes null for an end and a version", async () => {
    const simulator = await aSimulator();
    simulator.add("LP-1", { visible: true, visibleUntil: "2026-11-22", version: 1 });
    const call = await aCaller(simulator);

    await call(byKey("LP-1"), patch({ hlf_synligtil: null, hlf_kildeversjon: null }, "*"));

    expect(simulator.row("LP-1")).toMatchObject({ visibleUntil: null, version: null });
  });

  test("ignores a key in the body of an update by key, and refuses another row's by id", async () => {
    const simulator = await aSimulator();
    const { id } = simulator.add("LP-1");
    simulator.add("LP-2");
    const call = await aCaller(simulator);

    const ignored = await call(byKey("LP-1"), patch({ hlf_likepersonnr: "LP-2" }, "*"));
    const refused = await call(`contacts(${id})`, patch({ hlf_likepersonnr: "LP-2" }, "*"));

    expect(ignored.status).toBe(204);
    expect([refused.status, codeOf(refused)]).toEqual([412, "0x80060892"]);
    expect(simulator.rows().map(({ key }) => key)).toEqual(["LP-1", "LP-2"]);
  });

  test.for([{ method: "POST" }, { method: "PUT" }, { method: "DELETE" }])(
    "by $method is not offered",
    async ({ method }) => {
      const simulator = await aSimulator();
      simulator.add("LP-1");
      const call = await aCaller(simulator);

      const { status } = await call(byKey("LP-1"), { method });

      expect(status).toBe(405);
      expect(simulator.rows()).toHaveLength(1);
    },
  );
});

describe("the rest of the service", () => {
  test("says whose environment it is", async () => {
    const organizationId = "99999999-0000-4000-8000-000000000000";
    const simulator = await aSimulator({ organizationId });
    const call = await aCaller(simulator);

    const { status, json } = await call("WhoAmI");

    expect(status).toBe(200);
    expect(json).toMatchObject({
      OrganizationId: organizationId,
      UserId: expect.stringMatching(/./),
    });
  });

  test("says that the table has optimistic concurrency, found by name or by set", async () => {
    const simulator = await aSimulator();
    const call = await aCaller(simulator);
    const select = "$select=IsOptimisticConcurrencyEnabled";

    const named = await call(`EntityDefinitions(LogicalName='contact')?${select}`);
    const filtered = await call(`EntityDefinitions?${select}&$filter=EntitySetName eq 'contacts'`);
    const unknown = await call(`EntityDefinitions(LogicalName='account')?${select}`);

    expect(named.json).toMatchObject({ IsOptimisticConcurrencyEnabled: true });
    expect(filtered.json["value"]).toEqual([{ IsOptimisticConcurrencyEnabled: true }]);
    expect(unknown.status).toBe(404);
  });

  test("goes by other names of table and columns, with or without a version", async () => {
    const columns = {
      entitySet: "hlf_likepersons",
      id: "hlf_likepersonid",
      key: "hlf_nr",
      visible: "hlf_vis",
      visibleUntil: "hlf_vistil",
    };
    const simulator = await aSimulator({ columns });
    const { id } = simulator.add("1", { visible: true });
    const call = await aCaller(simulator);

    const { json } = await call("hlf_likepersons(hlf_nr='1')");
    const noVersion = await call(
      "hlf_likepersons(hlf_nr='1')",
      patch({ hlf_kildeversjon: 1 }, "*"),
    );

    expect(json).toMatchObject({ hlf_likepersonid: id, hlf_nr: "1", hlf_vis: true });
    expect(noVersion.status).toBe(400);
    expect(simulator.environment()).toMatchObject({
      DYNAMICS_ENTITY_SET: "hlf_likepersons",
      DYNAMICS_KEY_COLUMN: "hlf_nr",
    });
    expect(simulator.environment()).not.toHaveProperty("DYNAMICS_VERSION_COLUMN");
  });

  test("knows one version of the API, and nothing outside it", async () => {
    const simulator = await aSimulator();
    const headers = { Authorization: `Bearer ${await login(simulator)}` };

    const other = await fetch(`${simulator.url}/api/data/v8.0/contacts`, { headers });
    const outside = await fetch(`${simulator.url}/favicon.ico`);

    expect([other.status, outside.status]).toEqual([400, 404]);
  });

  test("packs its answers for those who ask, and only for them", async () => {
    const simulator = await aSimulator();
    const token = await login(simulator);
    const encodingOf = async (asked: Record<string, string>) => {
      const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
      const headers = { Authorization: `Bearer ${token}`, ...asked };
      get(`${simulator.url}/api/data/v9.2/WhoAmI`, { headers }, (response) => {
        response.resume();
        resolve(response.headers["content-encoding"]);
      }).on("error", reject);
      return await promise;
    };

    expect(await encodingOf({ "Accept-Encoding": "gzip" })).toBe("gzip");
    expect(await encodingOf({})).toBeUndefined();
  });

  test("listens to this machine alone", async () => {
    const simulator = await aSimulator();

    expect(simulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await expect(
      fetch(simulator.url.replace("127.0.0.1", "127.0.0.2"), {
        signal: AbortSignal.timeout(5000),
      }),
    ).rejects.toThrow(/fetch failed|timeout/);
  });
});

function numberOf(etag: string): number {
  return Number(/^W\/"(\d+)"$/.exec(etag)?.[1]);
}

function keysOf(json: Record<string, unknown>): unknown[] {
  const rows = json["value"] as Record<string, unknown>[];
  return rows.map((row) => row["hlf_likepersonnr"]);
}
