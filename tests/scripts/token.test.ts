import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { identifyBy } from "../../worker/api/caller.ts";
import { readApiConfig } from "../../worker/api/config.ts";
import { localApiEnvironment } from "../../worker/local/api.ts";
import { refusalSentence, run } from "../support/command.ts";

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "token-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function token(...args: string[]) {
  return await run("scripts/token.ts", args);
}

/** Whom the API of these data takes it for. */
async function callerOf(folder: string, text: string) {
  const { config } = readApiConfig({
    ...localApiEnvironment(folder),
    DATABASE_URL: "postgres://nobody",
  });
  return await identifyBy(config!.tokens)(`Bearer ${text.trim()}`);
}

describe("X3: npm run token", () => {
  test("prints a token that the embedded database's API takes, and nothing else", async () => {
    const folder = await aFolder();
    localApiEnvironment(folder);

    const { status, stdout, stderr } = await token("--subject", "demo-hanne", "--data", folder);

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const { caller } = await callerOf(folder, stdout);
    expect(caller).toMatchObject({ subject: "demo-hanne", isService: false });
    expect((caller!.expiresAt - Date.now()) / 60_000).toBeCloseTo(60.5, 0);
  });

  test("for a program, for a while, and says which header names the organisation", async () => {
    const folder = await aFolder();
    localApiEnvironment(folder);

    const { stdout, stderr } = await token(
      "--subject",
      "scheduler",
      "--service",
      "--organization",
      "demo",
      "--expires-in",
      "10m",
      "--data",
      folder,
    );

    const { caller } = await callerOf(folder, stdout);
    expect(caller).toMatchObject({ subject: "scheduler", isService: true });
    expect((caller!.expiresAt - Date.now()) / 60_000).toBeCloseTo(10.5, 0);
    expect(stderr).toContain("X-Organization: demo");
  });

  test("of other data is not taken", async () => {
    const [ours, theirs] = [await aFolder(), await aFolder()];
    localApiEnvironment(ours);
    localApiEnvironment(theirs);

    const { stdout } = await token("--subject", "demo-hanne", "--data", theirs);

    expect((await callerOf(ours, stdout)).refusal?.reason).toBe("bad_signature");
  });

  test.for<[name: string, args: string[], says: RegExp]>([
    ["without a subject", [], /^--subject SUBJECT is missing/],
    ["without an embedded database", ["--subject", "kari"], /^There is no embedded database here/],
    [
      "for a time that is none",
      ["--subject", "kari", "--expires-in", "ever"],
      /^--expires-in ever is not/,
    ],
  ])("is refused %s", async ([, args, says]) => {
    const folder = await aFolder();

    expect(refusalSentence("token", await token(...args, "--data", folder))).toMatch(says);
  });
});
