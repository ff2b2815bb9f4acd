// Makes the pages better; every page works without it.
import { initAll } from "./nhsuk/nhsuk-frontend.min.js";
import { suggest } from "./suggest.js";
import { live } from "./live.js";

initAll();
document.querySelectorAll("[data-suggest]").forEach(suggest);
document.querySelectorAll("form[data-live]").forEach(live);
document.addEventListener("click", event => {
  if (event.target.closest("[data-print]")) window.print();
});
