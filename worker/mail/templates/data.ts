import { z } from "zod";
import { LOCALES } from "../locale.ts";

export const RECIPIENT_ROLES = [
  "mentor",
  "coordinator",
  "chapter_administrator",
  "organization_administrator",
] as const;

/** As what somebody gets a mail: it is about them, or about a mentor for whom they are responsible. */
export type RecipientRole = (typeof RECIPIENT_ROLES)[number];

const date = z.iso.date("must be a date like 2027-03-31");
const text = z.string().min(1);
const days = z.int();

/** Which rule led to the mail, in the words of the facts. */
const why = z.discriminatedUnion("code", [
  /** The nightly run found a certification within a threshold. */
  z.object({
    code: z.literal("threshold_reached"),
    thresholdDays: days,
    validFrom: date.nullish(),
    expiresOn: date,
    runOn: date,
  }),
  /** The nightly run found a certification that has expired, and its grace days are over. */
  z.object({
    code: z.literal("certification_expired"),
    validFrom: date.nullish(),
    expiresOn: date,
    graceDays: days.nullish(),
    runOn: date,
  }),
  /** Somebody took a certification back. */
  z.object({ code: z.literal("certification_revoked"), on: date }),
  /** Somebody paused the mentor. */
  z.object({ code: z.literal("pause_started"), on: date }),
  /** A pause ended on that day. */
  z.object({ code: z.literal("pause_ended"), on: date }),
  /** The nightly run found an assignment without contact for so long. */
  z.object({
    code: z.literal("assignment_silent"),
    thresholdDays: days,
    step: z.int().min(1),
    runOn: date,
  }),
]);

const common = {
  locale: z.enum(LOCALES),
  organizationName: text,
  recipientName: text,
  recipientRole: z.enum(RECIPIENT_ROLES),
  mentorName: text,
  mentorKey: text,
  why,
  /** An earlier attempt may have arrived. */
  isRepeat: z.boolean(),
};

/** How the pause ended that a mail tells of. */
const endCause = z.enum(["recertified", "planned_return", "person"]);

/** Everything that a mail can tell. There is no field for a reason of a pause: it may be health. */
export const mailData = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("certification_reminder"),
    ...common,
    certificationType: text,
    /** The last valid day. */
    expiresOn: date,
    /** 0 on the last valid day, negative in the grace days. */
    daysLeft: days,
    /** Whether a mentor is paused without it; one may also hold others. */
    isRequired: z.boolean().default(true),
    coordinatorNames: z.array(text),
  }),
  z.object({
    kind: z.literal("mentor_paused"),
    ...common,
    pauseCause: z.enum(["self", "coordinator", "certification"]),
    certificationType: text.nullish(),
    expiresOn: date.nullish(),
    /** The first day on which the mentor is back. */
    expectedReturnOn: date.nullish(),
  }),
  z.object({ kind: z.literal("mentor_resumed"), ...common, endCause }),
  z.object({
    kind: z.literal("mentor_still_paused"),
    ...common,
    endCause,
    stillBecause: z.enum(["certification", "person"]).nullish(),
  }),
  z.object({
    kind: z.literal("assignment_quiet"),
    ...common,
    /** The association's own key; it says nothing about the client. */
    assignmentKey: text,
    lastContactOn: date,
    silentDays: days,
    /** The step of the follow-up since the last contact; 1 tells the mentor. */
    step: z.int().min(1),
    /** Whether an earlier step was really sent to the mentor. */
    isMentorReminded: z.boolean(),
  }),
]);

export type MailData = z.infer<typeof mailData>;
export type MailKind = MailData["kind"];
export type Why = z.infer<typeof why>;
export type DataOf<Kind extends MailKind> = Extract<MailData, { kind: Kind }>;

export const MAIL_KINDS = mailData.options.map((option) => option.shape.kind.value);

export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}
