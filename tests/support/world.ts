import { randomUUID } from "node:crypto";
import {
  type Database,
  type Mentor,
  type Organization,
  TODAY,
  aChapterAdministrator,
  aCoordinator,
  aDelivery,
  aMentor,
  aNotification,
  aPause,
  addDays,
  anActivity,
  anAssignment,
  anOrganization,
  anOrganizationAdministrator,
  insert,
} from "./builders.ts";

export interface World {
  organization: Organization;
  mentor: Mentor;
}

/**
 * At least one row in every table: a listed mentor of two people's care, paused by a person and for
 * certification, with a reminder, a planned night, a discrepancy, an assignment that was quiet, and a
 * portal that was told, is being read back and gives cause for alarm.
 */
export async function aWorld(db: Database): Promise<World> {
  const organization = await anOrganization(db);
  const mentor = await aMentor(db, organization);
  await aPause(db, mentor);
  await aPause(db, mentor, { cause: "certification", certificationId: mentor.certificationId });
  await aCoordinator(db, mentor);
  await aChapterAdministrator(db, organization, organization.chapterId);
  await anOrganizationAdministrator(db, organization);

  const run = await insert(db, "app_public.nightly_runs", {
    organization_id: organization.id,
    run_on: TODAY,
  });
  await insert(db, "app_public.nightly_run_starts", {
    organization_id: organization.id,
    run_on: TODAY,
    outcome: "started",
    attempt: 1,
    actor: "psql",
  });
  await insert(db, "app_public.nightly_run_actions", {
    run_id: run["id"],
    attempt: 1,
    mentor_id: mentor.id,
    action: "pause",
    reason_code: "certification_expired",
    reason: "It has expired.",
  });
  await insert(db, "app_public.certification_reminders", {
    mentor_id: mentor.id,
    certification_id: mentor.certificationId,
    expires_on: TODAY,
    threshold_days: 7,
    disposition: "notified",
    decided_on: TODAY,
  });
  await insert(db, "app_public.discrepancies", {
    organization_id: organization.id,
    invariant: "past_dates_are_accounted_for",
    detail: "Not accounted for.",
    opened_at: TODAY,
  });
  await aQuietAssignment(db, mentor, run["id"]);
  await aWatchedPortal(db, organization, mentor);
  await insert(db, "app_private.import_rows", {
    import_id: organization.id,
    line: 2,
    cells: "{}",
  });
  await db.query("set constraints all immediate; set constraints all deferred");
  return { organization, mentor };
}

async function aWatchedPortal(db: Database, organization: Organization, mentor: Mentor) {
  await insert(db, "app_public.portal_attempts", {
    organization_id: organization.id,
    mentor_id: mentor.id,
    outcome: "written",
    desired_version: 1,
    actor: "psql",
  });
  const { id } = await insert(db, "app_public.portal_reconciliations", { actor: "psql" });
  await insert(db, "app_private.portal_snapshots", {
    reconciliation_id: id,
    remote_id: randomUUID(),
    visible: false,
    revision: 'W/"1"',
  });
  await insert(db, "app_private.portal_comparisons", {
    reconciliation_id: id,
    mentor_id: mentor.id,
    desired_version: 1,
    decision: "unchanged",
    flips: false,
  });
  for (const organizationId of [organization.id, null]) {
    await insert(db, "app_public.alerts", {
      organization_id: organizationId,
      kind: "portal_hide_overdue",
      severity: "critical",
      message: "The portal is late.",
      cure: "Look at it.",
      opened_at: TODAY,
    });
  }
}

/** With an activity that a correction took out, and a follow-up that was tried to be told by e-mail. */
async function aQuietAssignment(db: Database, mentor: Mentor, runId: string) {
  const assignment = await anAssignment(db, mentor, { key: "A-1" });
  await anActivity(db, [assignment], { occurredOn: addDays(TODAY, -3) });
  await insert(db, "app_public.last_contact_corrections", {
    assignment_id: assignment.id,
    mentor_id: mentor.id,
    last_contact_on: addDays(TODAY, -20),
    reason: "Another client",
  });
  await insert(db, "app_public.follow_up_reminders", {
    assignment_id: assignment.id,
    mentor_id: mentor.id,
    last_contact_on: addDays(TODAY, -20),
    step: 1,
    silent_days: 20,
    disposition: "notified",
    decided_on: TODAY,
    nightly_run_id: runId,
  });
  const notificationId = await aNotification(db, mentor, {
    kind: "assignment_quiet",
    assignment_id: assignment.id,
    last_contact_on: addDays(TODAY, -20),
    step: 1,
  });
  const deliveryId = await aDelivery(db, notificationId, mentor);
  await insert(db, "app_public.notification_attempts", {
    delivery_id: deliveryId,
    attempt: 1,
    outcome: "temporary",
    began_at: TODAY,
  });
}
