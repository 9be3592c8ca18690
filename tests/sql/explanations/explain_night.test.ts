import { describe, expect } from "vitest";
import {
  TODAY,
  aMentor,
  actAs,
  addDays,
  anOrganization,
  anOrganizationAdministrator,
  setClock,
} from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { explain, sentence, sentences } from "../../support/explanations.ts";
import {
  applyBatch,
  applyLocked,
  approve,
  finishNight,
  runNight,
  startNight,
} from "../../support/nightly/runs.ts";
import { call } from "../../support/outcomes.ts";

const BRAKE = { brake_minimum: 0, brake_share: 0 };

describe("N5 a night that did not run", () => {
  test("is said never to have run, where none ever did", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));

    expect(await sentence(tx, mentor, addDays(TODAY, -1), "night")).toBe(
      "not_done no_night_ever: It did not run: no night of this organisation has run yet.",
    );
  });

  test("lies before the first, or after the last and is covered by the next", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    await runNight(tx, organization.id, addDays(TODAY, -5));

    expect(await sentence(tx, mentor, addDays(TODAY, -6), "night")).toBe(
      "not_done before_first_night: It did not run: the first night of this organisation is that of 2026-03-10.",
    );
    expect(await sentence(tx, mentor, addDays(TODAY, -4), "night")).toBe(
      "waiting not_covered_yet: It did not run: the last recorded night is that of 2026-03-10. The next one covers this date.",
    );
  });

  test("C5 was skipped, and names the run that covered it", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    await runNight(tx, organization.id, addDays(TODAY, -5));
    await runNight(tx, organization.id, TODAY);

    expect(await sentence(tx, mentor, addDays(TODAY, -1), "night")).toBe(
      "not_done skipped: It did not run. Nothing ran on this date; the run of 2026-03-15 covered it.",
    );
  });

  test("is not due before its hour, due from it on, also in the night of 23 hours", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx, { settings: { nightly_at: "02:30" } });
    const mentor = await aMentor(tx, organization);
    const night = async (clock: string) => {
      await setClock(tx, clock);
      return await sentence(tx, mentor, null, "night");
    };
    const notDue = "planned not_yet_due: It is not due yet: it runs today at 02:30 or soon after.";

    expect(await night("2026-03-28T01:29:00Z")).toBe(notDue);
    expect(await night("2026-03-28T01:30:00Z")).toMatch(
      /^waiting not_begun: It has been due since 02:30/,
    );
    // On 29 March the clock goes from two to three: half past two never comes.
    expect(await night("2026-03-29T00:59:00Z")).toBe(notDue);
    expect(await night("2026-03-29T01:00:00Z")).toMatch(/^waiting not_begun/);
  });

  test("of a date to come says when it runs", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));

    expect(await sentence(tx, mentor, addDays(TODAY, 1), "night")).toMatch(
      /^planned not_yet_due: It runs on 2026-03-16 at 01:00 or soon after\./,
    );
  });

  test("is recorded and not begun", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    await tx.query("select app_private.record_due_nightly_runs()");

    expect(await sentence(tx, mentor, null, "night")).toBe(
      "waiting planned: It is due, and no worker has begun it yet.",
    );
  });
});

describe("N5 a night that ran", () => {
  test("is said to have run, in which attempt, and what it did", async ({ tx }) => {
    const organization = await anOrganization(tx, { settings: { follow_up_steps: [] } });
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 30) });
    await runNight(tx, organization.id, TODAY);
    const run = await runNight(tx, organization.id, TODAY);

    const rows = await explain(tx, mentor, null, "night");

    expect(rows).toMatchObject([
      {
        verdict: "done",
        code: "succeeded",
        nightly_run_id: run.id,
        subject: "the night of 2026-03-15",
      },
    ]);
    expect(rows[0]!.explanation).toMatch(
      /^It ran from \d{4}-\d\d-\d\d \d\d:\d\d to .*, in attempt 2\.$/,
    );
    expect(await sentences(tx, mentor, null, "plan")).toEqual([
      expect.stringMatching(
        /^done threshold_reached: Certification "Course.*" expires on 2026-04-14; the threshold of 30 days is reached\.$/,
      ),
    ]);
  });

  test("C2 in a second attempt has one decision, not that of the first as well", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 30) });
    await startNight(tx, organization.id, TODAY);
    await runNight(tx, organization.id, TODAY);

    expect(await sentences(tx, mentor, null, "plan")).toEqual([
      expect.stringMatching(/^done threshold_reached: .* the threshold of 30 days is reached\.$/),
    ]);
  });

  test("and decided nothing about the mentor says so", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization);
    await runNight(tx, organization.id, TODAY);

    expect(await sentence(tx, mentor, null, "plan")).toBe(
      "not_done left_alone: The night decided nothing about this mentor.",
    );
  });

  test("C11 waits for approval with the brake's sentence, and then says who gave it", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx, { settings: BRAKE });
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 30) });
    const run = await runNight(tx, organization.id, TODAY);

    expect(await sentence(tx, mentor, null, "night")).toMatch(
      /^waiting needs_approval: Since .* waiting for the approval of a person.* The plan pauses, reminds.* 1 of 1 mentors/,
    );
    expect(await sentence(tx, mentor, null, "plan")).toMatch(
      /^waiting threshold_reached: .* It is decided and not done yet\.$/,
    );

    const administrator = await anOrganizationAdministrator(tx, organization);
    await actAs(tx, administrator);
    await approve(tx, run);

    expect(await sentence(tx, mentor, null, "night")).toMatch(
      new RegExp(`^done succeeded: .* person:${administrator} approved it at `),
    );
  });

  test("broke off: failed, with the cause", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 30) });
    const run = await startNight(tx, organization.id, TODAY);

    expect(await sentence(tx, mentor, TODAY, "night")).toMatch(
      /^waiting running: Attempt 1 has been at work since/,
    );
    await tx.query("select app_private.fail_nightly_run($1, 1, 'The disk is full.')", [run.id]);

    expect(await sentence(tx, mentor, TODAY, "night")).toMatch(
      /^failed failed: Attempt 1 broke off at .* the worker tries again\. The disk is full\.$/,
    );
  });

  test("N4 decided what was no longer true when it was to be done", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 30) });
    const run = await startNight(tx, organization.id, TODAY);
    await call(tx, "grant_certification", {
      mentor_id: mentor.id,
      certification_type_id: organization.typeId,
      valid_from: TODAY,
      expires_on: addDays(TODAY, 400),
    });
    await applyBatch(tx, run);
    await finishNight(tx, run);

    expect(await sentences(tx, mentor, TODAY, "plan")).toContainEqual(
      expect.stringMatching(
        /^not_done threshold_reached: .* It was decided and not done: The facts had changed/,
      ),
    );
  });

  test("failed to do what it had decided, and says why", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 30) });
    await tx.query(
      `create function app_private.refuse_reminders() returns trigger language plpgsql
         as $$ begin raise 'out of order'; end $$;
       create trigger refuse before insert on app_public.certification_reminders
         for each row execute function app_private.refuse_reminders()`,
    );
    const run = await startNight(tx, organization.id, TODAY);
    await applyBatch(tx, run);
    await applyLocked(tx, run);
    await finishNight(tx, run);

    expect(await sentence(tx, mentor, TODAY, "night")).toMatch(
      /^done succeeded_with_failures: .* Applying failed for 1 mentors/,
    );
    expect(await sentence(tx, mentor, TODAY, "plan")).toMatch(
      /^failed threshold_reached: .* It failed: P0001: out of order/,
    );
    expect(await sentence(tx, mentor, TODAY, "certification")).toMatch(
      /^failed apply_failed: The threshold of 30 days is reached, with 30 days left\. The night decided it and failed to do it: P0001: out of order/,
    );
  });
});

describe("N5 the plan", () => {
  test("of a date to come is what its night would do, and why it would leave the mentor alone", async ({
    tx,
  }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 40) });

    expect(await sentence(tx, mentor, addDays(TODAY, 9), "plan")).toBe(
      "not_done left_alone: The night leaves the mentor alone: Active; certified until 2026-04-24.",
    );
    expect(await sentence(tx, mentor, addDays(TODAY, 10), "plan")).toMatch(
      /^planned threshold_reached: .* the threshold of 30 days is reached\.$/,
    );
    expect(
      (await explain(tx, mentor, addDays(TODAY, 41), "plan")).map(({ subject }) =>
        subject.replace(/ ".*/, ""),
      ),
    ).toEqual(["pause", "hide"]);
  });

  test("of a night that is over says what has come true since", async ({ tx }) => {
    const organization = await anOrganization(tx);
    const mentor = await aMentor(tx, organization, { expiresOn: addDays(TODAY, 60) });
    await runNight(tx, organization.id, TODAY);
    await tx.query("update app_public.certifications set expires_on = $2 where id = $1", [
      mentor.certificationId,
      addDays(TODAY, 20),
    ]);

    expect(await sentences(tx, mentor, TODAY, "plan")).toEqual([
      "not_done left_alone: The night decided nothing about this mentor.",
      expect.stringMatching(
        /^planned threshold_reached: .* It has come true since the night ran; the next run does it\.$/,
      ),
    ]);
    expect(await sentence(tx, mentor, TODAY, "certification")).toMatch(
      /^planned due_since: .* That has come true since the night ran; the next run does it\./,
    );
  });
});
