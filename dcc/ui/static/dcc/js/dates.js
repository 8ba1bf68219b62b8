// Dates as a hurried hand types them, completed on leaving; dcc/ui/forms/dates.py reads the same on the server.
const WORDS = { "auj": 0, "aujourd'hui": 0, "aujourdhui": 0, "ajd": 0, "hier": -1, "demain": 1 };
const NEAR_FUTURE = 20;

const day = (year, month, date) => {
  const found = new Date(year, month - 1, date);
  found.setFullYear(year);
  return found.getFullYear() === year && found.getMonth() === month - 1 && found.getDate() === date ? found : null;
};
const shift = (from, days) => new Date(from.getFullYear(), from.getMonth(), from.getDate() + days);

function fullYear(two, today, prefer) {
  const year = today.getFullYear() - (today.getFullYear() % 100) + two;
  return year > today.getFullYear() + (prefer === "past" ? 0 : NEAR_FUTURE) ? year - 100 : year;
}

function withoutYear(date, month, today, prefer) {
  const here = today.getFullYear();
  return [here - 1, here, here + 1]
    .map((year) => day(year, month, date))
    .filter((found) => found && !(prefer === "past" && found > today) && !(prefer === "future" && found < today))
    .sort((a, b) => Math.abs(a - today) - Math.abs(b - today))[0] ?? null;
}

export function parseDate(text, { today = new Date(), prefer = "" } = {}) {
  const now = shift(today, 0);
  const typed = text.trim().toLowerCase().replaceAll("’", "'").replace(/\s+/g, " ");
  if (typed in WORDS) return shift(now, WORDS[typed]);
  let match = /^([+\-−])\s?(\d{1,4})$/.exec(typed);
  if (match) return shift(now, (match[1] === "+" ? 1 : -1) * Number(match[2]));
  match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(typed);
  if (match) return day(Number(match[1]), Number(match[2]), Number(match[3]));
  match = /^(\d{1,2})[ /.-](\d{1,2})(?:[ /.-](\d{4}|\d{2}))?$/.exec(typed) ?? /^(\d{2})(\d{2})(\d{4}|\d{2})?$/.exec(typed);
  if (!match) return null;
  const [date, month] = [Number(match[1]), Number(match[2])];
  if (match[3] === undefined) return withoutYear(date, month, now, prefer);
  const year = Number(match[3]);
  return day(match[3].length > 2 ? year : fullYear(year, now, prefer), month, date);
}

const short = (found) =>
  [String(found.getDate()).padStart(2, "0"), String(found.getMonth() + 1).padStart(2, "0"), String(found.getFullYear()).padStart(4, "0")].join("/");
const long = new Intl.DateTimeFormat("fr-FR", { weekday: "long", day: "numeric", month: "long", year: "numeric" });

const read = (field) => parseDate(field.value, { prefer: field.dataset.date === "past" || field.dataset.date === "future" ? field.dataset.date : "" });

function show(field) {
  const place = field.parentElement?.querySelector("[data-date-full]");
  const found = field.value ? read(field) : null;
  if (place) place.textContent = found ? long.format(found) : "";
  return found;
}

export function watchDates() {
  const all = (root) => root.querySelectorAll?.("[data-date]").forEach(show);
  all(document);
  document.addEventListener("htmx:load", (event) => all(event.target));
  document.addEventListener("input", (event) => { if (event.target.matches?.("[data-date]")) show(event.target); });
  // In the capture phase, so that an autosave on "change" sends the completed date.
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (!field.matches?.("[data-date]")) return;
    const found = show(field);
    if (found) field.value = short(found);
  }, true);
}
