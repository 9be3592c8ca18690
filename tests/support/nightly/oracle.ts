import { addDays } from "../builders.ts";

/**
 * The rules of the night a second time, written from the domain's description and not from the SQL:
 * day by day, without ranges or joins. Where both agree on random worlds, neither misread the rules.
 */
export interface World {
  graceDays: number;
  customThresholds: boolean;
  thresholds: number[];
  followUpAfterDays: number;
  followUpSteps: number[];
  types: CertificationType[];
  mentors: MentorFacts[];
  assignments: AssignmentFacts[];
}

export interface CertificationType {
  name: string;
  required: boolean;
  graceDays: number | null;
  thresholds: number[] | null;
}

export interface MentorFacts {
  key: string;
  consent: boolean;
  retired: boolean;
  certifications: Period[];
  personPause: { returnOn: string | null } | null;
}

export interface Period {
  type: string;
  from: string;
  until: string;
  replacedOn: string | null;
  revoked: boolean;
}

export interface AssignmentFacts {
  key: string;
  mentor: string;
  openedOn: string;
  closedOn: string | null;
  /** Every day of a contact, the first of which was known when the world began. */
  contacts: string[];
}

/** What the nights change. */
export interface MentorState {
  status: "pending" | "active" | "paused" | "retired";
  personPaused: boolean;
  certificationPaused: boolean;
  listing: { visible: boolean; until: string | null };
  /** `type until threshold` of everything dealt with. */
  reminders: Set<string>;
  /** The same, of what was sent. */
  sent: Set<string>;
  /** `assignment contact step` of every silence dealt with. */
  followUps: Set<string>;
  /** The same, of what was sent. */
  followedUp: Set<string>;
}

export interface Decision {
  action: "pause" | "resume" | "remind" | "follow_up" | "hide" | "show";
  mentor: string;
  reason: string;
  type: string | null;
  expiresOn: string | null;
  threshold: number | null;
  collapsed: number[];
  visibleUntil: string | null;
  assignment: string | null;
  lastContactOn: string | null;
  step: number | null;
  collapsedSteps: number[];
}

const STANDARD_THRESHOLDS = [30, 14, 7];
const FOREVER = 3000;

export class Oracle {
  readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  private typeOf(name: string): CertificationType {
    const type = this.world.types.find((candidate) => candidate.name === name);
    if (!type) throw new Error(`The world has no certification type ${name}`);
    return type;
  }

  private graceOf(type: CertificationType): number {
    return type.graceDays ?? this.world.graceDays;
  }

  private thresholdsOf(type: CertificationType): number[] {
    if (!this.world.customThresholds) return STANDARD_THRESHOLDS;
    return type.thresholds ?? this.world.thresholds;
  }

  /** The required types that the mentor lacks on a day. */
  lacking(mentor: MentorFacts, day: string): string[] {
    return this.world.types
      .filter((type) => type.required)
      .filter(
        (type) =>
          !mentor.certifications.some(
            (period) =>
              period.type === type.name &&
              !period.revoked &&
              period.from <= day &&
              day <= addDays(period.until, this.graceOf(type)),
          ),
      )
      .map((type) => type.name);
  }

  private isCovered(mentor: MentorFacts, day: string): boolean {
    return this.lacking(mentor, day).length === 0;
  }

  private listingFor(mentor: MentorFacts, status: MentorState["status"], day: string) {
    if (status !== "active" || !mentor.consent || !this.isCovered(mentor, day)) {
      return { visible: false, until: null };
    }
    let length = 0;
    while (length < FOREVER && this.isCovered(mentor, addDays(day, length + 1))) length += 1;
    return { visible: true, until: length === FOREVER ? null : addDays(day, length) };
  }

  /** Everybody enrolled, certified and paused by people on one day; then revocations, then retirements. */
  begin(day: string): Map<string, MentorState> {
    const states = new Map<string, MentorState>();
    for (const mentor of this.world.mentors) {
      const unrevoked = {
        ...mentor,
        certifications: mentor.certifications.map((period) => ({ ...period, revoked: false })),
      };
      const wasActive = mentor.certifications.length > 0 && this.isCovered(unrevoked, day);
      const personPaused = wasActive && mentor.personPause !== null && !mentor.retired;
      const certificationPaused =
        wasActive &&
        !mentor.retired &&
        mentor.certifications.some((period) => period.revoked) &&
        !this.isCovered(mentor, day);
      const status = mentor.retired
        ? "retired"
        : !wasActive
          ? "pending"
          : personPaused || certificationPaused
            ? "paused"
            : "active";
      states.set(mentor.key, {
        status,
        personPaused,
        certificationPaused,
        listing: this.listingFor(mentor, status, day),
        reminders: new Set(),
        sent: new Set(),
        followUps: new Set(),
        followedUp: new Set(),
      });
    }
    return states;
  }

  decide(states: Map<string, MentorState>, day: string): Decision[] {
    return this.world.mentors.flatMap((mentor) => {
      const state = states.get(mentor.key);
      if (!state || state.status === "retired") return [];
      return [
        ...this.decideStatus(mentor, state, day),
        ...this.decideReminders(mentor, state, day),
        ...this.decideFollowUps(mentor, state, day),
      ];
    });
  }

  private decideStatus(mentor: MentorFacts, state: MentorState, day: string): Decision[] {
    const decisions: Decision[] = [];
    const covered = this.isCovered(mentor, day);
    const returnOn = mentor.personPause?.returnOn ?? null;
    const returns = state.personPaused && returnOn !== null && returnOn <= day;
    const isKnown = state.status === "active" || state.status === "paused";
    if (isKnown && !covered && !state.certificationPaused) {
      decisions.push(decision("pause", mentor, "lapsed"));
    }
    if (returns) decisions.push(decision("resume", mentor, "planned_return"));
    if (covered && state.certificationPaused) {
      decisions.push(decision("resume", mentor, "recertified"));
    }
    if (covered && state.status === "pending")
      decisions.push(decision("resume", mentor, "certified"));

    const wanted = this.listingFor(mentor, this.statusAfter(mentor, state, day), day);
    if (state.listing.visible && !wanted.visible) {
      decisions.push(decision("hide", mentor, "not_to_be_listed"));
    } else if (wanted.visible && !state.listing.visible) {
      decisions.push({ ...decision("show", mentor, "to_be_listed"), visibleUntil: wanted.until });
    } else if (wanted.visible && wanted.until !== state.listing.until) {
      decisions.push({
        ...decision("show", mentor, "listed_until_changes"),
        visibleUntil: wanted.until,
      });
    }
    return decisions;
  }

  private statusAfter(mentor: MentorFacts, state: MentorState, day: string) {
    const covered = this.isCovered(mentor, day);
    if (state.status === "pending" && !covered) return "pending";
    const returnOn = mentor.personPause?.returnOn ?? null;
    const staysAway = state.personPaused && (returnOn === null || returnOn > day);
    return covered && !staysAway ? "active" : "paused";
  }

  private decideReminders(mentor: MentorFacts, state: MentorState, day: string): Decision[] {
    const decisions: Decision[] = [];
    for (const period of mentor.certifications) {
      const type = this.typeOf(period.type);
      const left = daysBetween(day, period.until);
      const isContinued = mentor.certifications.some(
        (next) =>
          next.type === period.type &&
          !next.revoked &&
          next.until > period.until &&
          next.from <= addDays(period.until, this.graceOf(type) + 1),
      );
      if (period.revoked || isContinued || left < -this.graceOf(type)) continue;

      const known = (days: number) => state.reminders.has(`${period.type} ${period.until} ${days}`);
      const thresholds = this.thresholdsOf(type);
      const reached = thresholds.filter((days) => left <= days);
      if (reached.length === 0) continue;
      const urgent = Math.min(...reached);
      if (
        thresholds.some((days) => days <= urgent && known(days)) ||
        this.hasSmaller(state, period, urgent)
      ) {
        continue;
      }
      decisions.push({
        ...decision("remind", mentor, "threshold_reached"),
        type: period.type,
        expiresOn: period.until,
        threshold: urgent,
        collapsed: thresholds.filter((days) => days > urgent && !known(days)),
      });
    }
    return decisions;
  }

  private hasSmaller(state: MentorState, period: Period, urgent: number): boolean {
    return [...state.reminders].some((key) => {
      const [type, until, days] = key.split(" ");
      return type === period.type && until === period.until && Number(days) <= urgent;
    });
  }

  /** Walks through the days since the last contact and notes each step when its day comes. */
  private decideFollowUps(mentor: MentorFacts, state: MentorState, day: string): Decision[] {
    if (this.statusAfter(mentor, state, day) !== "active") return [];
    const decisions: Decision[] = [];
    for (const assignment of this.world.assignments) {
      const isOpen = assignment.closedOn === null || assignment.closedOn > day;
      if (assignment.mentor !== mentor.key || !isOpen) continue;
      const contact = lastContact(assignment, day);
      const reached: number[] = [];
      for (let silent = 0; addDays(contact, silent) <= day; silent += 1) {
        const step = this.world.followUpSteps.indexOf(silent - this.world.followUpAfterDays) + 1;
        if (step > 0) reached.push(step);
      }
      const isDone = (step: number) => state.followUps.has(`${assignment.key} ${contact} ${step}`);
      const latest = reached.at(-1);
      if (latest === undefined || [1, 2, 3, 4, 5].some((step) => step >= latest && isDone(step))) {
        continue;
      }
      decisions.push({
        ...decision("follow_up", mentor, "assignment_silent"),
        assignment: assignment.key,
        lastContactOn: contact,
        step: latest,
        collapsedSteps: reached.slice(0, -1).filter((step) => !isDone(step)),
      });
    }
    return decisions;
  }

  private recordFollowUp(state: MentorState, followUp: Decision): void {
    const { assignment, lastContactOn, step, collapsedSteps } = followUp;
    state.followedUp.add(`${assignment} ${lastContactOn} ${step}`);
    for (const done of [step, ...collapsedSteps]) {
      state.followUps.add(`${assignment} ${lastContactOn} ${done}`);
    }
  }

  /** The night: what was decided, done. */
  apply(states: Map<string, MentorState>, day: string): Decision[] {
    const decisions = this.decide(states, day);
    for (const mentor of this.world.mentors) {
      const state = states.get(mentor.key);
      if (!state || state.status === "retired") continue;
      const own = decisions.filter((candidate) => candidate.mentor === mentor.key);
      const status = this.statusAfter(mentor, state, day);
      for (const one of own) {
        const { action, reason, type, expiresOn, threshold, collapsed } = one;
        if (action === "follow_up") this.recordFollowUp(state, one);
        if (action === "pause") state.certificationPaused = true;
        if (reason === "recertified") state.certificationPaused = false;
        if (reason === "planned_return") state.personPaused = false;
        if (action !== "remind") continue;
        state.sent.add(`${type} ${expiresOn} ${threshold}`);
        for (const days of [threshold, ...collapsed]) {
          state.reminders.add(`${type} ${expiresOn} ${days}`);
        }
      }
      state.status = status;
      state.listing = this.listingFor(mentor, status, day);
    }
    return decisions;
  }
}

function decision(action: Decision["action"], mentor: MentorFacts, reason: string): Decision {
  return {
    action,
    mentor: mentor.key,
    reason,
    type: null,
    expiresOn: null,
    threshold: null,
    collapsed: [],
    visibleUntil: null,
    assignment: null,
    lastContactOn: null,
    step: null,
    collapsedSteps: [],
  };
}

/** The latest contact that was known on a day. */
export function lastContact({ contacts }: AssignmentFacts, day: string): string {
  const [first = "", ...later] = contacts;
  return later.reduce((latest, contact) => (contact <= day ? contact : latest), first);
}

/** Days from the first to the second; negative if the second is earlier. */
function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
