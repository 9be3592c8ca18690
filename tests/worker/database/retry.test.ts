import { describe, expect } from "vitest";
import { retryOnVersionConflict } from "../../../worker/database/retry.ts";
import { aMentor, anOrganization, insert } from "../../support/builders.ts";
import type { Database, Mentor } from "../../support/builders.ts";
import { test } from "../../support/database.ts";
import { mentorNow } from "../../support/outcomes.ts";
import type { MentorRow } from "../../support/outcomes.ts";

/** Pauses with the version that was read; before each of the first `races` calls somebody is faster. */
function pauseAgainst(tx: Database, mentor: Mentor, races: number) {
  let calls = 0;
  const command = {
    read: () => mentorNow(tx, mentor.id),
    stillWanted: ({ status }: MentorRow) => status === "active",
    call: async ({ version }: MentorRow) => {
      calls += 1;
      if (calls <= races) {
        await tx.query(
          "update app_public.mentors set portal_consent = not portal_consent where id = $1",
          [mentor.id],
        );
      }
      await tx.query("savepoint command");
      try {
        await tx.query("select app_public.pause_mentor($1, 'Rest', null, $2)", [
          mentor.id,
          version,
        ]);
      } catch (error) {
        await tx.query("rollback to savepoint command");
        throw error;
      }
    },
  };
  return { command, calls: () => calls };
}

describe("S4: a caller that loses a version race", () => {
  test.for([0, 1, 3])(
    "is retried while its intent holds, after %i races",
    async (races, { tx }) => {
      const mentor = await aMentor(tx, await anOrganization(tx));
      const { command, calls } = pauseAgainst(tx, mentor, races);

      await retryOnVersionConflict(command);

      expect(calls()).toBe(races + 1);
      expect((await mentorNow(tx, mentor.id)).status).toBe("paused");
    },
  );

  test("learns of the conflict after three retries", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    const { command, calls } = pauseAgainst(tx, mentor, 9);

    await expect(retryOnVersionConflict(command)).rejects.toMatchObject({ code: "MNVER" });

    expect(calls()).toBe(4);
    expect((await mentorNow(tx, mentor.id)).status).toBe("active");
  });

  test("is not retried once its intent no longer holds", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx));
    const { command, calls } = pauseAgainst(tx, mentor, 0);
    const overtaken = {
      ...command,
      call: async (row: MentorRow) => {
        await insert(tx, "app_public.mentor_pauses", {
          mentor_id: mentor.id,
          cause: "self",
          reason: "Faster",
          started_at: "2026-03-15T11:00:00Z",
          started_by: "somebody",
        });
        await command.call(row);
      },
    };

    await expect(retryOnVersionConflict(overtaken)).rejects.toMatchObject({ code: "MNVER" });

    expect(calls()).toBe(1);
  });

  test("is not retried for another error", async ({ tx }) => {
    const mentor = await aMentor(tx, await anOrganization(tx), { status: "paused" });
    const { command, calls } = pauseAgainst(tx, mentor, 0);

    await expect(retryOnVersionConflict(command)).rejects.toMatchObject({ code: "MNAPA" });

    expect(calls()).toBe(1);
  });
});
