// The film strip of the session page: a click shows that picture in the stage. Zoom, turn and keys are in app.js.
// Without this file each picture of the strip opens in a new tab.
"use strict";
(function () {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-viewer] .film a[data-picture]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(link.closest("[data-viewer]"), link);
  });

  function show(viewer, link) {
    const thumb = link.querySelector("img"), image = viewer.querySelector(".canvas img");
    const id = link.dataset.picture;
    viewer.querySelectorAll(".film a").forEach((other) => other.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
    viewer.querySelectorAll("[data-of]").forEach((part) => { part.hidden = part.dataset.of !== id; });
    if (!image) return;
    image.parentElement.hidden = !thumb;
    if (!thumb) return;
    image.src = link.href;
    image.alt = link.dataset.alt;
    image.width = thumb.getAttribute("width");
    image.height = thumb.getAttribute("height");
    viewer.querySelector("[data-newtab]").href = link.href;
  }
})();
