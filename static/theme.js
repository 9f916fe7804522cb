// Runs before the first paint: with the theme on "auto", tells Tabler what the system asks for, and follows it when it changes.
"use strict";
(function () {
  var root = document.documentElement;
  root.classList.add("js");
  if (root.hasAttribute("data-bs-theme")) return;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function follow() { root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light"); }
  follow();
  dark.addEventListener("change", follow);
})();
