import type { Fetcher, FetcherOpts, FetcherParams, Observable } from "@graphiql/toolkit";
import { type ExecutionResult, getOperationAST, parse } from "graphql";
import { createClient } from "graphql-ws";
import { at } from "../shared/place";
import { csrfHeaders } from "../shared/session";
import { openStream } from "./events";

const PATH = at("/graphql");

export const fetcher: Fetcher = (params, options) =>
  isSubscription(params, options) ? subscribe(params, options) : post(params, options);

function isSubscription(params: FetcherParams, options?: FetcherOpts): boolean {
  try {
    const document = options?.documentAST ?? parse(params.query);
    return getOperationAST(document, params.operationName)?.operation === "subscription";
  } catch {
    // What does not parse goes to the server, whose message is the one that counts.
    return false;
  }
}

async function post(params: FetcherParams, options?: FetcherOpts): Promise<ExecutionResult> {
  const response = await fetch(PATH, {
    method: "POST",
    credentials: "same-origin",
    headers: {
      accept: "application/graphql-response+json, application/json;q=0.9",
      "content-type": "application/json",
      ...csrfHeaders(),
      ...options?.headers,
    },
    body: JSON.stringify(params),
  });
  const text = await response.text();
  try {
    return JSON.parse(text) as ExecutionResult;
  } catch {
    throw new Error(`The server answered ${response.status} ${response.statusText}: ${text.slice(0, 500)}`);
  }
}

interface Sink {
  next(result: ExecutionResult): void;
  error(reason: unknown): void;
  complete(): void;
}

/** One socket a subscription, so that each is signed in as whoever is signed in when it starts. */
function subscribe(params: FetcherParams, options?: FetcherOpts): Observable<ExecutionResult> {
  return {
    subscribe(observer: unknown) {
      const sink = observer as Sink;
      const stream = openStream();
      const client = createClient({
        url: new URL(PATH, location.href.replace(/^http/, "ws")).href,
        connectionParams: authorization(options?.headers),
        // A silent reconnect would skip what happened meanwhile; `after` with the last cursor resumes.
        retryAttempts: 0,
        on: { connected: stream.connected },
      });
      const { query, operationName } = params;
      const variables = params.variables as Record<string, unknown> | undefined;
      const unsubscribe = client.subscribe<Record<string, unknown>>(
        { query, operationName, variables },
        {
          next(result) {
            stream.received(result as ExecutionResult);
            sink.next(result as ExecutionResult);
          },
          error(reason) {
            const problem = problemOf(reason);
            stream.failed(problem);
            sink.error(Array.isArray(reason) ? reason : new Error(problem));
          },
          complete() {
            stream.ended();
            sink.complete();
          },
        },
      );
      return { unsubscribe };
    },
  };
}

function authorization(headers?: FetcherOpts["headers"]): Record<string, unknown> | undefined {
  const entry = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "authorization");
  return entry && { Authorization: entry[1] };
}

function problemOf(reason: unknown): string {
  if (reason instanceof CloseEvent) {
    return `The server closed the connection (${reason.code}${reason.reason && `: ${reason.reason}`}).`;
  }
  if (Array.isArray(reason)) return reason.map((error: { message: string }) => error.message).join(" ");
  return reason instanceof Error ? reason.message : "The connection could not be opened.";
}
