// The film strip of the session page: a click shows that picture in the stage. Zoom, turn and keys are in app.js.
// Without this file each picture of the strip opens in a new tab.
"use strict";
(function () {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-viewer] .film a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(link.closest("[data-viewer]"), link);
  });

  function show(viewer, link) {
    const small = link.querySelector("img"), large = viewer.querySelector(".canvas img");
    viewer.querySelectorAll(".film a").forEach((other) => other.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
    viewer.querySelectorAll("[data-of]").forEach((caption) => { caption.hidden = caption.dataset.of !== link.dataset.picture; });
    ["width", "height"].forEach((side) => large.setAttribute(side, small.getAttribute(side)));
    large.src = link.href;
    large.alt = link.dataset.alt;
    viewer.querySelector("[data-newtab]").href = link.href;
  }
})();
