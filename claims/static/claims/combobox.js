/* Boxes that find a record while somebody types: the pattern "editable combobox with list
   autocomplete" of the W3C's ARIA Authoring Practices. Without this script the server asks back. */
"use strict";
(() => {
  const WAIT = 150;
  const words = document.getElementById("combobox-words")?.dataset;
  if (!words) return;

  const live = document.createElement("div");
  live.className = "visually-hidden";
  live.setAttribute("role", "status");
  document.body.append(live);
  const say = (sentence) => { live.textContent = sentence; };

  /* A copy of a template's first element, with `mark` replaced in all its attributes. */
  const copy = (template, marks) => {
    const made = template.content.firstElementChild.cloneNode(true);
    for (const element of [made, ...made.querySelectorAll("*")]) {
      for (const { name, value } of [...element.attributes]) {
        let text = value;
        for (const [mark, real] of Object.entries(marks)) text = text.replaceAll(mark, real);
        if (text !== value) element.setAttribute(name, text);
      }
    }
    return made;
  };

  /* Letters that are written in one language only, as in forms/fields.py. */
  const LETTERS = { ko: /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]/, ja: /[\u3041-\u30ff]/ };
  const languageOf = (text) => Object.keys(LETTERS).find((code) => LETTERS[code].test(text));

  class Combobox {
    constructor(wrapper) {
      const { combobox, name, find } = wrapper.dataset;
      this.wrapper = wrapper;
      this.kind = combobox;
      this.name = name;
      this.address = find;
      const own = (suffix) => wrapper.querySelector(`:scope > input[name="${name}${suffix}"]`);
      this.isClaim = combobox === "claim";
      this.input = own(this.isClaim ? "" : "_typed");
      this.key = this.isClaim ? null : own("");
      this.active = -1;
      this.options = [];
      if (!this.input || this.input.disabled) return;
      this.build();
      this.listen();
    }

    build() {
      this.list = document.createElement("ul");
      this.list.id = `${this.input.id}_list`;
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", words.list);
      this.note = document.createElement("p");
      this.popup = document.createElement("div");
      this.popup.className = "popup";
      this.popup.hidden = true;
      this.popup.append(this.list, this.note);
      this.input.after(this.popup);
      const attributes = {
        role: "combobox", autocomplete: "off", "aria-autocomplete": "list",
        "aria-expanded": "false", "aria-controls": this.list.id, "aria-haspopup": "listbox",
      };
      for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
    }

    listen() {
      this.input.addEventListener("input", () => this.typed());
      this.input.addEventListener("keydown", (event) => this.pressed(event));
      this.input.addEventListener("blur", () => this.close());
      this.input.addEventListener("click", () => {
        if (this.popup.hidden && !this.isNew) this.search(0);
      });
      // The focus stays in the box while an option is clicked.
      this.popup.addEventListener("mousedown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => {
        const option = event.target.closest("[role=option]");
        if (option) this.choose(this.options.indexOf(option));
      });
      this.wrapper.addEventListener("change", (event) => {
        if (event.target.name !== `${this.name}_chosen` || event.target.type !== "checkbox") return;
        this.clear();
        this.input.focus();
      });
    }

    get isNew() { return Boolean(this.wrapper.querySelector(":scope > .new-record")); }

    typed() {
      if (this.key) this.key.value = "";
      this.unsay();
      if (this.isNew) {
        if (!this.input.value.trim()) this.clear();
        return;
      }
      this.search(WAIT);
    }

    /* Takes away what the claim says that stood in the box. */
    unsay() {
      if (this.isClaim) this.wrapper.querySelector(":scope > .said")?.remove();
    }

    /* Takes away what was asked or typed about another choice. */
    clear() {
      for (const part of this.wrapper.querySelectorAll(":scope > .new-record, :scope > .likely")) part.remove();
    }

    pressed(event) {
      if (event.isComposing || event.keyCode === 229) return;
      const isOpen = !this.popup.hidden;
      switch (event.key) {
        case "ArrowDown":
        case "ArrowUp":
          event.preventDefault();
          if (!isOpen) this.search(0, event.altKey ? null : event.key);
          else this.move(event.key === "ArrowDown" ? 1 : -1);
          break;
        case "Enter":
          if (isOpen || this.waiting) {
            event.preventDefault();
            // Where nothing was found there is one thing to choose: the new one.
            const isNothing = this.hasAnswer && this.options.length === 1 && !this.options[0].record;
            if (this.active >= 0) this.choose(this.active);
            else if (isOpen && isNothing) this.choose(0);
          }
          break;
        case "Tab":
          if (isOpen && this.active >= 0) this.choose(this.active);
          break;
        case "Escape":
          if (isOpen) {
            event.preventDefault();
            event.stopPropagation();
            this.close();
          }
          break;
        case "Home":
        case "End":
          this.activate(-1);
          break;
      }
    }

    search(wait, then = null) {
      clearTimeout(this.timer);
      this.request?.abort();
      this.waiting = true;
      this.hasAnswer = false;
      this.timer = setTimeout(() => this.ask(then), wait);
    }

    async ask(then) {
      const text = this.input.value.trim();
      this.request = new AbortController();
      try {
        const response = await fetch(`${this.address}&term=${encodeURIComponent(text)}`, {
          headers: { Accept: "application/json" }, signal: this.request.signal,
        });
        if (!response.ok || response.redirected) throw new Error(response.status);
        const { results, pagination } = await response.json();
        this.hasAnswer = true;
        if (document.activeElement === this.input) this.show(text, results, pagination.more, then);
      } catch (error) {
        if (error.name === "AbortError") return;
        this.show(text, [], false, then);
        say(words.failed);
      }
      this.waiting = false;
    }

    show(text, results, isMore, then) {
      this.options = results.map((found) => this.option(found.text, found.note, found));
      if (text && !this.isClaim) {
        const sentence = this.kind === "party" ? words.newParty : words.newSource;
        this.options.push(this.option(sentence.replace("{text}", text), "", null));
      }
      this.list.replaceChildren(...this.options);
      this.active = -1;
      const count = (isMore ? words.more : words.results).replace("{number}", results.length);
      this.note.textContent = isMore || !results.length ? (results.length ? count : words.none) : "";
      this.popup.hidden = false;
      this.list.hidden = !this.options.length;
      this.input.setAttribute("aria-expanded", String(this.options.length > 0));
      say(results.length ? count : words.none);
      if (then) this.move(then === "ArrowDown" ? 1 : -1);
      this.popup.scrollIntoView({ block: "nearest" });
    }

    option(text, note, record) {
      const made = document.createElement("li");
      made.id = `${this.list.id}_${record ? record.id : "new"}`;
      made.setAttribute("role", "option");
      made.setAttribute("aria-selected", "false");
      const name = document.createElement("span");
      name.dir = "auto";
      name.textContent = text;
      if (record?.lang) name.lang = record.lang;
      made.append(name);
      if (note) {
        const small = document.createElement("small");
        small.textContent = note;
        made.append(" ", small);
      }
      made.record = record;
      return made;
    }

    move(by) {
      const { length } = this.options;
      if (!length) return;
      if (this.active < 0) this.activate(by > 0 ? 0 : length - 1);
      else this.activate((this.active + by + length) % length);
    }

    activate(index) {
      this.options[this.active]?.setAttribute("aria-selected", "false");
      this.active = index;
      const option = this.options[index];
      if (!option) return this.input.removeAttribute("aria-activedescendant");
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      this.input.setAttribute("aria-activedescendant", option.id);
    }

    choose(index) {
      const { record } = this.options[index];
      this.clear();
      if (record) this.fill(record);
      else this.makeNew();
      this.close();
      this.input.dispatchEvent(new Event("change", { bubbles: true }));
    }

    fill(record) {
      this.input.value = this.isClaim ? record.id : record.text;
      if (this.key) this.key.value = record.id;
      this.unsay();
      if (this.isClaim) {
        const said = document.createElement("p");
        said.className = "said";
        said.lang = record.lang;
        said.dir = "auto";
        said.textContent = record.text;
        this.wrapper.append(said);
      }
      say(words.chosen.replace("{text}", record.text));
    }

    makeNew() {
      if (this.key) this.key.value = "";
      const template = document.querySelector(`template[data-new="${this.kind}"]`);
      const block = copy(template, { __name__: this.name });
      const language = block.querySelector(`input[name="${this.name}-language"]`);
      if (language) language.value = languageOf(this.input.value) || language.value;
      this.wrapper.append(block);
      start(block);
      const sentence = this.kind === "party" ? words.newParty : words.newSource;
      say(sentence.replace("{text}", this.input.value.trim()));
    }

    close() {
      clearTimeout(this.timer);
      this.request?.abort();
      this.waiting = false;
      this.popup.hidden = true;
      this.input.setAttribute("aria-expanded", "false");
      this.activate(-1);
    }
  }

  const start = (part) => {
    for (const wrapper of part.querySelectorAll("[data-combobox]")) new Combobox(wrapper);
  };
  start(document);
  document.addEventListener("claims:added", (event) => start(event.target));
})();
