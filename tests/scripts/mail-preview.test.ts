import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished } from "vitest";
import { refusalSentence, run } from "../support/command.ts";
import { test } from "../support/notifications.ts";

const PREVIEW = "scripts/mail-preview.ts";

const NYNORSK = ["--kind", "mentor_resumed", "--role", "coordinator", "--locale", "nn"];

const DATA = {
  kind: "certification_reminder",
  locale: "nn",
  organizationName: "HLF",
  recipientName: "Åse Ødegård",
  recipientRole: "mentor",
  mentorName: "Åse Ødegård",
  mentorKey: "LP-1",
  isRepeat: false,
  why: {
    code: "threshold_reached",
    thresholdDays: 7,
    expiresOn: "2026-12-05",
    runOn: "2026-11-29",
  },
  certificationType: "Grunnkurs",
  expiresOn: "2026-12-05",
  daysLeft: 6,
  coordinatorNames: [],
};

function aFile(): string {
  const directory = mkdtempSync(join(tmpdir(), "preview-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, "mails.html");
}

describe("N5: the mails can be read before any is sent", () => {
  test("all of them, without a database", async () => {
    const { status, stdout, stderr } = await run(PREVIEW);

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const headings = new Set(stdout.match(/^=== .*$/gm));
    expect(headings.size).toBe(5 * 4 * 3);
    expect(headings).toContain("=== assignment_quiet · chapter_administrator · en");
  });

  test("those of one kind, role and language", async () => {
    const { stdout } = await run(PREVIEW, NYNORSK);

    expect(new Set(stdout.match(/^=== .*$/gm))).toEqual(
      new Set(["=== mentor_resumed · coordinator · nn"]),
    );
    expect(stdout).toContain("Subject: Kari Nordmann er tilbake som likeperson");
    expect(stdout).toContain("Venleg helsing");
  });

  test("as one page", async () => {
    const file = aFile();

    const { stdout } = await run(PREVIEW, ["--html", file, "--locale", "en"]);

    const page = readFileSync(file, "utf8");
    expect(stdout).toBe(`Wrote ${page.match(/<iframe sandbox /g)!.length} mails to ${file}.\n`);
    expect(page).toContain('srcdoc="&lt;!DOCTYPE html&gt;');
    expect(page).not.toMatch(/<script/);
  });

  test("with data of one's own", async () => {
    const { stdout } = await run(PREVIEW, ["--data", "-"], {}, { input: JSON.stringify(DATA) });

    expect(stdout).toMatch(/^=== certification_reminder · mentor · nn\nSubject: Sertifiseringa di/);
    expect(stdout).toContain("«Grunnkurs»");
    expect(stdout.match(/^===/gm)).toHaveLength(1);
  });

  test("of an association: what waits to be told, and afterwards nothing", async ({ mail }) => {
    const environment = { DATABASE_URL: mail.url };
    const person = { full_name: "Åse Ødegård", locale: "nn" };
    await mail.pause(await mail.aMentor({ person }));

    const before = await run(PREVIEW, ["--organization", "hlf"], environment);
    const others = await run(PREVIEW, ["--organization", "hlf", "--locale", "en"], environment);
    await mail.dispatch();
    const after = await run(PREVIEW, ["--organization", "hlf"], environment);

    expect(before).toMatchObject({ status: 0, stderr: "" });
    const [caught] = mail.catcher.messages;
    expect(before.stdout).toBe(
      `=== mentor_paused · mentor · nn\nSubject: ${caught!.subject}\n\n${caught!.text}\n`,
    );
    expect(others.stdout).toBe("There is nothing to tell.\n");
    expect(after.stdout).toBe("There is nothing to tell.\n");
    expect(await mail.emails()).toMatchObject([{ attempts: 1 }]);
  });

  test("says how it is used", async () => {
    const { status, stdout } = await run(PREVIEW, ["--help"]);

    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: npm run mail:preview -- .*--data FILE\|-/s);
  });
});

describe("what it cannot show it refuses in a sentence", () => {
  test.for([
    [
      ["--kind", "mentor_retired"],
      "",
      "--kind must be one of certification_reminder, mentor_paused",
    ],
    [["--data", "-"], "{", "Standard input is not JSON."],
    [["--data", "/nowhere.json"], "", "/nowhere.json"],
    [["--data", "-", "--organization", "hlf"], "", "--organization and --data exclude each other."],
    [["--organization", "hlf"], "", "DATABASE_URL must look like"],
    [
      ["--data", "-"],
      JSON.stringify([DATA, { ...DATA, expiresOn: "05.12.2026" }]),
      "Standard input does not hold the data of a mail: expiresOn: must be a date like 2027-03-31.",
    ],
  ] as const)("%o", async ([args, input, sentence]) => {
    const ended = await run(PREVIEW, [...args], {}, { input });

    expect(refusalSentence("mail:preview", ended)).toContain(sentence);
  });
});
