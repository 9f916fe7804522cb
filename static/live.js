// Live pages: keeps what people typed, opened and focused while a region is morphed; says what changed;
// falls back to polling when no stream can be had; tells when the page no longer updates or the session ended.
"use strict";
(function () {
  if (!window.htmx || !window.Idiomorph) return;
  const POLL_MS = 3000, FRESH_MS = 8000;
  const all = (selector, root) => [...(root || document).querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const isRegion = (elt) => elt instanceof Element && elt.hasAttribute("data-live");

  // ---- morph: what the person did wins over what the server sends -------------------------------------------
  const seen = new WeakMap();  // region -> version token shown. Not kept in the attribute: htmx would set the region up anew at each change of one.

  let byEvent = false;  // true while the swap in hand was asked for by an event, not by the person

  function touched(node) {
    if (node.matches("input[type=checkbox], input[type=radio]")) return node.checked !== node.defaultChecked;
    if (node.matches("input:not([type=hidden]), textarea")) return node.value !== node.defaultValue;
    if (node.matches("select")) {
      const marked = [...node.options].some((option) => option.defaultSelected);
      return marked ? [...node.options].some((option) => option.selected !== option.defaultSelected) : node.selectedIndex > 0;
    }
    return false;
  }

  // A form that somebody is filling in stays as it is, whole: half of it new and half of it old would be sent as one.
  const fields = (form) => all("input:not([type=hidden]), textarea, select", form);
  const focused = (form) => form.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
  const held = (form) => fields(form).some(touched) || (focused(form) && !ours());
  let oursUntil = 0;  // what the person has just sent himself is no news to him
  const ours = () => Date.now() < oursUntil;

  function hold(form) {
    if (ours() || form.querySelector(".changed")) return;
    const box = document.createElement("p");
    box.className = "note changed";
    box.setAttribute("role", "status");
    const words = document.createElement("span"), link = document.createElement("a");
    link.href = location.pathname + location.search;
    link.textContent = "load it again";
    words.append("This session changed; ", link, ". What you typed stays until you do.");
    const mark = document.createElement("span");
    mark.setAttribute("aria-hidden", "true");
    mark.textContent = "!";
    box.append(mark, words);
    form.prepend(box);
  }

  const kept = (node) => byEvent && node instanceof Element
    && all("form[method=post]", node).concat(node.matches("form[method=post]") ? [node] : []).filter(held);

  Idiomorph.defaults.ignoreActiveValue = true;
  Idiomorph.defaults.callbacks.beforeNodeMorphed = (old, fresh) => {
    if (!(old instanceof Element)) return true;
    if (isRegion(old) && isRegion(fresh)) seen.set(old, fresh.dataset.seen || "");
    if (byEvent && old.matches("form[method=post]") && held(old)) { hold(old); return false; }
    return !(byEvent && touched(old));
  };
  Idiomorph.defaults.callbacks.beforeNodeRemoved = (node) => {
    const forms = kept(node);
    if (!forms || !forms.length) return true;
    forms.forEach(hold);
    return false;
  };
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) => {
    if (name === "open" && node.matches("details, dialog")) return false;
    if (isRegion(node) && (name === "data-seen" || name === "class")) return false;
    return !(node.dataset.keep || "").split(" ").includes(name);
  };

  // htmx sets an element up anew, and the stream would call it twice, when its attributes differ from the first time.
  // After a morph it looks while the settling class is on; so the first time must have it on too.
  all("[data-live]").forEach((region) => region.classList.add(window.htmx.config.settlingClass));

  // ---- requests of a region ---------------------------------------------------------------------------------
  document.addEventListener("htmx:configRequest", (event) => {
    const elt = event.detail.elt;
    if (!isRegion(elt)) return;
    event.detail.headers["X-Seen"] = seen.has(elt) ? seen.get(elt) : elt.dataset.seen || "";
    const cause = event.detail.triggeringEvent;
    if (cause && cause.type === "vd:poll") event.detail.headers["X-Poll"] = "1";
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (!isRegion(event.detail.elt)) return;
    const xhr = event.detail.xhr;
    if (xhr.status === 401 || xhr.getResponseHeader("HX-Redirect")) { event.preventDefault(); signedOut(); return; }
    if (xhr.status < 500) good();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const detail = event.detail;
    byEvent = isRegion(detail.elt);
    if (!byEvent && detail.requestConfig && detail.requestConfig.verb === "post" && detail.xhr.status < 400) oursUntil = Date.now() + 2000;
    if (!byEvent) return;
    if (detail.xhr.status === 286) final.add(detail.elt);
    if (!detail.xhr.responseText.trim()) detail.shouldSwap = false;
    if (detail.shouldSwap) before.set(detail.elt.id, versions(detail.elt));
  });
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach((name) => document.addEventListener(name, (event) => {
    if (isRegion(event.detail.elt)) stale();
  }));

  // ---- what changed -----------------------------------------------------------------------------------------
  const before = new Map(), freshUntil = new Map(), final = new WeakSet();

  function versions(region) {
    return new Map(all("[data-version][id]", region).concat(region.matches("[data-version]") ? [region] : []).map((elt) => [elt.id, elt.dataset.version]));
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    const id = event.detail.elt && event.detail.elt.id;
    const old = before.get(id), region = document.getElementById(id);
    if (!old || !region) return;
    before.delete(id);
    const changed = [...versions(region)].filter(([key, version]) => old.get(key) !== version).map(([key]) => document.getElementById(key));
    changed.forEach((elt) => freshUntil.set(elt.id, Date.now() + FRESH_MS));
    paintFresh();
    announce(changed.filter((elt) => elt.dataset.label));
  });

  function paintFresh() {
    freshUntil.forEach((until, id) => {
      const elt = document.getElementById(id);
      const still = until > Date.now();
      if (elt) elt.classList.toggle("fresh", still);
      if (!still) freshUntil.delete(id);
    });
    if (freshUntil.size) window.setTimeout(paintFresh, 1000);
  }

  function announce(changed) {
    if (!changed.length) return;
    const words = changed.slice(0, 3).map((elt) => elt.dataset.label + (elt.dataset.status ? ": " + elt.dataset.status : ""));
    if (changed.length > 3) words.push("and " + (changed.length - 3) + " more");
    window.vouchdesk.say(words.join(". "));
  }

  // ---- stream, polling, stale -------------------------------------------------------------------------------
  let mode = "waiting", timer = null, lastGood = new Date(), ended = false;
  const WORDS = { live: "Live", polling: "Checking every 3 s", stale: "Not updating", waiting: "Connecting" };

  function show(next) {
    mode = next;
    all("[data-live-word]").forEach((elt) => {
      elt.dataset.state = next;
      elt.lastElementChild.textContent = WORDS[next];
    });
    const bar = one("#stale");
    if (bar && !ended) bar.hidden = next !== "stale";
  }
  function good() {
    lastGood = new Date();
    if (mode === "stale") show("polling");
  }
  function stale() {
    const bar = one("#stale");
    if (ended || !bar || mode === "stale") return;
    bar.querySelector("[data-stale-title]").textContent = "Not updating since " + lastGood.toISOString().slice(11, 16) + " UTC.";
    bar.querySelector("[data-stale-text]").textContent = "What you see may be old. Trying again every few seconds.";
    show("stale");
    startPolling();
  }
  function signedOut() {
    const bar = one("#stale");
    if (ended || !bar) return;
    ended = true;
    stopPolling();
    bar.querySelector("[data-stale-title]").textContent = "You are signed out.";
    bar.querySelector("[data-stale-text]").textContent = "This page no longer updates. What you typed is still here; sign in again in a new tab before you send it.";
    bar.querySelector("[data-stale-retry]").hidden = true;
    const link = bar.querySelector("[data-stale-signin]");
    link.hidden = false;
    link.href = "/sign-in?next=" + encodeURIComponent(location.pathname + location.search);
    show("stale");
    bar.hidden = false;
  }
  function poll() {
    if (ended || document.hidden) return;
    all("[data-live]").forEach((region) => { if (!final.has(region)) window.htmx.trigger(region, "vd:poll"); });
  }
  function startPolling() { if (!timer && !ended) timer = window.setInterval(poll, POLL_MS); }
  function stopPolling() { window.clearInterval(timer); timer = null; }

  // The sidebar's figures follow every stream; a page that has none of its own opens one for them.
  let counting = null;
  const count = () => { const region = one("#counts"); if (region && !document.hidden) window.htmx.trigger(region, "vd:counts"); };
  function countSoon() {
    window.clearTimeout(counting);
    window.setTimeout(count, 300);
    counting = window.setTimeout(count, 1500);  // the server tells once a second at most: what came right after is in this one
  }
  function follow(source) {
    source.addEventListener("signed-out", () => { source.close(); signedOut(); });
    source.addEventListener("counts", countSoon);
  }
  document.addEventListener("visibilitychange", count);
  document.addEventListener("DOMContentLoaded", () => {
    if (!one("#counts") || one("[sse-connect]")) return;
    const source = new EventSource("/live");
    follow(source);
    source.addEventListener("error", () => {  // none to be had: ask now and then
      if (source.readyState === EventSource.CLOSED) window.setInterval(count, 30000);
    });
    window.addEventListener("pagehide", () => source.close());
  });

  // What came of a file is told once, in the tab that hears of it first, and not on the file's own page.
  const TOLD = "told-files";
  let told = null;
  function remembered() {
    try { return JSON.parse(window.localStorage.getItem(TOLD) || "[]"); } catch (blocked) { return null; }
  }
  function tellNews() {
    if (!navigator.locks) { tellNow(); return; }  // a browser has them only over https, or at the machine itself
    navigator.locks.request(TOLD, () => tellNow() && new Promise((over) => setTimeout(over, 200)));  // until other windows can read it
  }
  function tellNow() {
    if (document.hidden) return false;
    const news = all("#counts [data-news]"), kept = remembered();
    const before = new Set(kept || told || news.map((link) => link.dataset.news));  // nothing can be kept: only what comes from now on
    const fresh = news.filter((link) => !before.has(link.dataset.news));
    told = news.map((link) => link.dataset.news);
    if (!fresh.length) return false;
    try { window.localStorage.setItem(TOLD, JSON.stringify([...before, ...fresh.map((link) => link.dataset.news)].slice(-200))); } catch (blocked) { /* told says it */ }
    fresh.filter((link) => link.pathname !== location.pathname).slice(-3).forEach((link) => {
      const bad = "bad" in link.dataset;
      window.vouchdesk.toast(link.textContent, bad ? "bad" : "ok", { href: link.href, words: bad ? "See why" : "Open it" });
    });
    return true;
  }
  document.addEventListener("DOMContentLoaded", tellNews);
  document.addEventListener("visibilitychange", tellNews);
  document.addEventListener("htmx:afterSwap", tellNews);

  document.addEventListener("htmx:sseOpen", (event) => {
    if (ended) return event.detail.source.close();
    stopPolling();
    lastGood = new Date();
    show("live");
    poll();  // what changed between drawing the page and opening the stream; 204 when nothing did
    follow(event.detail.source);
  });
  document.addEventListener("htmx:sseMessage", () => { lastGood = new Date(); });
  document.addEventListener("htmx:sseError", () => {
    if (ended) return;
    if (mode !== "stale") show("polling");
    poll();  // tells "the streams are used up" (answers) from "the server is away" (does not)
    startPolling();
  });
  document.addEventListener("htmx:sseClose", () => { if (mode === "live") show("waiting"); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && mode !== "live") poll(); });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-stale-retry]")) poll(); });

  // ---- times in words, kept as filters.when says them -------------------------------------------------------
  function duration(seconds) {
    const minutes = Math.round(seconds / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
    if (minutes < 60) return minutes + " min";
    if (hours < 24) return minutes % 60 && hours < 6 ? hours + " h " + (minutes % 60) + " min" : hours + " h";
    if (days < 60) return hours % 24 && days < 4 ? days + " d " + (hours % 24) + " h" : days + " d";
    return days < 730 ? Math.floor(days / 30) + " months" : Math.floor(days / 365) + " years";
  }
  function refreshTimes() {
    all("time[data-relative]").forEach((elt) => {
      const seconds = (Date.now() - Date.parse(elt.dateTime)) / 1000;
      const words = Math.abs(seconds) < 45 ? (seconds >= 0 ? "just now" : "in a moment") : seconds > 0 ? duration(seconds) + " ago" : "in " + duration(-seconds);
      if (elt.textContent !== words) elt.textContent = words;
    });
  }
  window.setInterval(refreshTimes, 30000);
})();
