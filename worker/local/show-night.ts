import { createPool } from "../database/pool.ts";
import { hasCode } from "../database/errors.ts";
import { findOrganization } from "../nightly/organization.ts";
import { previewNightly } from "../nightly/preview.ts";
import { planTable, runSentence } from "../nightly/print.ts";
import { runNightly } from "../nightly/run.ts";

/** Shows an organisation's night on the terminal: the preview, the run, and what it left behind. */
export async function showNight(databaseUrl: string, slug: string): Promise<void> {
  const pool = createPool(databaseUrl, { max: 3 });
  try {
    const organization = await findOrganization(pool, slug);
    const target = { organizationId: organization.id };
    const actions = await previewNightly(pool, target);
    console.log(`\nPreview of the night of ${organization.today} for ${organization.name}:\n`);
    console.log(planTable(actions));
    console.log("\nThe run executes exactly this plan:\n");
    console.log(runSentence(await runNightly(pool, target)));
    const { rows } = await pool.query<{ status: string; mentors: number; listed: number }>(
      `select m.status, count(*) as mentors, count(*) filter (where l.desired_visible) as listed
       from app_public.mentors as m
       left join app_public.portal_listings as l on l.mentor_id = m.id
       where m.organization_id = $1
       group by m.status
       order by m.status`,
      [organization.id],
    );
    for (const { status, mentors, listed } of rows) {
      console.log(
        `  ${status.padEnd(8)} ${mentors} mentors, ${listed} of them wanted on the website`,
      );
    }
  } catch (error) {
    if (!hasCode(error, "MNRUN")) throw error;
    console.log("A worker is running this night at the moment.");
  } finally {
    await pool.end();
  }
}
