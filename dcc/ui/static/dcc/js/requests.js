// htmx: the anti-forgery token, and what to say when the answer is not a fragment.
import { found, lost } from "./network.js";
import { refuse } from "./regions.js";
import { closed, prolong } from "./session.js";

// The cookie first: signing in again in another tab changes it, the page keeps the old one.
const csrfCookie = () => {
  const name = document.querySelector('meta[name="csrf-cookie"]')?.content;
  return document.cookie.split("; ").find((one) => name && one.startsWith(`${name}=`))?.split("=")[1];
};
export const csrfToken = () => csrfCookie() ?? document.querySelector('meta[name="csrf-token"]')?.content ?? "";

const SENTENCES = {
  403: ["Ce n’est pas ouvert à votre rôle", "Rien n’a été modifié."],
  404: ["Introuvable", "Ce n’est plus là, ou c’est ouvert à d’autres équipes. Rechargez la page."],
  409: ["Quelqu’un a modifié cette page entre-temps", "Votre action n’a pas été faite. Rechargez la page pour voir ce qui a changé."],
  423: ["Ce dossier est figé", "Il ne peut plus changer. Votre action n’a pas été faite."],
  429: ["Trop de demandes en peu de temps", "Attendez une minute, puis recommencez."],
  503: ["Le service est arrêté un moment", "Ce qui était enregistré est intact. Recommencez dans quelques minutes."],
};
const OTHERWISE = ["L’action n’a pas été faite", "Ce qui était enregistré est intact. Recommencez dans un instant."];

const isDocument = (text) => /^\s*<(!doctype|html)/i.test(text ?? "");

// A whole error page came back where a fragment was expected: its own sentences are the best ones.
function sentencesOf(xhr) {
  if (isDocument(xhr.responseText)) {
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    const title = page.querySelector("main h1")?.textContent.trim();
    const text = page.querySelector("main .lost p")?.textContent.trim();
    if (title && text) return [title, text];
  }
  return SENTENCES[xhr.status] ?? OTHERWISE;
}

function sayError(xhr) {
  if (xhr.status === 401) return closed();
  const [title, text] = sentencesOf(xhr);
  const reference = xhr.getResponseHeader("X-Request-Reference");
  const call = reference && xhr.status >= 500 ? ` Référence à donner à l’assistance : ${reference}.` : "";
  refuse(title, text + call);
}

function beforeSwap(event) {
  const { xhr, target } = event.detail;
  if (!isDocument(xhr.responseText) || target === document.body) return;
  event.detail.shouldSwap = false;
  if (xhr.status >= 400) {
    if (!event.detail.isError) sayError(xhr);
    return;
  }
  // The answer was redirected to a page: to sign-in when the session ended, elsewhere on purpose.
  const signIn = document.body.dataset.signInUrl;
  if (signIn && new URL(xhr.responseURL).pathname === signIn) closed();
  else location.assign(xhr.responseURL);
}

export function watchRequests() {
  const on = (name, run) => document.addEventListener(name, run);
  on("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrfToken();
  });
  on("htmx:beforeSwap", beforeSwap);
  on("htmx:responseError", (event) => sayError(event.detail.xhr));
  on("htmx:sendError", lost);
  on("htmx:timeout", lost);
  on("htmx:afterOnLoad", (event) => {
    found();
    prolong(event.detail.xhr?.getResponseHeader("X-Session-Ends"));
  });
}
