// What the server did not take stays in sight: its question, its words, why, and what can be done about it.
import { alarm, announce } from "../../dcc/js/regions.js";

const PATIENCE = 3; // times the server stumbles before it is said
const WHY = {
  400: "La question n’est plus dans ce formulaire.",
  403: "Elle n’est pas ouverte à votre rôle.",
  404: "La fiche n’est plus là, ou elle est ouverte à d’autres équipes.",
  413: "Le texte est trop long.",
};
const DONE = {
  set: "(vidée)", choose: "choix entre deux réponses", confirm: "réponse confirmée", line: "ligne ajoutée",
  unline: "ligne retirée", up: "ligne déplacée", down: "ligne déplacée",
};

const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
const labelOf = (one) => one.label || "Fiche";
const wordsOf = (one) => one.text || DONE[one.op] || one.values.join(", ");
const shown = (one) => `${labelOf(one)} : ${wordsOf(one)}`;

function why({ held, failed }) {
  if (held?.outcome === "failed") return `Le serveur n’a pas pu l’enregistrer (erreur ${held.status}), malgré plusieurs essais.`;
  if (failed?.status < 400) return "La réponse reçue n’est pas celle du serveur ; la vôtre repart d’elle-même.";
  if (failed) return `Le serveur n’a pas pu l’enregistrer (erreur ${failed.status}) ; elle repart d’elle-même.`;
  return held.message || WHY[held.status] || `Le serveur l’a refusée (erreur ${held.status}).`;
}

export const counted = (count) =>
  count > 1 ? `${count} réponses ne sont pas enregistrées` : "Une réponse n’est pas enregistrée";

// `correct` gives the question its words back; what is wrong and still under its question is said there already.
export function watchHeld(queue, { correct }) {
  let known = "";
  let former = null;

  const button = (text, act) => {
    const node = make("button", { type: "button", className: "btn btn-sm", textContent: text });
    node.addEventListener("click", act);
    return node;
  };

  function acts(one) {
    const copy = () => navigator.clipboard?.writeText(shown(one)).then(() => announce("Réponse copiée"), () => {});
    const give = () => { queue.drop(one); queue.say("saved"); };
    const again = one.held?.outcome === "invalid" ? [] : [button("Réessayer", () => queue.retry(one))];
    const amend = ["invalid", "failed"].includes(one.held?.outcome) ? [button("Corriger", () => correct(one))] : [];
    const about = one.held ? [...again, ...amend, button("Copier", copy), button("Écarter", give)] : [button("Copier", copy)];
    about.forEach((node) => node.setAttribute("aria-label", `${node.textContent} : ${labelOf(one)}`));
    return about;
  }

  function row(one) {
    const node = make("li", {});
    const said = make("p", {});
    said.append(make("b", { textContent: shown(one) }), ` – ${why(one)}`);
    const line = make("p", { className: "flex" });
    line.append(...acts(one));
    node.append(said, line);
    return node;
  }

  // Words typed for another patient are never shown on this one's page: only where they wait.
  function elsewhere() {
    return [...new Set(queue.elsewhere.map((one) => one.url))].map((url) => {
      const count = queue.elsewhere.filter((one) => one.url === url).length;
      const node = make("li", { textContent: `${count > 1 ? `${count} réponses saisies` : "Une réponse saisie"} sur une autre fiche : ` });
      node.append(make("a", { href: url.replace(/champ\/$/, ""), textContent: "ouvrir cette fiche pour l’envoyer" }));
      return node;
    });
  }

  function unread() {
    const count = queue.unread.length;
    if (!count) return [];
    const said = count > 1 ? `${count} réponses gardées ne peuvent plus être lues` : "1 réponse gardée ne peut plus être lue";
    const node = make("li", { textContent: `${said} : relisez la fiche. ` });
    node.append(button("Écarter", () => { queue.forget(); queue.say("saved"); }));
    return [node];
  }

  return function draw() {
    const listed = [
      ...queue.held.filter((one) => one.held.outcome !== "invalid" || !one.place?.isConnected),
      ...queue.waiting.filter((one) => one.failed?.times >= PATIENCE),
    ];
    const others = elsewhere();
    const now = JSON.stringify([...listed.map((one) => [one.op_id, shown(one), why(one)]), others.length, queue.unread]);
    if (now === known) return;
    known = now;
    const within = former?.contains(document.activeElement);
    former?.remove();
    former = null;
    if (!listed.length && !others.length && !queue.unread.length) return;
    const node = document.getElementById("modele-refus").content.firstElementChild.cloneNode(true);
    delete node.dataset.refusal;
    node.dataset.held = "";
    node.querySelector(".acts").remove();
    const title = counted(listed.length + queue.elsewhere.length + queue.unread.length);
    node.querySelector("b").textContent = title;
    const list = make("ul", {});
    list.append(...listed.map(row), ...others, ...unread());
    node.querySelector("[data-refusal-text]").replaceWith(list);
    document.getElementById("avis").append(node);
    former = node;
    if (within) node.focus({ preventScroll: true });
    else node.scrollIntoView({ block: "nearest" });
    alarm([title, ...listed.map((one) => `${shown(one)}. ${why(one)}`)].join(". "));
  };
}
