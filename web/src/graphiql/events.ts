import type { ExecutionResult } from "graphql";
import { useSyncExternalStore } from "react";

/** How many events the page keeps; older ones are dropped, and the count still tells how many there were. */
export const KEPT = 50;

export type StreamState = "idle" | "connecting" | "live" | "ended" | "failed";

export interface StreamEvent {
  number: number;
  at: Date;
  type: string;
  result: ExecutionResult;
}

export interface Stream {
  state: StreamState;
  total: number;
  /** Newest first. */
  events: readonly StreamEvent[];
  problem: string | null;
}

const EMPTY: Stream = { state: "idle", total: 0, events: [], problem: null };

let stream = EMPTY;
let opened = 0;
const listeners = new Set<() => void>();

function update(change: Partial<Stream>): void {
  stream = { ...stream, ...change };
  for (const listener of listeners) listener();
}

export function useStream(): Stream {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => stream,
  );
}

export interface StreamWriter {
  connected(): void;
  received(result: ExecutionResult): void;
  ended(): void;
  failed(problem: string): void;
}

/** Starts a new stream; a writer of an earlier one, whose socket may still be closing, goes silent. */
export function openStream(): StreamWriter {
  const id = ++opened;
  const write = (change: () => Partial<Stream>) => {
    if (id === opened) update(change());
  };
  write(() => ({ ...EMPTY, state: "connecting" }));
  return {
    connected: () => write(() => ({ state: "live" })),
    ended: () => write(() => (stream.state === "failed" ? {} : { state: "ended" })),
    failed: (problem) => write(() => ({ state: "failed", problem })),
    received: (result) =>
      write(() => {
        const number = stream.total + 1;
        const event = { number, at: new Date(), type: typeOf(result), result };
        return { total: number, events: [event, ...stream.events].slice(0, KEPT) };
      }),
  };
}

export function clearEvents(): void {
  update({ events: [] });
}

function typeOf(result: ExecutionResult): string {
  const [field, value] = Object.entries(result.data ?? {})[0] ?? [];
  if (typeof value === "object" && value !== null && "__typename" in value) return String(value.__typename);
  return field ?? (result.errors ? "Error" : "Event");
}
