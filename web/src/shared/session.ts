import { useSyncExternalStore } from "react";
import { at } from "./place";

const CSRF_COOKIE = "orrery_csrf";
const CSRF_HEADER = "x-csrf-token";

export interface User {
  id: string;
  email: string;
  name: string | null;
}

/** `undefined` until the first answer of the server, `null` when nobody is signed in. */
let current: User | null | undefined;
const listeners = new Set<() => void>();

function publish(user: User | null): void {
  current = user;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useUser(): User | null | undefined {
  return useSyncExternalStore(subscribe, () => current);
}

function csrfToken(): string | undefined {
  const prefix = `${CSRF_COOKIE}=`;
  const pair = document.cookie.split("; ").find((cookie) => cookie.startsWith(prefix));
  return pair && decodeURIComponent(pair.slice(prefix.length));
}

/** The header that proves to the server that a request with the session cookie comes from this page. */
export function csrfHeaders(): Record<string, string> {
  const token = csrfToken();
  return token ? { [CSRF_HEADER]: token } : {};
}

async function request(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(at(path), {
    method,
    credentials: "same-origin",
    headers: {
      accept: "application/json",
      ...(body && { "content-type": "application/json" }),
      ...csrfHeaders(),
    },
    body: body && JSON.stringify(body),
  });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw new Error(messageOf(answer) ?? `The server answered ${response.status}.`);
  return answer;
}

function messageOf(answer: unknown): string | undefined {
  if (typeof answer !== "object" || answer === null || !("message" in answer)) return undefined;
  const { message } = answer;
  return Array.isArray(message) ? message.join(" ") : String(message);
}

/** Asks who is signed in. Without the readable cookie nobody is, and no request is made. */
export async function loadUser(): Promise<void> {
  if (!csrfToken()) return publish(null);
  try {
    publish(((await request("GET", "/auth/me")) as { user: User }).user);
  } catch {
    publish(null);
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  await request("POST", "/auth/login", { email, password });
  await loadUser();
}

export async function register(email: string, password: string, name: string): Promise<void> {
  await request("POST", "/auth/register", { email, password, ...(name && { name }) });
  await signIn(email, password);
}

export async function signOut(): Promise<void> {
  await request("POST", "/auth/logout");
  publish(null);
}
