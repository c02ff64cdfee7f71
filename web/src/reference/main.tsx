import { createRoot } from "react-dom/client";
import SwaggerUIBundle from "swagger-ui-dist/swagger-ui-es-bundle.js";
import "swagger-ui-dist/swagger-ui.css";
import { at } from "../shared/place";
import { csrfHeaders } from "../shared/session";
import { TopBar } from "../shared/TopBar";
import { resolveSubtree } from "./resolve";
import "./style.css";

const DOCUMENT = at("/api/docs/openapi.json");

function followColorScheme(): void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", apply);
  apply();
}

function signed(request: { url: string; headers?: Record<string, string> }) {
  const own = new URL(request.url, location.href).origin === location.origin;
  return own ? { ...request, headers: { ...request.headers, ...csrfHeaders() } } : request;
}

followColorScheme();
createRoot(document.getElementById("root")!).render(<TopBar page="REST reference" />);

const reference = document.createElement("main");
document.body.append(reference);

SwaggerUIBundle({
  domNode: reference,
  url: DOCUMENT,
  deepLinking: true,
  docExpansion: "list",
  filter: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // The badge would send the document to a validator on another host.
  validatorUrl: null,
  requestInterceptor: signed,
  plugins: [() => ({ fn: { resolveSubtree } })],
});
