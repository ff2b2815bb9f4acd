// Suggestions under a search field, as a combobox with a list (WAI-ARIA Authoring Practices).
const { base, label } = document.body.dataset;
const WAIT = 150;
const MIN_LETTERS = 2;
const N_SHOWN = 8;
const N_FETCHED = 40;
let made = 0;

export function suggest(input) {
  const list = document.createElement("ul");
  const status = document.createElement("span");
  list.id = `suggestions-${++made}`;
  list.className = "mm-suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label);
  status.className = "nhsuk-u-visually-hidden";
  status.setAttribute("role", "status");
  input.parentElement.classList.add("mm-suggest");
  input.parentElement.append(list, status);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  let timer, request, at = -1;

  const close = () => {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const move = to => {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = (to + list.children.length) % list.children.length;
    list.children[at].setAttribute("aria-selected", "true");
    list.children[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const choose = option => {
    close();
    if (input.dataset.suggest === "code") input.value = option.dataset.code;
    else location.assign(`${base}/organisations/${option.dataset.code}`);
  };
  const show = organisations => {
    list.replaceChildren(...organisations.map((organisation, row) => {
      const option = document.createElement("li");
      const place = document.createElement("span");
      option.id = `${list.id}-${row}`;
      option.dataset.code = organisation.code;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      place.textContent = [organisation.code, organisation.region].filter(Boolean).join(", ");
      option.append(`${organisation.name} `, place);
      return option;
    }));
    at = -1;
    list.hidden = !organisations.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
    status.textContent = organisations.length ? `${organisations.length} suggestions. Use the arrow keys.` : "No suggestions.";
  };
  const ask = async () => {
    request = new AbortController();
    const words = input.value.trim().toLowerCase().split(/\s+/);
    // Found by their own name or code come before found by where they are.
    const far = one => words.some(word => !`${one.code} ${one.name}`.toLowerCase().includes(word));
    try {
      const search = encodeURIComponent(words.join(" "));
      const answer = await fetch(`/v1${base}/organisations?limit=${N_FETCHED}&search=${search}`, { signal: request.signal });
      if (!answer.ok) return;
      const { organisations } = await answer.json();
      show(organisations.sort((one, other) => far(one) - far(other)).slice(0, N_SHOWN));
    } catch {
      // Suggestions are an extra: without them the search still works.
    }
  };

  input.addEventListener("input", () => {
    close();
    if (input.value.trim().length >= MIN_LETTERS) timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", event => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") move(at + 1);
    else if (event.key === "ArrowUp") move(at < 0 ? -1 : at - 1);
    else if (event.key === "Enter" && at >= 0) choose(list.children[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", event => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", event => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  input.addEventListener("blur", close);
}
