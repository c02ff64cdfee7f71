import type { ExecutionResult } from "graphql";
import { clearEvents, KEPT, type StreamEvent, type StreamState, useStream } from "./events";

const STATES: Record<StreamState, string> = {
  idle: "idle",
  connecting: "connecting…",
  live: "live",
  ended: "ended",
  failed: "failed",
};

/** Every event of the running subscription below the response pane, which itself shows the latest only. */
export function EventsPanel() {
  const { state, total, events, problem } = useStream();
  if (state === "idle") return null;
  return (
    <section className="events" aria-label="Events">
      <header>
        <strong>Events</strong>
        <span className="events-count" data-total={total}>
          {total > KEPT ? `${total}, the last ${KEPT} below` : total}
        </span>
        <span className={`events-state events-${state}`} role="status">
          {STATES[state]}
        </span>
        <button type="button" onClick={clearEvents} disabled={events.length === 0}>
          Clear
        </button>
      </header>
      {problem && <p role="alert">{problem}</p>}
      <ol>
        {events.map((event) => (
          <EventRow key={event.number} event={event} />
        ))}
      </ol>
    </section>
  );
}

function EventRow({ event }: { event: StreamEvent }) {
  return (
    <li>
      <details>
        <summary>
          <span className="events-number">{event.number}</span>
          <strong>{event.type}</strong>
          <code>{preview(event.result)}</code>
          <time dateTime={event.at.toISOString()}>{event.at.toLocaleTimeString(undefined, { hour12: false })}</time>
        </summary>
        <pre>{JSON.stringify(event.result, null, 2)}</pre>
      </details>
    </li>
  );
}

/** One line of what the event carries, without what the row says already. */
function preview(result: ExecutionResult): string {
  if (!result.data) return (result.errors ?? []).map((error) => error.message).join(" ");
  const text = JSON.stringify(Object.values(result.data)[0], (key, value: unknown) =>
    key === "__typename" ? undefined : value,
  );
  return text ?? "";
}
