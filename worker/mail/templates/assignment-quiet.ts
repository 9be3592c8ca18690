import type { Locale } from "../locale.ts";
import type { DataOf } from "./data.ts";
import type { Voices } from "./letter.ts";
import { inOneLine } from "./words.ts";

type Data = DataOf<"assignment_quiet">;

/** No contact has been recorded for a while. It says nothing about the client. */
export const assignmentQuiet: Record<Locale, Voices<"assignment_quiet">> = {
  nb: {
    mentor: (data, { date, days }) => ({
      subject: repeated(data, {
        first: "Har du hatt kontakt i oppdraget ditt?",
        later: "En påminnelse: Har du hatt kontakt i oppdraget ditt?",
      }),
      news: [
        `Den siste kontakten som er registrert i oppdraget ${key(data)}, er fra ${date(data.lastContactOn)}. ` +
          `Det er ${days(data.silentDays)} siden.`,
        "Kanskje har det vært kontakt som ikke er registrert. Kanskje er oppdraget ferdig. " +
          "Begge deler er helt i orden.",
      ],
      todo: [
        "Har det vært kontakt? Registrer den, eller svar på denne e-posten med datoen. " +
          "Skriv ikke hvem det gjelder, eller hva dere snakket om.",
        "Har det ikke vært kontakt? Send gjerne en melding til den du følger opp.",
        "Er oppdraget ferdig, eller passer det ikke lenger? Si fra til koordinatoren din " +
          "på e-post eller SMS.",
      ],
    }),
    others: (data, { date, days, mentor, name, shortName }) => ({
      subject: `Et oppdrag hos ${shortName} har vært uten kontakt i ${days(data.silentDays)}`,
      news: [
        `${mentor} har oppdraget ${key(data)}. Den siste kontakten som er registrert, ` +
          `er fra ${date(data.lastContactOn)}. Det er ${days(data.silentDays)} siden.` +
          reminded(data, ` ${name} har fått en påminnelse om det før.`),
        "Kanskje har det vært kontakt som ikke er registrert. Kanskje er oppdraget ferdig.",
      ],
      todo: [
        `Spør ${name} hvordan det går. Send en e-post eller en SMS.`,
        "Har det vært kontakt? Husk å registrere det. Er oppdraget ferdig? Husk å avslutte det.",
        "Har du spørsmål? Svar på denne e-posten.",
      ],
    }),
  },
  nn: {
    mentor: (data, { date, days }) => ({
      subject: repeated(data, {
        first: "Har du hatt kontakt i oppdraget ditt?",
        later: "Ei påminning: Har du hatt kontakt i oppdraget ditt?",
      }),
      news: [
        `Den siste kontakten som er registrert i oppdraget ${key(data)}, er frå ${date(data.lastContactOn)}. ` +
          `Det er ${days(data.silentDays)} sidan.`,
        "Kanskje har det vore kontakt som ikkje er registrert. Kanskje er oppdraget ferdig. " +
          "Begge delar er heilt i orden.",
      ],
      todo: [
        "Har det vore kontakt mellom dykk? Registrer det, eller svar på denne e-posten med datoen. " +
          "Skriv ikkje kven det gjeld, eller kva de snakka om.",
        "Har det ikkje vore kontakt? Send gjerne ei melding til den du følgjer opp.",
        "Er oppdraget ferdig, eller passar det ikkje lenger? Sei frå til koordinatoren din " +
          "på e-post eller SMS.",
      ],
    }),
    others: (data, { date, days, mentor, name, shortName }) => ({
      subject: `Eit oppdrag hos ${shortName} har vore utan kontakt i ${days(data.silentDays)}`,
      news: [
        `${mentor} har oppdraget ${key(data)}. Den siste kontakten som er registrert, ` +
          `er frå ${date(data.lastContactOn)}. Det er ${days(data.silentDays)} sidan.` +
          reminded(data, ` ${name} har fått ei påminning om det før.`),
        "Kanskje har det vore kontakt som ikkje er registrert. Kanskje er oppdraget ferdig.",
      ],
      todo: [
        `Spør ${name} korleis det går. Send ein e-post eller ein SMS.`,
        "Har det vore kontakt? Hugs å registrere det. Er oppdraget ferdig? Hugs å avslutte det.",
        "Har du spørsmål? Svar på denne e-posten.",
      ],
    }),
  },
  en: {
    mentor: (data, { date, days }) => ({
      subject: repeated(data, {
        first: "Have you been in contact in your assignment?",
        later: "A reminder: have you been in contact in your assignment?",
      }),
      news: [
        `The last contact recorded in assignment ${key(data)} was on ${date(data.lastContactOn)}. ` +
          `That is ${days(data.silentDays)} ago.`,
        "Perhaps there has been contact that was not recorded. Perhaps the assignment is finished. " +
          "Both are quite all right.",
      ],
      todo: [
        "Has there been contact? Record it, or reply to this e-mail with the date. " +
          "Do not write whom it concerns or what you talked about.",
        "Has there been no contact? You may want to send a message to the person you support.",
        "Is the assignment finished, or does it no longer suit you? Tell your coordinator " +
          "by e-mail or text message.",
      ],
    }),
    others: (data, { date, days, mentor, name, shortName }) => ({
      subject: `No contact for ${days(data.silentDays)} in an assignment of ${shortName}`,
      news: [
        `${mentor} has assignment ${key(data)}. The last contact recorded was on ` +
          `${date(data.lastContactOn)}. That is ${days(data.silentDays)} ago.` +
          reminded(data, ` ${name} has had a reminder about it before.`),
        "Perhaps there has been contact that was not recorded. Perhaps the assignment is finished.",
      ],
      todo: [
        `Ask ${name} how it is going. Send an e-mail or a text message.`,
        "Has there been contact? Remember to record it. Is the assignment finished? Remember to close it.",
        "Do you have questions? Reply to this e-mail.",
      ],
    }),
  },
};

/** Steps may have been missed or not have reached the mentor: what was not sent is not spoken of. */
function repeated({ isMentorReminded }: Data, words: { first: string; later: string }): string {
  return isMentorReminded ? words.later : words.first;
}

function reminded({ isMentorReminded }: Data, sentence: string): string {
  return isMentorReminded ? sentence : "";
}

function key({ assignmentKey }: Data): string {
  return inOneLine(assignmentKey);
}
