/**
 * Hears everything the pages of a test say that nobody should have to hear: lines in the console, exceptions,
 * requests that failed. What a test expects of that, it announces; all the rest fails it, and so does an
 * announcement that did not come true.
 */

/** What the browser itself writes for an answer with an error status. */
const NETWORK_LINE = /^Failed to load resource: the server responded with a status of (\d+)/;

export function watch(first, tinyUrl) {
  const tiny = new URL(tinyUrl).origin;
  const contexts = [];
  const strangers = new Set();
  const problems = [];
  const answers = [];
  const lines = [];
  const ofCustomer = [];

  const originOf = (url) => (URL.canParse(url) ? new URL(url).origin : "");
  const isCustomers = (page) => strangers.has(originOf(page?.url() ?? ""));

  function isAnnounced(status, url) {
    const { pathname, search } = new URL(url);
    const found = answers.find((one) => one.status === status && one.path.test(pathname + search));
    if (found) found.isSeen = true;
    return Boolean(found);
  }

  /** Listens in the windows of a browser. */
  function also(context) {
    contexts.push(context);
    context.on("console", (message) => {
      const page = message.page();
      const [, status] = NETWORK_LINE.exec(message.text()) ?? [];
      if (status && isAnnounced(Number(status), message.location().url)) return;
      if (isCustomers(page)) {
        ofCustomer.push(message.text());
        const line = lines.find(({ words }) => words.test(message.text()));
        if (line) return void (line.isSeen = true);
      }
      problems.push(`${page?.url()} wrote to the console: ${message.type()} ${message.text()}`);
    });
    context.on("weberror", (error) => {
      problems.push(`${error.page()?.url()} threw: ${error.error().stack ?? error.error()}`);
    });
    context.on("response", (response) => {
      if (response.status() < 400 || originOf(response.url()) !== tiny) return;
      if (isAnnounced(response.status(), response.url())) return;
      problems.push(`${response.request().method()} ${response.url()} was answered with ${response.status()}`);
    });
    context.on("requestfailed", (request) => {
      const { errorText } = request.failure() ?? {};
      // Whoever goes on to the next page gives up what the last one was asking for.
      if (originOf(request.url()) !== tiny || errorText === "net::ERR_ABORTED") return;
      problems.push(`${request.method()} ${request.url()} failed: ${errorText}`);
    });
  }
  also(first);

  return {
    /** Listens in another browser's windows too. */
    also,
    /** Announces an answer of Tiny with an error status, and the line the browser writes about it. */
    expectAnswer: (status, path) => void answers.push({ status, path, isSeen: false }),
    /** Announces what the SDK writes to the console of a customer's page. */
    expectLine: (words) => void lines.push({ words, isSeen: false }),
    /** Pages of these origins are a customer's; on all others, nothing may be written. */
    customer: (...origins) => origins.forEach((origin) => strangers.add(origin)),
    /** What was written on the customer's pages. */
    written: () => [...ofCustomer],

    /** What nobody announced, and what was announced and did not come. */
    async verdict() {
      // Events are told in order: after an answer from each page, everything before it has been heard.
      const pages = contexts.flatMap((context) => context.pages());
      await Promise.all(pages.map((page) => page.evaluate(() => document.readyState)));
      return [
        ...problems,
        ...answers.filter((one) => !one.isSeen).map(({ status, path }) => `no answer ${status} came for ${path}`),
        ...lines.filter((one) => !one.isSeen).map(({ words }) => `nothing like ${words} was written`),
      ];
    },
  };
}
