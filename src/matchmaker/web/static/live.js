import { suggest } from "./suggest.js";

// A form whose result is shown anew after each change, without leaving the page.
const WAIT = 250;

export function live(form) {
  const result = document.getElementById(form.dataset.live);
  const status = document.getElementById("live-status");
  let timer, request;

  const fields = () => {
    const filled = [...new FormData(form)].filter(([, value]) => value !== "");
    const kept = new URLSearchParams(location.search).get("kept");  // a working shortlist to add to
    return new URLSearchParams(kept ? [...filled, ["kept", kept]] : filled);
  };
  const renew = async () => {
    request?.abort();
    request = new AbortController();
    const address = `${form.getAttribute("action")}?${fields()}`;
    result.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: request.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(form.dataset.live);
      if (answer.ok && fresh) {
        result.replaceChildren(...fresh.childNodes);
        result.querySelectorAll("[data-suggest]").forEach(suggest);
        const kept = fields().get("kept");
        history.replaceState(null, "", fresh.dataset.address + (kept ? `&kept=${encodeURIComponent(kept)}` : ""));
        status.textContent = `List updated. ${result.querySelector("[data-first]")?.dataset.first ?? ""}`;
      } else {
        status.textContent = page.querySelector("main")?.textContent.replace(/\s+/g, " ").trim() ?? "That did not work.";
      }
      result.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name !== "AbortError") location.assign(address);
    }
  };

  form.addEventListener("change", () => {
    clearTimeout(timer);
    if (form.checkValidity()) timer = setTimeout(renew, WAIT);
    else form.reportValidity();
  });
  form.addEventListener("submit", event => {
    event.preventDefault();
    clearTimeout(timer);
    if (form.reportValidity()) renew();
  });
}
