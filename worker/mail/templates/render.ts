import { assignmentQuiet } from "./assignment-quiet.ts";
import { certificationReminder } from "./certification-reminder.ts";
import type { DataOf, MailData, MailKind, RenderedMail } from "./data.ts";
import { frame } from "./frame.ts";
import { factsOf } from "./letter.ts";
import type { Letter, Voices } from "./letter.ts";
import { mentorPaused } from "./mentor-paused.ts";
import { mentorResumed } from "./mentor-resumed.ts";
import { mentorStillPaused } from "./mentor-still-paused.ts";
import { speechless } from "./words.ts";

export { MAIL_KINDS, mailData, RECIPIENT_ROLES } from "./data.ts";
export type { DataOf, MailData, MailKind, RecipientRole, RenderedMail, Why } from "./data.ts";

/** A mail in the language of its recipient. */
export function renderMail(data: MailData): RenderedMail {
  return frame(data, letterOf(data));
}

function letterOf(data: MailData): Letter {
  switch (data.kind) {
    case "certification_reminder":
      return say(certificationReminder[data.locale], data);
    case "mentor_paused":
      return say(mentorPaused[data.locale], data);
    case "mentor_resumed":
      return say(mentorResumed[data.locale], data);
    case "mentor_still_paused":
      return say(mentorStillPaused[data.locale], data);
    case "assignment_quiet":
      return say(assignmentQuiet[data.locale], data);
  }
  throw speechless(data);
}

function say<Kind extends MailKind>(voices: Voices<Kind>, data: DataOf<Kind>): Letter {
  const facts = factsOf(data);
  return data.recipientRole === "mentor" ? voices.mentor(data, facts) : voices.others(data, facts);
}
