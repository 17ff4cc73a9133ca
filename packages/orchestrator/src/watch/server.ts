import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UsageError } from "../config/resolve.ts";
import { pageScript, watchPage } from "./page.ts";
import type { Sections } from "./run-sections.ts";

/** Something that a page follows. */
export interface Followed {
  readonly title: string;
  /** Changes whenever there is more to see; costs little. */
  mark(): Promise<string>;
  sections(): Promise<Sections>;
}

/** Loopback: nobody else on the network reaches it. */
const host = "127.0.0.1";

/** How often is looked whether there is more to see. */
const everyMs = 1000;

const headers = {
  "Cache-Control": "no-store",
  "Content-Security-Policy":
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { ...headers, "Content-Type": `${type}; charset=utf-8` }).end(body);
}

/** Sends what has changed of a page's parts, or why that cannot be said, for as long as somebody looks. */
async function sendChanges(followed: Followed, response: ServerResponse): Promise<void> {
  response.writeHead(200, { ...headers, "Content-Type": "text/event-stream" });
  // A variable that another part of the program writes, so that a loop may look at it.
  const open = { is: true };
  response.on("close", () => (open.is = false));
  let mark: string | undefined;
  let sent: Sections = {};
  const send = (data: object): void => {
    if (open.is) response.write(`data: ${JSON.stringify(data)}\n\n`);
  };
  while (open.is) {
    try {
      const next = await followed.mark();
      if (next !== mark) {
        const sections = await followed.sections();
        mark = next;
        const changed = Object.entries(sections).filter(([id, html]) => sent[id] !== html);
        sent = sections;
        send({ order: Object.keys(sections), sections: Object.fromEntries(changed) });
      }
    } catch (error) {
      send({ problem: `This cannot be followed now: ${(error as Error).message}` });
      mark = undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** @param find what an address's query names; undefined where there is no such thing */
async function respond(
  find: (query: URLSearchParams) => Followed | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const port = request.socket.localPort;
  // A name that another site has made lead here would let its pages read this one.
  const suffix = port === 80 ? "" : `:${port}`; // Browsers leave out http's own port.
  if (![`${host}${suffix}`, `localhost${suffix}`].includes(request.headers.host ?? ""))
    return answer(response, 403, "text/plain", `call this page by http://${host}:${port}/\n`);
  if (request.method !== "GET" && request.method !== "HEAD")
    return answer(response, 405, "text/plain", "this page only shows: nothing can be changed by it\n");
  const address = `http://${host}${request.url}`;
  const { pathname, searchParams } = new URL(URL.canParse(address) ? address : `http://${host}/unknown`);
  if (pathname === "/watch.js") return answer(response, 200, "text/javascript", pageScript);
  const followed = find(searchParams);
  if (!["/", "/events"].includes(pathname) || !followed)
    return answer(response, 404, "text/plain", `there is nothing here: begin at http://${host}:${port}/\n`);
  if (pathname === "/events" && request.method === "HEAD") return answer(response, 200, "text/event-stream", "");
  if (pathname === "/events") return sendChanges(followed, response);
  return answer(response, 200, "text/html", watchPage(followed.title, await followed.sections()));
}

/**
 * Serves pages to this machine alone, to be read and not changed.
 * @param port 0 for any that is free
 * @throws UsageError where the port is taken, or may not be used
 */
export async function serve(find: (query: URLSearchParams) => Followed | undefined, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    respond(find, request, response).catch((error: unknown) => {
      if (response.headersSent) response.end();
      else answer(response, 500, "text/plain", `${(error as Error).message}\n`);
    });
  });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "EADDRINUSE" ? "another program has it" : code === "EACCES" ? "you may not use it" : message;
    throw new UsageError(`--port ${port}: ${why}; give another, or leave it out for one that is free`);
  }
  return server;
}

export const addressOf = (server: Server): string => `http://${host}:${(server.address() as AddressInfo).port}/`;
