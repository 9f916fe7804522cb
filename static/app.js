// What every console page does in the browser: copy, theme, toasts, forms sent once. The picture viewer is in viewer.js,
// keys are in keys.js, live updating is in live.js. Every page works without this file.
"use strict";
(function () {
  const byId = (id) => document.getElementById(id);
  const on = (type, handler, capture) => document.addEventListener(type, handler, capture);

  // ---- messages ---------------------------------------------------------------------------------------------
  const sprite = (document.querySelector("svg use") || { getAttribute: () => "" }).getAttribute("href").split("#")[0];

  function icon(name, cls) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "i " + (cls || ""));
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", sprite + "#" + name);
    svg.append(use);
    return svg;
  }

  function say(text) {
    const region = byId("announce");
    if (!region) return;
    region.textContent = "";
    window.setTimeout(() => { region.textContent = text; }, 30);
  }

  function toast(text, tone, link) {
    const region = byId("toasts");
    if (!region || !text) return;
    const bad = tone === "bad" || tone === "error";
    const box = document.createElement("div");
    box.className = "note-toast";
    box.dataset.toast = "";
    const words = document.createElement("p");
    words.textContent = text;
    if (link) {
      const go = document.createElement("a");
      go.href = link.href;
      go.textContent = link.words;
      words.append(" ", go);
    }
    const close = document.createElement("button");
    close.type = "button";
    close.className = "tiny";
    close.dataset.close = "";
    close.setAttribute("aria-label", "Close this message");
    close.append(icon("x"));
    box.append(icon(bad ? "alert-circle" : "circle-check", bad ? "bad" : "ok"), words, close);
    region.append(box);
    if (bad) byId("alert").textContent = text;
    else say(text);
    fade(box, bad);
  }

  function fade(box, stays) {
    if (!stays) window.setTimeout(() => { if (!box.matches(":hover, :focus-within")) box.remove(); }, 8000);
  }

  window.vouchdesk = { say, toast };

  // ---- copy -------------------------------------------------------------------------------------------------
  async function copy(button) {
    const source = button.dataset.copy && document.querySelector(button.dataset.copy);
    const text = source ? (source.value || source.textContent).trim() : button.dataset.copyText || "";
    try {
      await navigator.clipboard.writeText(text);
    } catch (refused) {
      if (!copyOldWay(text)) return toast("The browser did not allow copying. Select the text and copy it yourself.", "bad");
    }
    say("Copied");
    const word = button.querySelector("[data-copy-word]");
    const use = button.querySelector("use");
    if (!button.dataset.was) button.dataset.was = word ? word.textContent : "-";
    if (word) word.textContent = "Copied";
    if (use) use.setAttribute("href", sprite + "#check");
    window.setTimeout(() => {
      if (word) word.textContent = button.dataset.was;
      if (use) use.setAttribute("href", sprite + "#copy");
    }, 1600);
  }

  function copyOldWay(text) {  // plain http on a name other than localhost has no clipboard interface
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "sr";
    const focused = document.activeElement;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (focused) focused.focus();
    return done;
  }

  // ---- theme ------------------------------------------------------------------------------------------------
  const THEMES = { light: ["dark", "sun"], dark: ["auto", "moon"], auto: ["light", "brightness-auto"] };

  function chooseTheme(form) {
    const theme = form.elements.theme.value;
    const dark = theme === "dark" || (theme === "auto" && window.matchMedia("(prefers-color-scheme: dark)").matches);
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = "theme=" + theme + "; path=/; max-age=31536000; samesite=lax" + secure;
    document.documentElement.setAttribute("data-bs-theme", dark ? "dark" : "light");
    document.querySelectorAll("[data-theme-form]").forEach((one) => {
      const button = one.querySelector("button");
      one.elements.theme.value = THEMES[theme][0];
      button.setAttribute("aria-label", "Theme: " + theme + ". Change to " + THEMES[theme][0]);
      button.title = "Theme: " + theme;
      button.replaceChildren(icon(THEMES[theme][1]));
    });
    say("Theme: " + theme);
  }

  // ---- forms ------------------------------------------------------------------------------------------------
  function release() {
    document.querySelectorAll("[data-sent]").forEach((button) => { button.disabled = false; delete button.dataset.sent; });
  }

  on("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-theme-form]")) { event.preventDefault(); return chooseTheme(form); }
    if (form.method !== "post") return;
    const button = event.submitter || form.querySelector("button[type=submit]");
    window.setTimeout(() => {  // after the browser has collected the fields, so that the button's own value is sent
      if (!button || (event.defaultPrevented && !form.matches("[hx-post]"))) return;
      button.disabled = true;
      button.dataset.sent = "";
      window.setTimeout(release, 10000);  // an answer that is a download leaves the page as it is
    }, 0);
  });
  window.addEventListener("pageshow", release);
  on("htmx:afterRequest", release);

  function focusErrors(root) {
    const summary = root.querySelector("[data-focus]");
    if (summary) summary.focus();
  }

  // ---- htmx -------------------------------------------------------------------------------------------------
  const quiet = (event) => event.detail.elt && event.detail.elt.closest("[data-live]") === event.detail.elt;
  on("htmx:afterSwap", (event) => { if (event.detail.xhr && event.detail.xhr.status === 422) focusErrors(document); });
  on("htmx:responseError", (event) => {
    if (quiet(event)) return;
    const status = event.detail.xhr.status;
    const id = event.detail.xhr.getResponseHeader("X-Request-Id");
    const words = { 403: "You do not have the right to do this.", 404: "This is no longer here.", 429: "Too many tries. Wait a minute and try again." };
    toast((words[status] || "This did not work, and nothing was changed. Try again.") + (id ? " Request " + id + "." : ""), "bad");
  });
  on("htmx:sendError", (event) => { if (!quiet(event)) toast("The server could not be reached. Nothing was changed; try again.", "bad"); });
  on("htmx:timeout", (event) => { if (!quiet(event)) toast("The server did not answer in time. Load the page again to see what was saved.", "bad"); });
  let wanted = null;  // where an answer sends the focus, and again when a region drawn anew right after has dropped it
  function refocus() {
    const elt = wanted && wanted.until > Date.now() && byId(wanted.id);
    if (elt && (!document.activeElement || document.activeElement === document.body)) elt.focus();
  }
  on("focus-on", (event) => {
    wanted = { id: event.detail.id, until: Date.now() + 3000 };
    if (byId(wanted.id)) byId(wanted.id).focus();
  });
  on("htmx:afterSettle", refocus);
  on("toast", (event) => toast(event.detail.text || event.detail.value, event.detail.tone));

  // ---- clicks -----------------------------------------------------------------------------------------------
  on("click", (event) => {
    const hit = (selector) => event.target.closest(selector);
    if (hit("[data-copy], [data-copy-text]")) copy(hit("[data-copy], [data-copy-text]"));
    else if (hit("[data-close]")) hit("[data-toast]").remove();
    else if (hit("[data-keys-open]")) byId("keys").showModal();
    document.querySelectorAll("details.drop[open], [data-menu][open]").forEach((open) => { if (!open.contains(event.target)) open.open = false; });
  });

  // ---- what a browser remembers: a box that stays as it was ticked last ---------------------------------------
  function recall() {
    document.querySelectorAll("[data-remember]").forEach((box) => {
      let kept = null;
      try { kept = window.localStorage.getItem("keep-" + box.dataset.remember); } catch (blocked) { return; }
      if (kept) box.checked = box.defaultChecked = kept === "on";  // as if the server had said so: nothing was typed here
    });
  }
  on("change", (event) => {
    const name = event.target.dataset.remember;
    if (!name) return;
    try { window.localStorage.setItem("keep-" + name, event.target.checked ? "on" : "off"); } catch (blocked) { return; }
    recall();
  });
  on("htmx:afterSettle", recall);

  // ---- start ------------------------------------------------------------------------------------------------
  on("DOMContentLoaded", () => {
    recall();
    document.querySelectorAll("[data-toast]").forEach((box) => fade(box, box.getAttribute("role") === "alert"));
    focusErrors(document);
  });
})();
