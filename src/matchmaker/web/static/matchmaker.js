// Makes the pages better; every page works without it.
import { initAll } from "./nhsuk/nhsuk-frontend.min.js";
import { suggest } from "./suggest.js";
import { live } from "./live.js";

initAll();
document.querySelectorAll("[data-suggest]").forEach(suggest);
document.querySelectorAll("form[data-live]").forEach(live);
document.addEventListener("click", event => {
  if (event.target.closest("[data-print]")) window.print();
  const paper = event.target.closest('a[href*=".pdf"]');
  if (paper) sayItIsMade(paper);
});

// A PDF takes a second or two, in which nothing else would be seen to happen.
function sayItIsMade(link) {
  let said = link.parentElement.querySelector("[data-making]");
  if (!said) {
    said = document.createElement("span");
    said.dataset.making = "";
    said.setAttribute("role", "status");
    link.parentElement.append(said);
  }
  setTimeout(() => { said.textContent = " Making the PDF. It takes a few seconds."; }, 50);
  setTimeout(() => { said.textContent = ""; }, 10000);
}
