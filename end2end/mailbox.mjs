/** A mail server of our own that keeps what it is sent, for a Tiny that is started with its address. */

import { EventEmitter, once } from "node:events";
import PostalMime from "postal-mime";
import { SMTPServer } from "smtp-server";

const WAIT_MS = 15_000;

/**
 * Starts one on a free port. `url` is what `TINY_SMTP_URL` takes; `mails` are those that arrived, oldest first, each
 * `{ to, from, subject, text, html, links }`.
 */
export async function startMailbox() {
  const mails = [];
  const handedOut = new Set();
  const arrivals = new EventEmitter();

  const server = new SMTPServer({
    // On the loopback nothing is encrypted and nobody signs in.
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    onData(stream, session, done) {
      read(stream, session).then((mail) => {
        mails.push(mail);
        arrivals.emit("mail");
        done();
      }, done);
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");

  /** The oldest mail to `to` with `subjectPart` in its subject that was not handed out before; waits for it. */
  async function waitFor(to, subjectPart = "") {
    const fits = (mail) => mail.to === to && mail.subject.includes(subjectPart) && !handedOut.has(mail);
    const signal = AbortSignal.timeout(WAIT_MS);
    let mail;
    while (!(mail = mails.find(fits))) {
      await once(arrivals, "mail", { signal }).catch(() => {
        const there = mails.map((other) => `\n- ${other.to}: ${other.subject}`).join("");
        throw new Error(`no mail to ${to} about "${subjectPart}" within ${WAIT_MS} ms; there are:${there}`);
      });
    }
    handedOut.add(mail);
    return mail;
  }

  return {
    url: `smtp://127.0.0.1:${server.server.address().port}`,
    mails,
    waitFor,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function read(stream, session) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  const { from, subject, text, html } = await PostalMime.parse(Buffer.concat(chunks));
  const [recipient] = session.envelope.rcptTo;
  return { to: recipient.address, from, subject, text, html, links: links(html) };
}

/** Where the links of a page lead. */
function links(html) {
  const hrefs = [...html.matchAll(/ href="([^"]*)"/g)].map(([, href]) => href);
  return hrefs.map((href) => href.replaceAll("&quot;", '"').replaceAll("&amp;", "&"));
}
