// Suggestions under a search field, as a combobox with a list (WAI-ARIA Authoring Practices).
const WAIT = 150;
const FEWEST_LETTERS = 2;
const MOST = 8;
const FETCHED = 40;
let made = 0;

export function suggest(input) {
  const list = document.createElement("ul");
  const told = document.createElement("span");
  list.id = `suggestions-${++made}`;
  list.className = "mm-suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Trusts");
  told.className = "nhsuk-u-visually-hidden";
  told.setAttribute("role", "status");
  input.parentElement.classList.add("mm-suggest");
  input.parentElement.append(list, told);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  let timer, asked, at = -1;

  const close = () => {
    clearTimeout(timer);
    asked?.abort();
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
    if (input.dataset.suggest === "code") input.value = option.dataset.ods;
    else location.assign(`/trusts/${option.dataset.ods}`);
  };
  const show = trusts => {
    list.replaceChildren(...trusts.map((trust, row) => {
      const option = document.createElement("li");
      const place = document.createElement("span");
      option.id = `${list.id}-${row}`;
      option.dataset.ods = trust.ods;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      place.textContent = [trust.ods, trust.region].filter(Boolean).join(", ");
      option.append(`${trust.name} `, place);
      return option;
    }));
    at = -1;
    list.hidden = !trusts.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
    told.textContent = trusts.length ? `${trusts.length} suggestions. Use the arrow keys.` : "No suggestions.";
  };
  const ask = async () => {
    asked = new AbortController();
    const words = input.value.trim().toLowerCase().split(/\s+/);
    // Found by their own name or code come before found by their region or system.
    const far = trust => words.some(word => !`${trust.ods} ${trust.name}`.toLowerCase().includes(word));
    try {
      const search = encodeURIComponent(words.join(" "));
      const answer = await fetch(`/v1/trusts?limit=${FETCHED}&search=${search}`, { signal: asked.signal });
      if (!answer.ok) return;
      const { trusts } = await answer.json();
      show(trusts.sort((one, other) => far(one) - far(other)).slice(0, MOST));
    } catch {
      // Suggestions are an extra: without them the search still works.
    }
  };

  input.addEventListener("input", () => {
    close();
    if (input.value.trim().length >= FEWEST_LETTERS) timer = setTimeout(ask, WAIT);
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
