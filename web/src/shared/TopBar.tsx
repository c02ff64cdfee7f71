import { type FormEvent, useEffect, useState } from "react";
import icon from "./icon.svg";
import { at } from "./place";
import { loadUser, register, signIn, signOut, type User, useUser } from "./session";
import "./topbar.css";

const PAGES = [
  { href: at("/graphql"), title: "GraphiQL" },
  { href: at("/api/docs"), title: "REST reference" },
];

/** The bar that both pages share: where one is, and who one is. */
export function TopBar({ page }: { page: string }) {
  const user = useUser();
  useEffect(() => void loadUser(), []);
  return (
    <header className="topbar">
      <a className="topbar-brand" href={at("/graphql")}>
        <img src={icon} alt="" width={24} height={24} />
        Orrery
      </a>
      <nav>
        {PAGES.map(({ href, title }) => (
          <a key={href} href={href} aria-current={title === page ? "page" : undefined}>
            {title}
          </a>
        ))}
      </nav>
      {user === undefined ? null : user ? <SignedIn user={user} /> : <SignInForm />}
    </header>
  );
}

function SignedIn({ user }: { user: User }) {
  const [error, run] = useAttempt();
  return (
    <div className="topbar-session">
      {error && <span role="alert">{error}</span>}
      <span title={user.email}>
        Signed in as <strong>{user.name || user.email}</strong>
      </span>
      <button type="button" onClick={() => run(signOut)}>
        Sign out
      </button>
    </div>
  );
}

function SignInForm() {
  const [registering, setRegistering] = useState(false);
  const [error, run, busy] = useAttempt();

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const field = (name: string) => String(form.get(name) ?? "").trim();
    const password = String(form.get("password"));
    run(() =>
      registering ? register(field("email"), password, field("name")) : signIn(field("email"), password),
    );
  }

  const action = registering ? "Register" : "Sign in";
  return (
    <form className="topbar-session" onSubmit={submit} aria-label={action}>
      {error && <span role="alert">{error}</span>}
      {registering && <input name="name" aria-label="Name" placeholder="Name" autoComplete="name" maxLength={100} />}
      <input name="email" type="email" aria-label="Email" placeholder="Email" autoComplete="username" required />
      <input
        name="password"
        type="password"
        aria-label="Password"
        placeholder="Password"
        autoComplete={registering ? "new-password" : "current-password"}
        minLength={registering ? 8 : undefined}
        required
      />
      <button type="submit" disabled={busy}>
        {action}
      </button>
      <button type="button" className="topbar-link" onClick={() => setRegistering(!registering)}>
        {registering ? "I have an account" : "Create an account"}
      </button>
    </form>
  );
}

function useAttempt(): [error: string | null, run: (action: () => Promise<void>) => void, busy: boolean] {
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  function run(action: () => Promise<void>): void {
    setError(null);
    setBusy(true);
    action()
      .catch((reason: unknown) => setError(reason instanceof Error ? reason.message : String(reason)))
      .finally(() => setBusy(false));
  }
  return [error, run, busy];
}
