/* Lists within a form: another row, and rebuttals in another order. Without this script a form has
   an empty row, saving gives the next, and the order is typed as numbers. */
"use strict";
(() => {
  const filled = (element, marks) => {
    for (const each of [element, ...element.querySelectorAll("*")]) {
      for (const { name, value } of [...each.attributes]) {
        let text = value;
        for (const [mark, real] of Object.entries(marks)) text = text.replaceAll(mark, real);
        if (text !== value) each.setAttribute(name, text);
      }
    }
    return element;
  };

  const add = (button) => {
    const prefix = button.dataset.add;
    const total = document.querySelector(`input[name="${prefix}-TOTAL_FORMS"]`);
    const template = document.querySelector(`template[data-rows="${prefix}"]`);
    const number = Number(total.value);
    const row = filled(template.content.firstElementChild.cloneNode(true), {
      __prefix__: String(number), __number__: String(number + 1),
    });
    button.closest("p").previousElementSibling.append(row);
    total.value = String(number + 1);
    row.dispatchEvent(new Event("claims:added", { bubbles: true }));
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    const most = document.querySelector(`input[name="${prefix}-MAX_NUM_FORMS"]`);
    button.hidden = number + 1 >= Number(most.value);
  };

  for (const button of document.querySelectorAll("[data-add]")) {
    const template = document.querySelector(`template[data-rows="${button.dataset.add}"]`);
    button.hidden = !template;
    button.addEventListener("click", () => add(button));
  }

  /* Gives numbers to all down to where something was put, and to those that had one. */
  const number = (list, least) => {
    const places = [...list.querySelectorAll("input.place")];
    const last = places.findLastIndex((place) => place.value.trim());
    places.forEach((place, index) => {
      place.value = index <= Math.max(least, last) ? String(index + 1) : "";
    });
  };

  for (const list of document.querySelectorAll("[data-order]")) {
    for (const button of list.querySelectorAll("[data-move]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const item = button.closest("article");
        const isUp = button.dataset.move === "-1";
        const other = isUp ? item.previousElementSibling : item.nextElementSibling;
        if (!other) return;
        other[isUp ? "before" : "after"](item);
        const items = [...list.querySelectorAll("article")].filter((each) => each.querySelector("input.place"));
        number(list, items.indexOf(item));
        button.focus();
      });
    }
  }
})();
