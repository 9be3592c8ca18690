import { describe, expect } from "vitest";
import type { Explanation } from "../../worker/explain/explain-mentor.ts";
import { type Ended, refusalSentence, run } from "../support/command.ts";
import { test } from "../support/database.ts";
import { runNight } from "../support/nightly/runs.ts";
import { NIGHT, anOrganizationWithWork, inTheNight } from "../support/nightly/stage.ts";

const EXPLAIN = "scripts/explain.ts";
const WHO = ["--organization", "hlf", "--mentor", "reminded"];

async function ask(url: string, ...args: string[]): Promise<Ended> {
  return await run(EXPLAIN, [...WHO, ...args], { DATABASE_URL: url });
}

async function refused(url: string, ...args: string[]): Promise<string> {
  return refusalSentence("explain", await run(EXPLAIN, args, { DATABASE_URL: url }));
}

describe("N5: a question that cannot be answered ends with 1 and one sentence", () => {
  test.for([
    { args: [], says: /--organization is missing/ },
    { args: ["--organization", "hlf"], says: /--mentor is missing/ },
    { args: [...WHO, "--frobnicate"], says: /Unknown option '--frobnicate'/ },
    { args: [...WHO, "--on", "2026-02-30"], says: /--on 2026-02-30 is not a date/ },
    { args: WHO, says: /DATABASE_URL must look like postgres:\/\// },
  ])("$args", async ({ args, says }) => {
    const ended = await run(EXPLAIN, args);

    expect(refusalSentence("explain", ended)).toMatch(says);
  });

  test("an unknown organisation, an unknown mentor, an impossible year", async ({ fresh }) => {
    const url = await fresh();
    await inTheNight(url, async (client) => {
      await anOrganizationWithWork(client, { slug: "hlf" });
      expect(await refused(url, "--organization", "nobody", "--mentor", "reminded")).toMatch(
        /no organisation "nobody".*hlf/,
      );
      expect(await refused(url, "--organization", "hlf", "--mentor", "Kari")).toMatch(
        /^hlf has no mentor "Kari"/,
      );
      expect(await refused(url, ...WHO, "--on", "2062-01-01")).toMatch(/\(MNDAT\)/);
    });
  });
});

test("--help says how it is used, and needs no database", async () => {
  const { status, stdout, stderr } = await run(EXPLAIN, ["--help"]);

  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  for (const option of ["--organization", "--mentor", "--on", "--json"]) {
    expect(stdout).toContain(option);
  }
});

test("N5: the answer is a table for people and an array for programs", async ({ fresh }) => {
  const url = await fresh();
  await inTheNight(url, async (client) => {
    const { id } = await anOrganizationWithWork(client, { slug: "hlf" });
    await runNight(client, id, NIGHT);
    const today = await ask(url);
    const asked = await ask(url, "--on", "2026-07-02");
    const json = await ask(url, "--json");

    expect(today).toMatchObject({ status: 0, stderr: "" });
    expect(today.stdout).toMatch(
      /^Mentor reminded on 2026-07-01\n\ntopic +about +so it is +why\n-/,
    );
    expect(today.stdout).toMatch(/^certification +reminder of "Course" +done +The reminder of/m);
    expect(asked.stdout).toMatch(/^certification +reminder of "Course" +not done +29 days left\./m);
    const rows = JSON.parse(json.stdout) as Explanation[];
    expect(rows.find(({ topic }) => topic === "certification")).toMatchObject({
      verdict: "done",
      code: "reminded",
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      nightlyRunId: expect.any(String) as string,
    });
  });
});
