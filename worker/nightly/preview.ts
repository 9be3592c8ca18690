import type pg from "pg";

/** One decision of the plan, as the preview shows it and as the run will execute it. */
export interface PlannedAction {
  action: "pause" | "resume" | "remind" | "follow_up" | "hide" | "show" | "none";
  mentorKey: string;
  certificationType: string | null;
  /** yyyy-mm-dd */
  expiresOn: string | null;
  thresholdDays: number | null;
  collapsedThresholdDays: number[] | null;
  /** Last day of a listing that is to be shown, yyyy-mm-dd. */
  visibleUntil: string | null;
  /** The assignment that is followed up, by the association's own key. */
  assignmentKey: string | null;
  /** Since when it is silent, yyyy-mm-dd. */
  lastContactOn: string | null;
  /** Of a follow-up: 1 tells the mentor, later ones the coordinators. */
  step: number | null;
  /** Earlier steps that were missed and are covered by this one. */
  collapsedSteps: number[] | null;
  reasonCode: string;
  reason: string;
}

/** The preview of a night: reads nightly_plan, ordered for people. */
export async function previewNightly(
  client: Pick<pg.ClientBase, "query">,
  options: { organizationId: string; runOn?: string | undefined; includeUnchanged?: boolean },
): Promise<PlannedAction[]> {
  const { rows } = await client.query<PlannedAction>(
    `select
       p.action,
       p.mentor_key as "mentorKey",
       p.certification_type as "certificationType",
       p.expires_on::text as "expiresOn",
       p.threshold_days as "thresholdDays",
       p.collapsed_threshold_days as "collapsedThresholdDays",
       p.visible_until::text as "visibleUntil",
       p.assignment_key as "assignmentKey",
       p.last_contact_on::text as "lastContactOn",
       p.step,
       p.collapsed_steps as "collapsedSteps",
       p.reason_code as "reasonCode",
       p.reason
     from app_public.nightly_plan($1::uuid, $2::date, $3::boolean) as p
     order by
       array_position('{pause,hide,remind,follow_up,resume,show,none}', p.action),
       p.expires_on,
       p.mentor_key,
       p.assignment_key`,
    [options.organizationId, options.runOn ?? null, options.includeUnchanged ?? false],
  );
  return rows;
}
