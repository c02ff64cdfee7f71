// What the links of mails open. Opening one changes nothing: that takes a press of a button.
"use strict";

// Where the gateway begins, which may be below the root of its host.
const root = new URL("..", document.currentScript.src).pathname.slice(0, -1);
const here = location.pathname.startsWith(`${root}/`) ? location.pathname.slice(root.length) : location.pathname;
const byId = (id) => document.getElementById(id);

function tell(text, kind = "done") {
  byId("told").textContent = text;
  byId("told").dataset.kind = kind;
}

async function ask(method, path, body, accessToken) {
  const headers = { accept: "application/json" };
  if (body) headers["content-type"] = "application/json";
  if (accessToken) headers.authorization = `Bearer ${accessToken}`;
  const answer = await fetch(root + path, { method, headers, body: body && JSON.stringify(body), credentials: "omit" });
  const read = await answer.json().catch(() => ({}));
  const message = read.errors ? read.errors[0].message : read.message;
  if (!answer.ok || read.errors) throw new Error(message || `The server answered ${answer.status}`);
  return read;
}

function onSubmit(id, act) {
  const form = byId(id);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await act(Object.fromEntries(new FormData(form)));
    } catch (error) {
      tell(error.message, "error");
    } finally {
      button.disabled = false;
    }
  });
}

function finish(ids, text) {
  for (const id of ids) byId(id).hidden = true;
  tell(text);
}

function simple(id, title, path, done) {
  const token = location.hash.slice(1);
  byId("title").textContent = title;
  if (!token) return tell("The address is not complete: open the link of the mail once more.", "error");
  byId(id).hidden = false;
  onSubmit(id, async (values) => {
    await ask("POST", path, { token, ...values });
    history.replaceState(null, "", location.pathname);
    finish([id], done);
  });
}

async function invitation() {
  const token = location.hash.slice(1) || here.match(/^\/invitations\/([^/]+)\/accept$/)?.[1];
  byId("title").textContent = "Invitation";
  if (!token) return tell("The address is not complete: open the link of the mail once more.", "error");
  const path = `/invitations/${token}`;
  const about = await ask("GET", path);
  const who = about.inviterName || "Somebody";
  tell(`${who} invites ${about.email} to ${about.workspaceName}.`);
  byId("invitation").hidden = false;
  let temporaryToken = null;
  onSubmit("register", async ({ name, password }) => {
    await ask("POST", `${path}/register`, { password, ...(name ? { name } : {}) });
    finish(["invitation"], `Welcome to ${about.workspaceName}.`);
  });
  onSubmit("sign-in", async ({ password, code }) => {
    const signedIn = temporaryToken
      ? await ask("POST", "/auth/two-factor/verify", { temporaryToken, code })
      : await ask("POST", "/auth/login", { email: about.email, password });
    if (signedIn.requiresTwoFactor) {
      temporaryToken = signedIn.temporaryToken;
      byId("code").hidden = false;
      return tell("Type a code of your authenticator as well.");
    }
    // It takes an invitation to a workspace as well as one to an organization.
    const query = "mutation ($token: String!) { organizationInvitationAccept(token: $token) { cursor } }";
    await ask("POST", "/graphql", { query, variables: { token } }, signedIn.access_token);
    finish(["invitation"], `Welcome to ${about.workspaceName}.`);
  });
}

switch (here) {
  case "/account/verify-email":
    simple("verify-email", "Confirm your address", "/auth/verify-email", "The address is confirmed.");
    break;
  case "/account/reset-password":
    simple("reset-password", "A new password", "/auth/reset-password", "The password is set: sign in with it.");
    break;
  default:
    invitation().catch((error) => tell(error.message, "error"));
}
