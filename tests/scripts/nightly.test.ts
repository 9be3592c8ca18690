import type pg from "pg";
import { describe, expect } from "vitest";
import { withClient } from "../../worker/database/pool.ts";
import type { PlannedAction } from "../../worker/nightly/preview.ts";
import { refusalSentence, run } from "../support/command.ts";
import { test } from "../support/database.ts";
import { aftermath } from "../support/nightly/aftermath.ts";
import { anAssignment } from "../support/nightly/assignments.ts";
import { ledger } from "../support/nightly/runs.ts";
import { NIGHT, anOrganizationWithWork, inTheNight } from "../support/nightly/stage.ts";

const NIGHTLY = "scripts/nightly.ts";

/** Stops every run that would tell or pause anybody. */
const BRAKE = { brake_minimum: 0, brake_share: 0 };

/** Plays on a database of its own that holds one organisation, "hlf", with a night's work. */
async function onStage(
  url: string,
  play: (stage: {
    client: pg.Client;
    organizationId: string;
    nightly: (...args: string[]) => ReturnType<typeof run>;
  }) => Promise<void>,
  settings: Record<string, unknown> = {},
): Promise<void> {
  const nightly = async (...args: string[]) =>
    await run(NIGHTLY, ["--organization", "hlf", ...args], { DATABASE_URL: url });
  await inTheNight(url, async (client) => {
    const { id } = await anOrganizationWithWork(client, { slug: "hlf", settings });
    await play({ client, organizationId: id, nightly });
  });
}

describe("C8: a command that cannot be carried out ends with 1 and one sentence", () => {
  test.for([
    { args: [], says: /--organization is missing/ },
    { args: ["--organization"], says: /--organization/ },
    { args: ["--organization", "hlf", "--frobnicate"], says: /Unknown option '--frobnicate'/ },
    { args: ["--organization", "hlf", "today"], says: /Unexpected argument 'today'/ },
    {
      args: ["--organization", "hlf", "--on", "2026-02-30"],
      says: /--on 2026-02-30 is not a date/,
    },
    { args: ["--organization", "hlf", "--on", "1.7.2026"], says: /--on 1\.7\.2026 is not a date/ },
    { args: ["--organization", "hlf"], says: /DATABASE_URL must look like postgres:\/\// },
  ])("$args", async ({ args, says }) => {
    const ended = await run(NIGHTLY, args);

    expect(refusalSentence("nightly", ended)).toMatch(says);
  });

  test("nobody listens", async () => {
    const ended = await run(NIGHTLY, ["--organization", "hlf", "--json"], {
      DATABASE_URL: "postgres://mentor:s3cret@127.0.0.1:1/mentor",
    });

    expect(refusalSentence("nightly", ended)).toMatch(
      /^The database of DATABASE_URL does not answer/,
    );
    expect(ended.stderr).not.toContain("s3cret");
  });

  test("an unknown slug, naming those there are", async ({ fresh }) => {
    const url = await fresh();
    await onStage(url, async () => {
      const args = ["--organization", "nobody", "--json"];
      const ended = await run(NIGHTLY, args, { DATABASE_URL: url });

      expect(refusalSentence("nightly", ended)).toMatch(/no organisation "nobody".*hlf/);
    });
  });

  test("while another process runs the night", async ({ fresh }) => {
    const url = await fresh();
    await onStage(url, async ({ client, organizationId, nightly }) => {
      await client.query("begin");
      await client.query("select app_private.lock_nightly_run($1)", [organizationId]);

      expect(refusalSentence("nightly", await nightly("--json"))).toMatch(/\(MNRUN\)/);
    });
  });

  test("--help says how it is used, and needs no database", async () => {
    const { status, stdout, stderr } = await run(NIGHTLY, ["--help"]);

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const option of ["--organization", "--on", "--preview", "--approve", "--json"]) {
      expect(stdout).toContain(option);
    }
  });
});

describe("C10: the preview", () => {
  test("is what the run then does, row by row, and changes nothing itself", async ({ fresh }) => {
    const url = await fresh();
    await onStage(url, async ({ client, organizationId, nightly }) => {
      const before = await aftermath(client, organizationId);

      const preview = await nightly("--preview", "--json");

      expect(preview).toMatchObject({ status: 0, stderr: "" });
      const actions = JSON.parse(preview.stdout) as PlannedAction[];
      expect(actions.map(({ action, mentorKey }) => `${action} ${mentorKey}`)).toEqual([
        "pause lapsed",
        "hide lapsed",
        "remind reminded",
        "resume returning",
        "show returning",
      ]);
      expect(actions[2]).toEqual({
        action: "remind",
        mentorKey: "reminded",
        certificationType: "Course",
        expiresOn: "2026-07-31",
        thresholdDays: 30,
        collapsedThresholdDays: null,
        visibleUntil: null,
        assignmentKey: null,
        lastContactOn: null,
        step: null,
        collapsedSteps: null,
        reasonCode: "threshold_reached",
        reason:
          'Certification "Course" expires on 2026-07-31; the threshold of 30 days is reached.',
      });
      expect(await aftermath(client, organizationId)).toEqual(before);
      expect(await ledger(client, organizationId)).toEqual([]);

      expect(await nightly("--json")).toMatchObject({ status: 0, stderr: "" });
      expect(await appliedActions(client, organizationId)).toEqual(actions);
    });
  });

  test("F1: shows which assignment is followed up, since when it is silent, and the step", async ({
    fresh,
  }) => {
    const url = await fresh();
    await onStage(url, async ({ client, organizationId, nightly }) => {
      const { rows } = await client.query<{ id: string }>(
        "select m.id from app_public.mentors as m where m.mentor_key = 'alone'",
      );
      const mentor = { id: rows[0]?.id ?? "", organizationId };
      await anAssignment(client, mentor, { key: "A-1", contactOn: "2026-05-02" });

      const json = await nightly("--preview", "--json");
      const actions = JSON.parse(json.stdout) as PlannedAction[];
      expect(actions.filter(({ action }) => action === "follow_up")).toEqual([
        {
          action: "follow_up",
          mentorKey: "alone",
          certificationType: null,
          expiresOn: null,
          thresholdDays: null,
          collapsedThresholdDays: null,
          visibleUntil: null,
          assignmentKey: "A-1",
          lastContactOn: "2026-05-02",
          step: 2,
          collapsedSteps: [1],
          reasonCode: "assignment_silent",
          reason:
            'The last contact on assignment "A-1" was on 2026-05-02, 60 days ago; step 2 is due, ' +
            "which covers the missed step 1.",
        },
      ]);
      const table = await nightly("--preview");
      expect(table.stdout).toMatch(/^follow up \(2\) +alone +A-1 +2026-05-02 +The last contact /m);

      const run = await nightly("--json");
      expect(JSON.parse(run.stdout)).toMatchObject({ counts: { followedUp: 1, unchanged: 0 } });
      expect(await appliedActions(client, organizationId)).toEqual(actions);
    });
  });

  test("with --all also says who is left alone, and why", async ({ fresh }) => {
    const url = await fresh();
    await onStage(url, async ({ nightly }) => {
      const { stdout } = await nightly("--preview", "--all", "--json");

      expect((JSON.parse(stdout) as PlannedAction[]).at(-1)).toMatchObject({
        action: "none",
        mentorKey: "alone",
        reason: "Active; certified until 2027-06-30.",
      });
    });
  });

  test("of another date shows the night to come, for people as a table", async ({ fresh }) => {
    const url = await fresh();
    await onStage(url, async ({ nightly }) => {
      const { status, stdout } = await nightly("--preview", "--on", "2026-08-01");

      expect(status).toBe(0);
      expect(stdout).toMatch(/^action +mentor +about +date +why\n-/);
      expect(stdout).toMatch(/^pause +reminded +Course +2026-07-31 +Required .* expired/m);
    });
  });
});

/** What the run has stored as done, in the words of the preview. */
async function appliedActions(client: pg.Client, organizationId: string): Promise<unknown[]> {
  const { rows } = await client.query(
    `select a.action, m.mentor_key as "mentorKey", t.name as "certificationType",
       a.expires_on as "expiresOn", a.threshold_days as "thresholdDays",
       a.collapsed_threshold_days as "collapsedThresholdDays", a.visible_until as "visibleUntil",
       s.assignment_key as "assignmentKey", a.last_contact_on as "lastContactOn", a.step,
       a.collapsed_steps as "collapsedSteps", a.reason_code as "reasonCode", a.reason
     from app_public.nightly_run_actions as a
     join app_public.mentors as m on m.id = a.mentor_id
     left join app_public.assignments as s on s.id = a.assignment_id
     left join app_public.certifications as c on c.id = a.certification_id
     left join app_public.certification_types as t on t.id = c.certification_type_id
     where m.organization_id = $1
       and a.outcome = 'applied'
     order by array_position('{pause,hide,remind,follow_up,resume,show}', a.action)`,
    [organizationId],
  );
  return rows;
}

describe("C2, C8: the run", () => {
  test("reports what was done, and done again does nothing more", async ({ fresh }) => {
    const url = await fresh();
    await onStage(url, async ({ client, organizationId, nightly }) => {
      const first = await nightly("--json");
      const done = await aftermath(client, organizationId);
      const second = await nightly("--json");
      const third = await nightly("--on", NIGHT);

      expect(first).toMatchObject({ status: 0, stderr: "" });
      expect(JSON.parse(first.stdout)).toEqual({
        runId: expect.stringMatching(/^[\da-f-]{36}$/),
        state: "succeeded",
        runOn: NIGHT,
        counts: {
          paused: 1,
          resumed: 1,
          reminded: 1,
          followedUp: 0,
          hidden: 1,
          shown: 1,
          unchanged: 1,
        },
      });
      expect(second).toEqual(first);
      expect(third.stdout).toMatch(/^The run of 2026-07-01 succeeded over 3 attempts: 1 paused, /);
      expect(await aftermath(client, organizationId)).toEqual(done);
    });
  });

  test("C11: that the brake stops ends with 2 and says how to approve it", async ({ fresh }) => {
    const url = await fresh();
    await onStage(
      url,
      async ({ client, organizationId, nightly }) => {
        const before = await aftermath(client, organizationId);
        const stopped = await nightly("--json");
        const { runId, state } = JSON.parse(stopped.stdout) as { runId: string; state: string };

        expect({ status: stopped.status, state }).toEqual({ status: 2, state: "needs_approval" });
        expect(stopped.stderr).toMatch(new RegExp(`^nightly: The plan .*--approve ${runId}\n$`));
        expect(await aftermath(client, organizationId)).toEqual(before);

        const approved = await nightly("--approve", runId, "--json");

        expect(approved).toMatchObject({ status: 0, stderr: "" });
        expect(JSON.parse(approved.stdout)).toMatchObject({
          runId,
          state: "succeeded",
          counts: { paused: 1, reminded: 1, resumed: 1 },
        });
        const again = await nightly("--approve", runId, "--json");
        expect(refusalSentence("nightly", again)).toMatch(/\(MNAPR\)/);
      },
      BRAKE,
    );
  });

  test("of another organisation is not approved by mistake", async ({ fresh }) => {
    const url = await fresh();
    await onStage(
      url,
      async ({ client, organizationId, nightly }) => {
        const { runId } = JSON.parse((await nightly("--json")).stdout) as { runId: string };
        const other = await anOrganizationWithWork(client, { slug: "other" });

        const args = ["--organization", other.slug, "--approve", runId];
        const ended = await run(NIGHTLY, args, { DATABASE_URL: url });

        expect(refusalSentence("nightly", ended)).toMatch(/^other has no run /);
        expect(await ledger(client, organizationId)).toMatchObject([{ state: "needs_approval" }]);
      },
      BRAKE,
    );
  });

  test("with a mentor who cannot be done ends with 2, and does the others", async ({ fresh }) => {
    const url = await fresh();
    await onStage(url, async ({ nightly }) => {
      await withClient(url, (client) =>
        client.query(
          `create function app_private.refuse_reminders() returns trigger language plpgsql
             as $$ begin raise 'out of order'; end $$;
           create trigger refuse before insert on app_public.certification_reminders
             for each row execute function app_private.refuse_reminders()`,
        ),
      );

      const { status, stdout, stderr } = await nightly("--json");

      expect(status).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({
        state: "succeeded_with_failures",
        counts: { paused: 1, reminded: 0, resumed: 1 },
      });
      expect(stderr).toMatch(/^nightly: Applying failed for 1 mentors.*\n$/);
    });
  });
});
