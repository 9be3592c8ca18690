import { LOCALES } from "../locale.ts";
import type { Locale } from "../locale.ts";
import { RECIPIENT_ROLES } from "./data.ts";
import type { MailData, RecipientRole, Why } from "./data.ts";

/** Invented mails of every kind, for each role and language: for previews, and for people who translate. */
export function examples(): MailData[] {
  return LOCALES.flatMap((locale) => RECIPIENT_ROLES.flatMap((role) => examplesFor(locale, role)));
}

const CERTIFICATION = {
  certificationType: "Likepersonkurs",
  expiresOn: "2026-12-05",
};
const EXPIRED: Why = {
  code: "certification_expired",
  validFrom: "2024-12-06",
  expiresOn: "2026-12-05",
  graceDays: 7,
  runOn: "2026-12-13",
};

function examplesFor(locale: Locale, recipientRole: RecipientRole): MailData[] {
  const common = {
    locale,
    organizationName: "HLF",
    recipientName: recipientRole === "mentor" ? "Kari Nordmann" : "Per Hansen",
    recipientRole,
    mentorName: "Kari Nordmann",
    mentorKey: "LP-017",
    isRepeat: false,
  };
  return [...reminders(common), ...pauses(common), ...returns(common), ...quietAssignments(common)];
}

type Common = Pick<
  MailData,
  | "locale"
  | "organizationName"
  | "recipientName"
  | "recipientRole"
  | "mentorName"
  | "mentorKey"
  | "isRepeat"
>;

function reminders(common: Common): MailData[] {
  const kind = "certification_reminder" as const;
  const coordinatorNames = ["Per Hansen"];
  const one = { ...common, kind, ...CERTIFICATION, isRequired: true, coordinatorNames };
  return [
    { ...one, daysLeft: 14, why: reached(14, "2026-11-21") },
    {
      ...one,
      daysLeft: 1,
      why: reached(7, "2026-12-04"),
      coordinatorNames: ["Per Hansen", "Åse Ødegård"],
      isRepeat: true,
    },
    { ...one, daysLeft: 0, why: reached(7, "2026-12-05"), coordinatorNames: [] },
    { ...one, daysLeft: -3, why: reached(0, "2026-12-08") },
    {
      ...one,
      certificationType: "Kurs i tinnitus",
      isRequired: false,
      daysLeft: 14,
      why: reached(14, "2026-11-21"),
    },
  ];
}

function reached(thresholdDays: number, runOn: string): Why {
  const period = { validFrom: "2024-12-06", expiresOn: "2026-12-05" };
  return { code: "threshold_reached", thresholdDays, ...period, runOn };
}

function pauses(common: Common): MailData[] {
  const kind = "mentor_paused" as const;
  const started: Why = { code: "pause_started", on: "2026-11-20" };
  const revoked: Why = { code: "certification_revoked", on: "2026-11-20" };
  return [
    { ...common, kind, pauseCause: "certification", ...CERTIFICATION, why: EXPIRED },
    { ...common, kind, pauseCause: "certification", ...CERTIFICATION, why: revoked },
    { ...common, kind, pauseCause: "coordinator", why: started },
    { ...common, kind, pauseCause: "self", expectedReturnOn: "2027-03-01", why: started },
  ];
}

function returns(common: Common): MailData[] {
  const why: Why = { code: "pause_ended", on: "2026-12-15" };
  const resumed = { ...common, kind: "mentor_resumed", why } as const;
  const still = { ...common, kind: "mentor_still_paused", why } as const;
  return [
    { ...resumed, endCause: "recertified" },
    { ...resumed, endCause: "planned_return" },
    { ...resumed, endCause: "person" },
    { ...still, endCause: "recertified", stillBecause: "person" },
    { ...still, endCause: "planned_return", stillBecause: "certification" },
    { ...still, endCause: "person", stillBecause: "certification" },
    { ...still, endCause: "person" },
  ];
}

function quietAssignments(common: Common): MailData[] {
  const quiet = { ...common, kind: "assignment_quiet", assignmentKey: "A-204" } as const;
  const first = { lastContactOn: "2026-10-07", silentDays: 45, step: 1, why: silent(45, 1) };
  const second = { lastContactOn: "2026-09-22", silentDays: 60, step: 2, why: silent(60, 2) };
  return [
    { ...quiet, ...first, isMentorReminded: false },
    { ...quiet, ...second, isMentorReminded: true },
    { ...quiet, ...second, isMentorReminded: false },
  ];
}

function silent(thresholdDays: number, step: number): Why {
  return { code: "assignment_silent", thresholdDays, step, runOn: "2026-11-21" };
}
