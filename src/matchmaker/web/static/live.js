import { suggest } from "./suggest.js";

// A form whose result is shown anew after each change, without leaving the page.
const WAIT = 250;

export function live(form) {
  const result = document.getElementById(form.dataset.live);
  const status = document.getElementById("live-status");
  let timer, request, shown = location.search;

  const fields = () => {
    const filled = [...new FormData(form)].filter(([, value]) => value !== "");
    const kept = new URLSearchParams(location.search).get("kept");  // a working shortlist to add to
    return new URLSearchParams(kept ? [...filled, ["kept", kept]] : filled);
  };
  const clear = () => {
    form.querySelectorAll(".mm-fault").forEach(one => one.remove());
    form.querySelectorAll(".nhsuk-input--error").forEach(one => one.classList.remove("nhsuk-input--error"));
    status.classList.remove("nhsuk-error-message");
  };
  // What is wrong stands above the form and beside each field that it is about.
  const tell = page => {
    const faults = [...page.querySelectorAll(".nhsuk-error-summary__list li")];
    const texts = faults.map(one => one.textContent.trim());
    status.textContent = texts.length ? `Not changed. ${texts.join(" ")}` : "That did not work. The list is as it was.";
    status.classList.add("nhsuk-error-message");
    for (const one of faults) {
      const name = one.querySelector("a")?.dataset.field;
      const field = name && form.querySelector(`[name="${CSS.escape(name)}"]`);
      if (!field) continue;
      const text = document.createElement("span");
      text.className = "nhsuk-error-message mm-fault";
      text.textContent = `Error: ${one.textContent.trim()}`;
      field.classList.add("nhsuk-input--error");
      (field.closest(".mm-weight") ?? field).before(text);
      field.closest("details")?.setAttribute("open", "");
    }
    status.scrollIntoView({ block: "nearest" });
  };
  const mark = page => form.querySelectorAll(".mm-weight label").forEach(label => {
    const fresh = page.querySelector(`label[for="${CSS.escape(label.htmlFor)}"]`);
    if (fresh) label.innerHTML = fresh.innerHTML;
  });
  const renew = async () => {
    clear();
    request?.abort();
    request = new AbortController();
    const address = `${form.getAttribute("action")}?${fields()}`;
    result.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: request.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(form.dataset.live);
      if (answer.ok && fresh) {
        const ticked = [...result.querySelectorAll(".mm-tick input:checked")].map(box => box.id);
        result.replaceChildren(...fresh.childNodes);
        result.querySelectorAll("[data-suggest]").forEach(suggest);
        const kept = fields().get("kept");
        history.pushState(null, "", fresh.dataset.address + (kept ? `&kept=${encodeURIComponent(kept)}` : ""));
        shown = location.search;
        mark(page);
        ticked.forEach(id => { const box = document.getElementById(id); if (box) box.checked = true; });
        status.textContent = `List updated. ${result.querySelector("[data-first]")?.dataset.first ?? ""}`;
      } else {
        tell(page);
      }
      result.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name !== "AbortError") location.assign(address);
    }
  };

  addEventListener("popstate", () => { if (location.search !== shown) location.reload(); });
  form.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(renew, WAIT);
  });
  form.addEventListener("submit", event => {
    event.preventDefault();
    clearTimeout(timer);
    renew();
  });
}
