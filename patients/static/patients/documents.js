// Files dropped on the frame, and what was chosen told before it is sent: name, size, and what is too large.
const MEGABYTE = 1024 * 1024;

function sizeOf(file) {
  return file.size < MEGABYTE
    ? `${Math.max(1, Math.round(file.size / 1024))} Ko`
    : `${(file.size / MEGABYTE).toFixed(1).replace(".", ",")} Mo`;
}

function told(file, largest) {
  const line = document.createElement("li");
  line.textContent = `${file.name}, ${sizeOf(file)}`;
  if (file.size > largest) {
    line.dataset.heavy = "";
    line.textContent += ` – dépasse ${Math.round(largest / MEGABYTE)} Mo, ne sera pas ajouté`;
  }
  return line;
}

function watch(form) {
  const input = form.querySelector('input[type="file"]');
  const list = form.querySelector("[data-drop-list]");
  const show = () => list.replaceChildren(...[...input.files].map((file) => told(file, Number(form.dataset.max))));
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  form.dataset.live = "";
  input.addEventListener("change", show);
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
    show();
    form.querySelector('[type="submit"]').focus();
  });
  if (input.files.length) show();
}

document.querySelectorAll("[data-drop]").forEach(watch);
