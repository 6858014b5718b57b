/* Keyboard shortcuts: each clicks a link or button of the page that names its keys in
   `data-shortcut`, or goes to the field that does. `?` lists them. WCAG 2.1.4: they can be turned
   off, and do nothing while somebody types. */
"use strict";
(() => {
  const dialog = document.getElementById("shortcuts");
  const opener = document.getElementById("shortcuts-button");
  const SETTING = "counterclaim-shortcuts";
  const PAUSE = 1500;

  const remembered = () => {
    try { return localStorage.getItem(SETTING); } catch { return null; }
  };
  const remember = (value) => {
    try { localStorage.setItem(SETTING, value); } catch { /* not kept then */ }
  };
  let isOn = remembered() !== "off";

  const named = () => {
    const found = new Map();
    for (const each of document.querySelectorAll("[data-shortcut]")) {
      if (!found.has(each.dataset.shortcut) && !each.closest("[hidden], template")) found.set(each.dataset.shortcut, each);
    }
    const search = document.getElementById("searchbar");
    if (search && !found.has("/")) found.set("/", search);
    return found;
  };

  const wordsOf = (element) =>
    element.dataset.words ?? element.getAttribute("aria-label")
    ?? (element.matches("input") ? dialog.dataset.search : element.textContent.trim());

  const keysOf = (shortcut) => shortcut.split(" ").map((key) => (/^[A-Z]$/.test(key) ? `Shift+${key}` : key));

  const list = () => {
    const rows = [...named()].flatMap(([shortcut, element]) => {
      const term = document.createElement("dt");
      for (const key of keysOf(shortcut)) {
        const made = document.createElement("kbd");
        made.textContent = key;
        term.append(made, " ");
      }
      const words = document.createElement("dd");
      words.textContent = wordsOf(element);
      return [term, words];
    });
    dialog.querySelector("dl").replaceChildren(...rows);
  };

  if (dialog && opener) {
    const box = document.getElementById("shortcuts-on");
    box.checked = isOn;
    box.addEventListener("change", () => {
      isOn = box.checked;
      remember(isOn ? "on" : "off");
    });
    opener.hidden = false;
    opener.addEventListener("click", () => { list(); dialog.showModal(); });
  }

  const isTyping = (target) =>
    target.isContentEditable
    || target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

  /* The key that is meant, on keyboards that write other letters too. */
  const keyOf = (event) => {
    if (/^[\x20-\x7e]$/.test(event.key)) return event.key;
    const letter = /^Key([A-Z])$/.exec(event.code)?.[1] ?? "";
    return event.shiftKey ? letter : letter.toLowerCase();
  };

  const take = (element) => {
    if (element.matches("input, textarea, select")) {
      element.focus();
      element.select?.();
    } else element.click();
  };

  let begun = "";
  let timer = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || dialog?.open) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && keyOf(event) === "s") {
      const save = named().get("s");
      if (save) {
        event.preventDefault();
        take(save);
      }
      return;
    }
    if (!isOn || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const key = keyOf(event);
    if (!key || key === " ") return;
    if (key === "?" && opener) {
      event.preventDefault();
      opener.click();
      return;
    }
    const keys = begun ? `${begun} ${key}` : key;
    const found = named();
    clearTimeout(timer);
    begun = "";
    if (found.has(keys)) {
      event.preventDefault();
      take(found.get(keys));
    } else if ([...found.keys()].some((each) => each.startsWith(`${keys} `))) {
      event.preventDefault();
      begun = keys;
      timer = setTimeout(() => { begun = ""; }, PAUSE);
    }
  });

  /* What folds out over the page folds in again when it is left, or with Escape. */
  for (const folded of document.querySelectorAll("details.more-steps")) {
    folded.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !folded.contains(event.relatedTarget)) folded.open = false;
    });
    folded.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !folded.open) return;
      folded.open = false;
      folded.querySelector("summary").focus();
    });
    document.addEventListener("click", (event) => {
      if (!folded.contains(event.target)) folded.open = false;
    });
  }
})();
