import { request } from "node:http";
import { describe, expect, test } from "vitest";
import type { Simulator } from "../../../../worker/local/dataverse/simulator.ts";
import { aCaller, aSimulator, receive } from "./client.ts";

async function page(simulator: Simulator, path: string) {
  return await receive(await fetch(`${simulator.url}${path}`));
}

async function admin(simulator: Simulator, method: string, path: string, body?: unknown) {
  const response = await fetch(`${simulator.url}/simulator${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return await receive(response);
}

describe("the public page", () => {
  test("shows who is visible today, in Norwegian and without scripts", async () => {
    const simulator = await aSimulator();
    simulator.add("LP-2", { visible: true, visibleUntil: "9999-12-31" });
    simulator.add("LP-1", { visible: true });
    simulator.add("LP-3");
    simulator.add("LP-4", { visible: true, visibleUntil: "2001-01-01" });

    const { status, headers, text } = await page(simulator, "/portal");
    const { json } = await page(simulator, "/portal.json");

    expect(status).toBe(200);
    expect(headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(text).toContain('<html lang="nb">');
    expect(text).toContain("<h1>Likepersoner</h1>");
    expect(text).toMatch(/2 likepersoner, oppdatert <time datetime="[\d-]+T[\d:.]+Z">/);
    expect([...text.matchAll(/<li>(.*?)<\/li>/g)].map(([, key]) => key)).toEqual(["LP-1", "LP-2"]);
    expect(text).not.toMatch(/<script/i);
    expect(json).toEqual({ asOf: expect.stringMatching(/Z$/), keys: ["LP-1", "LP-2"] });
  });

  test("says none, one and many", async () => {
    const simulator = await aSimulator();

    const none = await page(simulator, "/portal");
    simulator.add("LP-1", { visible: true });
    const one = await page(simulator, "/portal");

    expect(none.text).toContain("Ingen likepersoner,");
    expect(one.text).toContain(">1 likeperson,");
  });

  test("shows a key as text, whatever is in it", async () => {
    const simulator = await aSimulator();
    const key = `<script>alert("x")</script><img src=x onerror='alert(1)'>&amp;`;
    simulator.add(key, { visible: true });

    const { text } = await page(simulator, "/portal");
    const { json } = await page(simulator, "/portal.json");

    expect(text).not.toMatch(/<script|<img/);
    expect(text).toContain(
      "<li>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;amp;</li>",
    );
    expect(json["keys"]).toEqual([key]);
  });

  test("shows an old state until its cache has aged, except to those who ask past it", async () => {
    const simulator = await aSimulator({ cacheMinutes: 15 });
    simulator.add("LP-1", { visible: true });
    const keys = async (path: string) => (await page(simulator, path)).json["keys"];
    const atFirst = await keys("/portal.json");

    simulator.edit("LP-1", { visible: false });

    simulator.advanceCache(14);
    expect(atFirst).toEqual(["LP-1"]);
    expect(await keys("/portal.json")).toEqual(["LP-1"]);
    expect((await page(simulator, "/portal")).text).toContain("<li>LP-1</li>");
    expect(await keys("/portal.json?fresh=1")).toEqual([]);
    expect(await keys("/portal.json"), "looking past does not refresh").toEqual(["LP-1"]);
    simulator.advanceCache(1);
    expect(await keys("/portal.json")).toEqual([]);
    expect(simulator.isPubliclyVisible("LP-1")).toBe(false);
  });

  test("is not cached unless asked for, takes no faults, and cannot be written to", async () => {
    const simulator = await aSimulator();
    simulator.inject({ on: "any", effect: "reset", times: Infinity });
    await page(simulator, "/portal.json");
    simulator.add("LP-1", { visible: true });

    const { json } = await page(simulator, "/portal.json");
    const posted = await fetch(`${simulator.url}/portal`, { method: "POST" });

    expect(json["keys"]).toEqual(["LP-1"]);
    expect(posted.status).toBe(405);
  });
});

describe("from a terminal", () => {
  test("the page lists what can be broken, with lines to copy that work", async () => {
    const simulator = await aSimulator();

    const { status, headers, text } = await page(simulator, "/simulator");

    expect(status).toBe(200);
    expect(headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
    expect(text).toContain(`curl ${simulator.url}/simulator/rows\n`);
    const faults = [...text.matchAll(/\/faults -d '(.*)'$/gm)].map(([, fault]) => fault ?? "");
    expect(faults.length).toBeGreaterThan(5);
    for (const fault of faults) {
      const { status } = await admin(simulator, "POST", "/faults", JSON.parse(fault));
      expect(status, fault).toBe(204);
    }
  });

  test("faults are put in, for ever if one says so, and taken out", async () => {
    const simulator = await aSimulator();
    const call = await aCaller(simulator);
    const fault = { on: "any", effect: "throttle", facet: "requests", times: "forever" };

    await admin(simulator, "POST", "/faults", fault);
    const broken = [(await call("WhoAmI")).status, (await call("WhoAmI")).status];
    await admin(simulator, "DELETE", "/faults");

    expect(broken).toEqual([429, 429]);
    expect((await call("WhoAmI")).status).toBe(200);
  });

  test.for([
    { what: "an unknown effect", fault: { on: "any", effect: "explode" } },
    { what: "no effect", fault: { on: "any" } },
    { what: "an unknown kind", fault: { on: "delete", effect: "reset" } },
    { what: "a misspelt field", fault: { on: "any", effect: "reset", time: 3 } },
    { what: "a status that is none", fault: { on: "any", effect: "html", status: 42 } },
  ])("refuses $what", async ({ fault }) => {
    const simulator = await aSimulator();
    const call = await aCaller(simulator);

    const { status } = await admin(simulator, "POST", "/faults", fault);

    expect(status).toBe(400);
    expect((await call("WhoAmI")).status).toBe(200);
  });

  test("rows are added, shown, edited as by a human, and removed", async () => {
    const simulator = await aSimulator();
    const key = "LP 1/ø";
    const path = `/rows/${encodeURIComponent(key)}`;

    const added = await admin(simulator, "POST", "/rows", { key, visible: true });
    const edited = await admin(simulator, "POST", path, { visible: false });
    const shown = await admin(simulator, "GET", "/rows");
    const removed = await admin(simulator, "DELETE", path);

    expect([added.status, edited.status, removed.status]).toEqual([201, 200, 204]);
    expect(shown.json).toEqual([edited.json]);
    expect(simulator.rows()).toEqual([]);
    expect(simulator.history).toMatchObject([
      { key, visible: true, by: "human" },
      { key, visible: false, by: "human" },
      { key, removed: true, by: "human" },
    ]);
  });

  test("what cannot be is refused with its reason", async () => {
    const simulator = await aSimulator();
    simulator.add("LP-1");
    simulator.add("LP-2");

    const refused = [
      await admin(simulator, "POST", "/rows", { key: "LP-1" }),
      await admin(simulator, "POST", "/rows/LP-1", { key: "LP-2" }),
      await admin(simulator, "POST", "/rows/LP-3", { visible: true }),
      await admin(simulator, "DELETE", "/rows/LP-3"),
      await admin(simulator, "POST", "/rows/LP-1", { visibleUntil: "tomorrow" }),
      await admin(simulator, "POST", "/rows/LP-1", { shown: true }),
      await admin(simulator, "PUT", "/rows/LP-1", {}),
      await admin(simulator, "GET", "/nothing"),
    ];

    expect(refused.map(({ status }) => status)).toEqual([409, 409, 404, 404, 400, 400, 404, 404]);
    for (const { text } of refused) expect(text).toMatch(/./);
    expect(simulator.history).toHaveLength(2);
  });

  test("other pages of the same browser cannot reach in", async () => {
    const simulator = await aSimulator();
    const { port } = new URL(simulator.url);
    const asForm = await fetch(`${simulator.url}/simulator/rows`, {
      method: "POST",
      body: JSON.stringify({ key: "LP-1" }),
    });
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    const headers = { Host: `evil.example.org:${port}` };
    request(`${simulator.url}/simulator/rows`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();

    expect(asForm.status).toBe(415);
    expect(await promise).toBe(403);
    expect(simulator.rows()).toEqual([]);
  });
});
