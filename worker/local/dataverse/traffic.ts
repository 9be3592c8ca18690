import { randomUUID } from "node:crypto";
import { answerAdmin, isAdmin } from "./admin.ts";
import type { Answer, Incoming } from "./answers.ts";
import { suffer } from "./effects.ts";
import type { Delivery } from "./effects.ts";
import type { FaultQueue } from "./faults.ts";
import { pause } from "./late-writes.ts";
import type { LateWrites } from "./late-writes.ts";
import type { PublicPage } from "./public-page.ts";
import type { Dataverse } from "./representation.ts";
import type { Decide } from "./server.ts";
import type { Tenant } from "./tenant.ts";
import type { ApplicationUserState, Simulator } from "./types.ts";
import { answerWebApi, keyOf, refuseUser, unauthorized } from "./web-api.ts";
import type { Handling } from "./web-api.ts";

/** What a request may run into. */
export interface Surroundings {
  simulator: Simulator;
  dataverse: Dataverse;
  tenant: Tenant;
  page: PublicPage;
  faults: FaultQueue;
  late: LateWrites;
  applicationUser: ApplicationUserState;
  stopped: AbortSignal;
}

/** Leads each request to its answer, past the faults; `look` says how things stand now. */
export function decider(look: () => Surroundings): Decide {
  return async (request, entry) => {
    const now = look();
    if (isAdmin(request.path)) {
      return { how: "send", answer: answerAdmin(now.simulator, request) };
    }
    if (request.path === "/portal" || request.path === "/portal.json") {
      return { how: "send", answer: now.page.answer(request) };
    }
    const key = keyOf(now.dataverse, request);
    if (key !== undefined) entry.key = key;
    const fault = now.faults.take(request.kind, key);
    if (fault !== undefined) entry.fault = fault.effect;
    const handle = handler(now, request);
    const delivery: Delivery = fault
      ? suffer(fault, {
          dataverse: now.dataverse,
          url: now.simulator.url,
          request,
          handle,
          later: (afterMs, work) => now.late.add(afterMs, work),
        })
      : { how: "send", answer: handle() };
    if (request.kind === "token") return delivery;
    await pause(now.simulator.latencyMs, now.stopped);
    return withServiceHeaders(delivery);
  };
}

/** Who may not come in is told so at once; what is asked for is looked at when it is handled. */
function handler(now: Surroundings, request: Incoming): (handling?: Handling) => Answer {
  const { dataverse, tenant, simulator } = now;
  if (request.kind === "token") return () => tenant.answer(request, simulator.url);
  if (!request.path.startsWith("/api/data/")) return () => ({ status: 404, headers: {} });
  const refused = tenant.accepts(request.headers.authorization)
    ? refuseUser(dataverse, request, now.applicationUser)
    : unauthorized(simulator.url);
  return (handling) => refused ?? answerWebApi(dataverse, request, handling);
}

function withServiceHeaders(delivery: Delivery): Delivery {
  if (!("answer" in delivery)) return delivery;
  const { answer } = delivery;
  const headers = {
    "OData-Version": "4.0",
    REQ_ID: randomUUID(),
    "x-ms-service-request-id": randomUUID(),
    ...answer.headers,
  };
  return { ...delivery, answer: { ...answer, headers } };
}
