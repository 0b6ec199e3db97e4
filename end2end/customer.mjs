/** The site of a customer: a small http server of our own whose pages carry the snippet. */

import { once } from "node:events";
import { createServer } from "node:http";

/** A page as a customer would write it, with `head` in its head. An empty icon, so that none is asked for. */
const html = (title, head) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<link rel="icon" href="data:,">
${head}
</head>
<body>
<h1>${title}</h1>
<a href="/about">About</a>
</body>
</html>
`;

/**
 * Starts one. `named` and `numbered` are the two origins of the same pages: a browser tells `localhost` from
 * `127.0.0.1`, and so does Tiny.
 */
export async function startCustomer() {
  const pages = new Map();
  const server = createServer((request, response) => {
    const page = pages.get(request.url);
    response.writeHead(page ? 200 : 404, { "content-type": "text/html; charset=utf-8" });
    response.end(page ?? html("Not here", ""));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  return {
    named: `http://localhost:${port}`,
    numbered: `http://127.0.0.1:${port}`,
    /** Puts a page at a path. */
    put: (path, title, head) => void pages.set(path, html(title, head)),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
