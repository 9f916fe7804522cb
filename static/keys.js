// The keys of the console (WCAG 2.1.4: they can be switched off, and do nothing while somebody types). A key moves, opens or
// chooses; none decides by itself: Ctrl+Enter sends the form that is open. Every page works without this file.
"use strict";
(function () {
  const all = (selector, root) => [...(root || document).querySelectorAll(selector)];
  const one = (selector, root) => (root || document).querySelector(selector);
  const on = (type, handler) => document.addEventListener(type, handler);
  const FIELDS = "input:not([type=hidden]), textarea, select";
  const GO = { q: "/review", s: "/sessions", l: "/links", m: "/matches", o: "/" };
  const GO_WITHIN_MS = 1500;

  const keysOn = () => { try { return window.localStorage.getItem("keys") !== "off"; } catch (blocked) { return true; } };
  const shown = (elt) => elt && elt.getClientRects().length > 0;
  const typing = (elt) => Boolean(elt.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog[open]"));

  // ---- moving -----------------------------------------------------------------------------------------------
  function goTo(elt) {
    if (!elt) return false;
    if (elt.tabIndex < 0 && !elt.hasAttribute("tabindex")) elt.tabIndex = -1;
    elt.focus({ preventScroll: true });
    elt.scrollIntoView({ block: elt.matches(".rows .name") ? "nearest" : "start" });
    return true;
  }

  function step(by) {  // rows of a list; on a session's page its blocks, and the hits inside theirs
    const rows = all("main .rows .name");
    const places = rows.length ? rows : all(".evidence > .block, .evidence .hit").filter(shown);
    const here = places.reduce((found, elt, index) => (elt.contains(document.activeElement) ? index : found), -1);
    return goTo(places[Math.min(places.length - 1, Math.max(0, here + by))]);
  }

  function block(number) {
    const blocks = all(".evidence > .block");
    const lettered = blocks.find((elt) => { const letter = one(".letter", elt); return letter && letter.textContent.trim() === "ABCDEFGH"[number - 1]; });
    return goTo(lettered || (one(".evidence > .block .letter") ? null : blocks[number - 1]));
  }

  function firstOpenHit() { return goTo(one(".hit[data-open]") || one("#aml")); }

  // ---- opening and choosing ---------------------------------------------------------------------------------
  function press(elt) {  // a form that opens is ready to be filled in; anything else is clicked
    if (!elt.matches("summary")) { elt.click(); return; }
    elt.parentElement.open = true;
    const field = all(FIELDS, elt.parentElement).find(shown) || one("button[type=submit]", elt.parentElement);
    (field || elt).focus();
  }

  function choose(key) {  // a verdict on the hit in focus: chosen, never saved
    const hit = document.activeElement.closest(".hit");
    const choice = hit && one('[data-key-hit="' + key + '"]', hit);
    if (!choice) return false;
    for (let box = choice.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    choice.click();
    choice.focus();
    return true;
  }

  function open() {
    const elt = document.activeElement;
    if (elt.matches("main a, main summary")) { elt.click(); return true; }
    const summary = elt.matches(".hit, .block") && one("summary", elt);
    if (summary) press(summary);
    return Boolean(summary);
  }

  function openForm() {
    const near = document.activeElement.closest("main form[method=post]");
    return near || all("main details[open] form[method=post]").find(shown);
  }

  function send() {
    const form = openForm();
    const button = form && all("button[type=submit]", form).filter(shown).pop();
    if (button) form.requestSubmit(button);
    return Boolean(button);
  }

  // ---- leaving ----------------------------------------------------------------------------------------------
  const changed = (elt) => (elt.matches("[type=checkbox], [type=radio]") ? elt.checked !== elt.defaultChecked
    : elt.matches("select") ? [...elt.options].some((option) => option.selected !== option.defaultSelected) && elt.selectedIndex > 0
      : elt.value !== elt.defaultValue);

  function leave(event) {
    if (one("[data-act=loupe][aria-pressed=true]")) return false;  // viewer.js puts the loupe away
    const box = event.target.closest("main details[open]") || all("main details[name=step][open], main #step-note[open], main details.drop[open]").pop();
    if (box && !box.matches(".evidence > details")) {
      box.open = false;
      one("summary", box).focus();
      return true;
    }
    if (typing(event.target)) { event.target.blur(); return true; }
    const back = one("main .crumb a");
    if (!back || all("main form[method=post] :is(" + FIELDS + ")").some(changed)) return false;  // what was typed is not thrown away
    back.click();
    return true;
  }

  // ---- copying ----------------------------------------------------------------------------------------------
  function copyId() {
    const found = location.pathname.match(/^\/sessions\/(\d+)$/);
    if (!found) return false;
    const button = document.createElement("button");  // app.js copies what a button says
    button.type = "button";
    button.hidden = true;
    button.dataset.copyText = found[1];
    document.body.append(button);
    button.click();
    button.remove();
    window.vouchdesk.toast("The session’s number, " + found[1] + ", is copied.");
    return true;
  }

  // ---- which key does what ----------------------------------------------------------------------------------
  const KEYS = {
    "/": () => goTo(one("input[type=search]")),
    "?": () => { const list = one("#keys"); if (list) list.showModal(); return Boolean(list); },
    j: () => step(1), k: () => step(-1), o: open, h: firstOpenHit, ".": copyId,
    y: () => choose("y"), u: () => choose("u"), i: () => choose("i"),
    w: () => goTo(one("#here")), f: () => goTo(one("#face")), m: () => goTo(one("#note")),
  };
  let going = 0;  // until when the second key of "g q" is waited for

  function go(key) {
    const link = GO[key] && all('.side a[href="' + GO[key] + '"]').pop();
    if (link) link.click();
    return Boolean(link);
  }

  function act(event) {
    const key = event.key;
    if (Date.now() < going) { going = 0; if (go(key)) return true; }
    if (key === "g") { going = Date.now() + GO_WITHIN_MS; return true; }
    if (/^[1-8]$/.test(key)) return block(Number(key));
    const quoted = '[data-key="' + CSS.escape(key) + '"]';
    const button = one("main " + quoted) || one(quoted);
    if (button) { press(button); return true; }
    return KEYS[key] ? KEYS[key]() : false;
  }

  on("keydown", (event) => {
    const menu = event.key === "Escape" && one(".topbar [data-menu][open], .side [data-menu][open]");
    if (menu) { menu.open = false; one("summary", menu).focus(); return; }
    if (!keysOn() || event.defaultPrevented || event.isComposing || one("dialog[open]")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { if (send()) event.preventDefault(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { if (leave(event)) event.preventDefault(); return; }
    if (!typing(event.target) && act(event)) event.preventDefault();
  });
  on("change", (event) => { if (event.target.matches("[data-keys-switch]")) window.localStorage.setItem("keys", event.target.checked ? "on" : "off"); });
  on("DOMContentLoaded", () => {
    const keysSwitch = one("[data-keys-switch]");
    if (keysSwitch) keysSwitch.checked = keysOn();
  });
})();
