import type { Locale } from "../locale.ts";
import type { DataOf } from "./data.ts";
import type { Voices } from "./letter.ts";

type Data = DataOf<"mentor_still_paused">;

/** One of two pauses has ended, and the other goes on. */
export const mentorStillPaused: Record<Locale, Voices<"mentor_still_paused">> = {
  nb: {
    mentor: (data) => ({
      subject: "Du er fortsatt på pause som likeperson",
      news: [
        {
          recertified: "Sertifiseringen din er gyldig igjen.",
          planned_return: "Den planlagte pausen din er over.",
          person: "Pausen som du eller en koordinator hadde lagt inn, er avsluttet.",
        }[data.endCause] +
          byCause(data, {
            certification:
              " Du er likevel fortsatt på pause, fordi sertifiseringen din ikke er gyldig.",
            person:
              " Du er likevel fortsatt på pause, fordi du eller en koordinator har lagt inn en pause " +
              "som ikke er avsluttet.",
            unknown: " Du er likevel fortsatt på pause.",
          }),
        "Så lenge pausen varer, står du ikke på nettsidene våre.",
      ],
      todo: byCause(data, {
        certification: [
          "Du er tilbake når fornyelsen av sertifiseringen er registrert. Send en e-post eller " +
            "en SMS til koordinatoren din, eller svar på denne e-posten, så hjelper vi deg.",
        ],
        person: [
          "Vil du tilbake nå? Send en e-post eller en SMS til koordinatoren din, " +
            "eller svar på denne e-posten. Trenger du mer tid, trenger du ikke å gjøre noe.",
        ],
        unknown: [
          "Har du spørsmål? Send en e-post eller en SMS til koordinatoren din, " +
            "eller svar på denne e-posten.",
        ],
      }),
    }),
    others: (data, { mentor, name, shortName }) => ({
      subject: `${shortName} er fortsatt på pause som likeperson`,
      news: [
        {
          recertified: `Sertifiseringen til ${mentor} er gyldig igjen.`,
          planned_return: `Den planlagte pausen til ${mentor} er over.`,
          person: `Pausen som ${mentor} eller en koordinator hadde lagt inn, er avsluttet.`,
        }[data.endCause] +
          byCause(data, {
            certification: ` ${name} er likevel fortsatt på pause, fordi sertifiseringen ikke er gyldig.`,
            person:
              ` ${name} er likevel fortsatt på pause, fordi ${name} eller en koordinator har lagt ` +
              "inn en pause som ikke er avsluttet.",
            unknown: ` ${name} er likevel fortsatt på pause.`,
          }),
        `Så lenge pausen varer, står ${name} ikke på nettsidene våre.`,
      ],
      todo: [
        ...byCause(data, {
          certification: [
            `Hjelp gjerne ${name} med å fornye sertifiseringen. Send en e-post eller en SMS. ` +
              `Når fornyelsen er registrert, er ${name} tilbake.`,
          ],
          person: [
            `Spør gjerne ${name} på e-post eller SMS om det passer å komme tilbake. ` +
              "Husk å avslutte pausen da.",
          ],
          unknown: [],
        }),
        "Har du spørsmål? Svar på denne e-posten.",
      ],
    }),
  },
  nn: {
    mentor: (data) => ({
      subject: "Du er framleis på pause som likeperson",
      news: [
        {
          recertified: "Sertifiseringa di er gyldig igjen.",
          planned_return: "Den planlagde pausen din er over.",
          person: "Pausen som du eller ein koordinator hadde lagt inn, er avslutta.",
        }[data.endCause] +
          byCause(data, {
            certification:
              " Du er likevel framleis på pause, fordi sertifiseringa di ikkje er gyldig.",
            person:
              " Du er likevel framleis på pause, fordi du eller ein koordinator har lagt inn ein pause " +
              "som ikkje er avslutta.",
            unknown: " Du er likevel framleis på pause.",
          }),
        "Så lenge pausen varer, står du ikkje på nettsidene våre.",
      ],
      todo: byCause(data, {
        certification: [
          "Du er tilbake når fornyinga av sertifiseringa er registrert. Send ein e-post eller " +
            "ein SMS til koordinatoren din, eller svar på denne e-posten, så hjelper vi deg.",
        ],
        person: [
          "Vil du tilbake no? Send ein e-post eller ein SMS til koordinatoren din, " +
            "eller svar på denne e-posten. Treng du meir tid, treng du ikkje å gjere noko.",
        ],
        unknown: [
          "Har du spørsmål? Send ein e-post eller ein SMS til koordinatoren din, " +
            "eller svar på denne e-posten.",
        ],
      }),
    }),
    others: (data, { mentor, name, shortName }) => ({
      subject: `${shortName} er framleis på pause som likeperson`,
      news: [
        {
          recertified: `Sertifiseringa til ${mentor} er gyldig igjen.`,
          planned_return: `Den planlagde pausen til ${mentor} er over.`,
          person: `Pausen som ${mentor} eller ein koordinator hadde lagt inn, er avslutta.`,
        }[data.endCause] +
          byCause(data, {
            certification: ` ${name} er likevel framleis på pause, fordi sertifiseringa ikkje er gyldig.`,
            person:
              ` ${name} er likevel framleis på pause, fordi ${name} eller ein koordinator har lagt ` +
              "inn ein pause som ikkje er avslutta.",
            unknown: ` ${name} er likevel framleis på pause.`,
          }),
        `Så lenge pausen varer, står ${name} ikkje på nettsidene våre.`,
      ],
      todo: [
        ...byCause(data, {
          certification: [
            `Hjelp gjerne ${name} med å fornye sertifiseringa. Send ein e-post eller ein SMS. ` +
              `Når fornyinga er registrert, er ${name} tilbake.`,
          ],
          person: [
            `Spør gjerne ${name} på e-post eller SMS om det passar å kome tilbake. ` +
              "Hugs å avslutte pausen då.",
          ],
          unknown: [],
        }),
        "Har du spørsmål? Svar på denne e-posten.",
      ],
    }),
  },
  en: {
    mentor: (data) => ({
      subject: "You are still paused as a peer mentor",
      news: [
        {
          recertified: "Your certification is valid again.",
          planned_return: "Your planned pause is over.",
          person: "The pause that you or a coordinator had set is over.",
        }[data.endCause] +
          byCause(data, {
            certification: " You are still paused, because your certification is not valid.",
            person:
              " You are still paused, because a pause that you or a coordinator set has not ended.",
            unknown: " You are still paused.",
          }),
        "While the pause lasts, your name is not on our website.",
      ],
      todo: byCause(data, {
        certification: [
          "You are back as soon as the renewal of your certification has been recorded. Send an " +
            "e-mail or a text message to your coordinator, or reply to this e-mail, and we will help you.",
        ],
        person: [
          "Would you like to come back now? Send an e-mail or a text message to your coordinator, " +
            "or reply to this e-mail. If you need more time, you do not need to do anything.",
        ],
        unknown: [
          "Do you have questions? Send an e-mail or a text message to your coordinator, " +
            "or reply to this e-mail.",
        ],
      }),
    }),
    others: (data, { mentor, name, shortName }) => ({
      subject: `${shortName} is still paused as a peer mentor`,
      news: [
        {
          recertified: `The certification of ${mentor} is valid again.`,
          planned_return: `The planned pause of ${mentor} is over.`,
          person: `The pause that ${mentor} or a coordinator had set is over.`,
        }[data.endCause] +
          byCause(data, {
            certification: ` ${name} is still paused, because the certification is not valid.`,
            person: ` ${name} is still paused, because a pause that ${name} or a coordinator set has not ended.`,
            unknown: ` ${name} is still paused.`,
          }),
        `While the pause lasts, ${name} is not on our website.`,
      ],
      todo: [
        ...byCause(data, {
          certification: [
            `Please help ${name} to renew the certification. Send an e-mail or a text message. ` +
              `When the renewal has been recorded, ${name} is back.`,
          ],
          person: [
            `You may want to ask ${name} by e-mail or text message whether this is a good time to come back. ` +
              "If it is, remember to end the pause.",
          ],
          unknown: [],
        }),
        "Do you have questions? Reply to this e-mail.",
      ],
    }),
  },
};

function byCause<T>({ stillBecause }: Data, words: { certification: T; person: T; unknown: T }): T {
  return words[stillBecause ?? "unknown"];
}
