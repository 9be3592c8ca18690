import { createPool } from "../../../worker/database/pool.ts";
import { Dispatcher } from "../../../worker/notifications/dispatcher.ts";
import { openEmail } from "../../../worker/notifications/email.ts";
import { mailConfig } from "../../support/mail-config.ts";

/*
 * A process that dispatches once with one place, to be killed by a test.
 */
const [url = "", smtpUrl = ""] = process.argv.slice(2);

const pool = createPool(url, { applicationName: "dispatch-child" });
const dispatcher = new Dispatcher(openEmail(mailConfig(smtpUrl), { maxConnections: 1 }));
const { sent } = await dispatcher.dispatch(pool);
process.stdout.write(`sent ${sent}\n`);
await dispatcher.close();
await pool.end();
