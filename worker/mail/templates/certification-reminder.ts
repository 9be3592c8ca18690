import type { Locale } from "../locale.ts";
import type { DataOf } from "./data.ts";
import type { Facts, Voices } from "./letter.ts";
import { inOneLine, oneOf } from "./words.ts";

type Data = DataOf<"certification_reminder">;

/** A certification that comes to its end, or has, in the grace days. */
export const certificationReminder: Record<Locale, Voices<"certification_reminder">> = {
  nb: {
    mentor: (data, facts) => ({
      subject: inTime(data, {
        before: `Sertifiseringen din gjelder til og med ${facts.date(data.expiresOn)}`,
        last: `Sertifiseringen din går ut i dag, ${facts.date(data.expiresOn)}`,
        after: `Sertifiseringen din gikk ut ${facts.date(data.expiresOn)}`,
      }),
      news: [
        norwegianBokmal(`Sertifiseringen din, «${type(data)}»,`, data, facts),
        data.isRequired
          ? inTime(data, {
              before: "Du må fornye den for å fortsette som likeperson.",
              after: "Du kan fortsette som likeperson en liten stund til.",
            }) +
            " Hvis sertifiseringen ikke blir fornyet, blir du satt på pause." +
            " Da står du ikke på nettsidene våre før den er fornyet."
          : "Du kan være likeperson også uten denne sertifiseringen. " +
            "Du bestemmer selv om du vil fornye den.",
      ],
      todo: coordinated(data, {
        none: () => [
          "Svar på denne e-posten, så hjelper vi deg med å fornye sertifiseringen.",
          "Har du allerede fornyet den? Skriv det i svaret, så blir det registrert.",
        ],
        some: (names) => [
          `Spør ${data.coordinatorNames.length === 1 ? "koordinatoren din" : "en av koordinatorene dine"}, ` +
            `${names}, hvordan du fornyer sertifiseringen. Send gjerne en e-post eller en SMS. ` +
            "Du kan også svare på denne e-posten.",
          "Har du allerede fornyet den? Si fra til koordinatoren din, så blir det registrert.",
        ],
      }),
    }),
    others: (data, facts) => ({
      subject: inTime(data, {
        before: `Sertifiseringen til ${facts.shortName} gjelder til ${facts.date(data.expiresOn)}`,
        after: `Sertifiseringen til ${facts.shortName} gikk ut ${facts.date(data.expiresOn)}`,
      }),
      news: [
        norwegianBokmal(`Sertifiseringen «${type(data)}» til ${facts.mentor}`, data, facts),
        data.isRequired
          ? `Hvis sertifiseringen ikke blir fornyet, blir ${facts.name} satt på pause. ` +
            `Da står ${facts.name} ikke på nettsidene våre før den er fornyet.`
          : `${facts.name} kan være likeperson også uten denne sertifiseringen.`,
      ],
      todo: [
        `Hjelp gjerne ${facts.name} med å fornye sertifiseringen. Send en e-post eller en SMS.`,
        "Er den allerede fornyet? Husk å registrere det.",
        "Har du spørsmål? Svar på denne e-posten.",
      ],
    }),
  },
  nn: {
    mentor: (data, facts) => ({
      subject: inTime(data, {
        before: `Sertifiseringa di gjeld til og med ${facts.date(data.expiresOn)}`,
        last: `Sertifiseringa di går ut i dag, ${facts.date(data.expiresOn)}`,
        after: `Sertifiseringa di gjekk ut ${facts.date(data.expiresOn)}`,
      }),
      news: [
        norwegianNynorsk(`Sertifiseringa di, «${type(data)}»,`, data, facts),
        data.isRequired
          ? inTime(data, {
              before: "Du må fornye sertifiseringa for å halde fram som likeperson.",
              after: "Du kan halde fram som likeperson ei lita stund til.",
            }) +
            " Dersom sertifiseringa ikkje blir fornya, blir du sett på pause." +
            " Då står du ikkje på nettsidene våre før sertifiseringa er fornya."
          : "Du kan vere likeperson òg utan denne sertifiseringa. " +
            "Du avgjer sjølv om du vil fornye sertifiseringa.",
      ],
      todo: coordinated(data, {
        none: () => [
          "Svar på denne e-posten, så hjelper vi deg med å fornye sertifiseringa.",
          "Har du alt fornya sertifiseringa? Skriv det i svaret, så blir det registrert.",
        ],
        some: (names) => [
          `Spør ${data.coordinatorNames.length === 1 ? "koordinatoren din" : "ein av koordinatorane dine"}, ` +
            `${names}, korleis du fornyar sertifiseringa. Send gjerne ein e-post eller ein SMS. ` +
            "Du kan òg svare på denne e-posten.",
          "Har du alt fornya sertifiseringa? Sei frå til koordinatoren din, så blir det registrert.",
        ],
      }),
    }),
    others: (data, facts) => ({
      subject: inTime(data, {
        before: `Sertifiseringa til ${facts.shortName} gjeld til ${facts.date(data.expiresOn)}`,
        after: `Sertifiseringa til ${facts.shortName} gjekk ut ${facts.date(data.expiresOn)}`,
      }),
      news: [
        norwegianNynorsk(`Sertifiseringa «${type(data)}» til ${facts.mentor}`, data, facts),
        data.isRequired
          ? `Dersom sertifiseringa ikkje blir fornya, blir ${facts.name} sett på pause. ` +
            `Då står ${facts.name} ikkje på nettsidene våre før sertifiseringa er fornya.`
          : `${facts.name} kan vere likeperson òg utan denne sertifiseringa.`,
      ],
      todo: [
        `Hjelp gjerne ${facts.name} med å fornye sertifiseringa. Send ein e-post eller ein SMS.`,
        "Er sertifiseringa alt fornya? Hugs å registrere det.",
        "Har du spørsmål? Svar på denne e-posten.",
      ],
    }),
  },
  en: {
    mentor: (data, facts) => ({
      subject: inTime(data, {
        before: `Your certification is valid until ${facts.date(data.expiresOn)}`,
        last: `Your certification expires today, ${facts.date(data.expiresOn)}`,
        after: `Your certification expired on ${facts.date(data.expiresOn)}`,
      }),
      news: [
        english(`Your certification, “${type(data)}”,`, data, facts),
        data.isRequired
          ? inTime(data, {
              before: "You need to renew it to go on as a peer mentor.",
              after: "You can go on as a peer mentor for a little while.",
            }) +
            " If your certification is not renewed, you will be paused." +
            " Your name is then not on our website until it has been renewed."
          : "You can be a peer mentor without this certification. " +
            "Whether you renew it is up to you.",
      ],
      todo: coordinated(data, {
        none: () => [
          "Reply to this e-mail, and we will help you to renew your certification.",
          "Have you renewed it already? Say so in your reply, and it will be recorded.",
        ],
        some: (names) => [
          `Ask ${data.coordinatorNames.length === 1 ? "your coordinator" : "one of your coordinators"}, ` +
            `${names}, how to renew your certification. Send an e-mail or a text message. ` +
            "You can also reply to this e-mail.",
          "Have you renewed it already? Tell your coordinator, and it will be recorded.",
        ],
      }),
    }),
    others: (data, facts) => ({
      subject: inTime(data, {
        before: `Certification of ${facts.shortName} is valid until ${facts.date(data.expiresOn)}`,
        after: `Certification of ${facts.shortName} expired on ${facts.date(data.expiresOn)}`,
      }),
      news: [
        english(`The certification “${type(data)}” of ${facts.mentor}`, data, facts),
        data.isRequired
          ? `If it is not renewed, ${facts.name} will be paused and is then not on our website ` +
            "until it has been renewed."
          : `${facts.name} can be a peer mentor without this certification.`,
      ],
      todo: [
        `Please help ${facts.name} to renew the certification. Send an e-mail or a text message.`,
        "Has it been renewed already? Remember to record it.",
        "Do you have questions? Reply to this e-mail.",
      ],
    }),
  },
};

function norwegianBokmal(subject: string, data: Data, { date, days }: Facts): string {
  return inTime(data, {
    before: `${subject} gjelder til og med ${date(data.expiresOn)}. Det er ${days(data.daysLeft)} igjen.`,
    last: `${subject} gjelder til og med i dag, ${date(data.expiresOn)}.`,
    after: `${subject} gjaldt til og med ${date(data.expiresOn)}. Den har nå gått ut.`,
  });
}

function norwegianNynorsk(subject: string, data: Data, { date, days }: Facts): string {
  return inTime(data, {
    before: `${subject} gjeld til og med ${date(data.expiresOn)}. Det er ${days(data.daysLeft)} att.`,
    last: `${subject} gjeld til og med i dag, ${date(data.expiresOn)}.`,
    after: `${subject} gjaldt til og med ${date(data.expiresOn)}. Sertifiseringa har no gått ut.`,
  });
}

function english(subject: string, data: Data, { date, days }: Facts): string {
  const left = `${data.daysLeft === 1 ? "There is" : "There are"} ${days(data.daysLeft)} left.`;
  return inTime(data, {
    before: `${subject} is valid up to and including ${date(data.expiresOn)}. ${left}`,
    last: `${subject} is valid up to and including today, ${date(data.expiresOn)}.`,
    after: `${subject} was valid up to and including ${date(data.expiresOn)}. It has now expired.`,
  });
}

/** Before, on and after the last valid day; without words of its own that day counts as before. */
function inTime(
  { daysLeft }: Data,
  words: { before: string; last?: string; after: string },
): string {
  if (daysLeft < 0) return words.after;
  return daysLeft === 0 ? (words.last ?? words.before) : words.before;
}

function coordinated(
  { locale, coordinatorNames }: Data,
  words: { none: () => string[]; some: (names: string) => string[] },
): string[] {
  if (coordinatorNames.length === 0) return words.none();
  return words.some(oneOf(locale, coordinatorNames.map(inOneLine)));
}

function type({ certificationType }: Data): string {
  return inOneLine(certificationType);
}
