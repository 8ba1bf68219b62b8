// Entry: every behaviour is attached once to the document and found again by attributes, so that
// fragments swapped in later work without being announced to it.
import { watchForms } from "./forms.js";
import { watchDates } from "./dates.js";
import { watchComboboxes } from "./combobox.js";
import { watchFocus } from "./focus.js";
import { watchKeyboard } from "./keyboard.js";
import { watchMenus } from "./menus.js";
import { watchNetwork } from "./network.js";
import { watchRegions } from "./regions.js";
import { watchRequests } from "./requests.js";
import { watchRoom } from "./room.js";
import { watchRows } from "./rows.js";
import { watchSession } from "./session.js";
import { watchSheet } from "./sheet.js";
import { watchTheme } from "./theme.js";

watchRegions();
watchNetwork();
watchRequests();
watchFocus();
watchForms();
watchMenus();
watchKeyboard();
watchRows();
watchRoom();
watchDates();
watchComboboxes();
watchSession();
watchSheet();
watchTheme();
document.documentElement.dataset.ready = "1";
