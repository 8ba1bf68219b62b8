// Files dropped on the frame or chosen: told before they are sent, then sent one by one with their progress. What is
// received stays received: a connection that is lost, or one file that is refused, takes nothing from the others.
import { Sending } from "./sending.js";

const MEGABYTE = 1024 * 1024;

function sizeOf(file) {
  return file.size < MEGABYTE
    ? `${Math.max(1, Math.round(file.size / 1024))} Ko`
    : `${(file.size / MEGABYTE).toFixed(1).replace(".", ",")} Mo`;
}

// One line of the list: what it is, how far it is, what became of it.
function lineOf(file, largest) {
  const node = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = `${file.name}, ${sizeOf(file)}`;
  node.append(name);
  const line = { file, node, state: "" };
  if (file.size > largest) {
    line.state = "refused";
    say(line, `dépasse ${Math.round(largest / MEGABYTE)} Mo, ne sera pas ajouté`);
  }
  return line;
}

function say(line, words, href = "") {
  line.node.querySelectorAll(".doc-said, progress").forEach((old) => old.remove());
  const said = document.createElement(href ? "a" : "span");
  said.className = "doc-said";
  said.textContent = ` – ${words}`;
  if (href) said.href = href;
  line.node.append(said);
  line.node.dataset.state = line.state;
}

function progress(line, share) {
  let bar = line.node.querySelector("progress");
  if (!bar) {
    line.node.querySelectorAll(".doc-said").forEach((old) => old.remove());
    bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", `Envoi de ${line.file.name}`);
    line.node.append(" ", bar);
  }
  bar.value = Math.round(share * 100);
}

function watch(form) {
  const input = form.querySelector('input[type="file"]');
  const list = form.querySelector("[data-drop-list]");
  const button = form.querySelector('[type="submit"]');
  let lines = [];
  const show = () => {
    lines = [...input.files].map((file) => lineOf(file, Number(form.dataset.max)));
    list.replaceChildren(...lines.map((line) => line.node));
  };
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const sending = new Sending({ form, input, button, lines: () => lines, say, progress });
  form.dataset.live = "";
  form.dataset.again = ""; // the guard against double sending is ours here
  input.addEventListener("change", () => { sending.stopped = false; show(); });
  form.addEventListener("submit", (event) => {
    if (!input.files.length) return; // the server says what is missing
    event.preventDefault();
    sending.start();
  });
  form.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    form.dataset.over = "";
  });
  form.addEventListener("dragleave", () => delete form.dataset.over);
  form.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    delete form.dataset.over;
    const kept = new DataTransfer();
    const files = [...(input.multiple ? input.files : []), ...event.dataTransfer.files];
    files.slice(0, input.multiple ? Number(form.dataset.most) : 1).forEach((file) => kept.items.add(file));
    input.files = kept.files;
    sending.stopped = false;
    show();
    button.focus();
  });
  if (input.files.length) show();
}

document.querySelectorAll("[data-drop]").forEach(watch);
