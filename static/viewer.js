// The pictures of the session page: film strip, zoom, turn, light, two side by side, loupe. Keys are in keys.js, which presses the buttons.
// Classes only, no inline style. Without this file each picture of the strip opens in a new tab.
"use strict";
(function () {
  const STEPS = { zoom: ["fit", "100", "200"], rot: ["0", "90", "180", "270"], bright: ["0", "1", "2", "3"] };
  const MOVES = { in: ["zoom", 1], out: ["zoom", -1], rotate: ["rot", 1], brightness: ["bright", 1] };
  const all = (selector, root) => [...root.querySelectorAll(selector)];
  const viewerOf = (elt) => elt.closest("[data-viewer]");
  const stageOf = (viewer) => viewer.querySelector(".stage");
  const panes = (viewer) => all("[data-pane]", viewer).filter((pane) => !pane.hidden);
  const active = (viewer) => panes(viewer).find((pane) => pane.classList.contains("active")) || panes(viewer)[0];
  const canvasOf = (pane) => pane.querySelector(".canvas");

  // ---- which picture stands where ---------------------------------------------------------------------------
  function show(viewer, pane, id) {
    const link = viewer.querySelector('.film a[data-picture="' + CSS.escape(id) + '"]');
    const small = link.querySelector("img"), large = pane.querySelector("img"), pick = pane.querySelector("[data-pick]");
    pane.dataset.shows = id;
    ["width", "height"].forEach((side) => large.setAttribute(side, small.getAttribute(side)));
    large.src = link.href;
    large.alt = link.dataset.alt;
    if (pick) pick.value = id;
    tell(viewer);
  }

  function tell(viewer) {  // captions, strip and the way to a tab of its own follow what is shown
    const shown = panes(viewer).map((pane) => pane.dataset.shows), now = active(viewer).dataset.shows;
    all("[data-of]", viewer).forEach((caption) => { caption.hidden = !shown.includes(caption.dataset.of); });
    all(".film a", viewer).forEach((link) => {
      if (link.dataset.picture === now) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      if (link.dataset.picture === now) viewer.querySelector("[data-newtab]").href = link.href;
    });
    drawLenses(viewer);
  }

  function activate(viewer, pane) {
    all("[data-pane]", viewer).forEach((one) => one.classList.toggle("active", one === pane));
    tell(viewer);
  }

  function turn(viewer, move) {
    const strip = all(".film a", viewer), pane = active(viewer);
    const now = strip.findIndex((link) => link.dataset.picture === pane.dataset.shows);
    show(viewer, pane, strip[(now + move + strip.length) % strip.length].dataset.picture);
  }

  function sideBySide(viewer, on) {
    const second = all("[data-pane]", viewer)[1];
    if (!second) return;
    second.hidden = !on;
    stageOf(viewer).classList.toggle("beside", on);
    press(viewer, "two", on);
    activate(viewer, panes(viewer)[0]);
  }

  function compare(viewer, ids) {  // asked for by the face block: these two, and nothing turned or lit
    sideBySide(viewer, true);
    panes(viewer).forEach((pane, place) => show(viewer, pane, ids[place]));
    viewer.scrollIntoView({ block: "center" });
    canvasOf(panes(viewer)[0]).focus({ preventScroll: true });
  }

  // ---- zoom, turn, light: the same for both -----------------------------------------------------------------
  function press(viewer, act, on) {
    const button = viewer.querySelector('[data-act="' + act + '"]');
    if (button) button.setAttribute("aria-pressed", String(on));
  }

  function step(viewer, kind, asked) {
    const stage = stageOf(viewer), steps = STEPS[kind];
    const now = Math.max(0, steps.findIndex((value) => stage.classList.contains(kind + "-" + value)));
    const next = kind === "zoom" ? Math.min(steps.length - 1, Math.max(0, now + asked)) : (now + asked + steps.length) % steps.length;
    const value = typeof asked === "number" ? steps[next] : asked;
    steps.forEach((one) => stage.classList.toggle(kind + "-" + one, one === value));
    if (kind === "zoom") steps.forEach((one) => press(viewer, one, one === value));
    panes(viewer).map(canvasOf).forEach((canvas) => canvas.scrollTo((canvas.scrollWidth - canvas.clientWidth) / 2, (canvas.scrollHeight - canvas.clientHeight) / 2));
    drawLenses(viewer);
  }

  // ---- loupe: one for each picture, so that the same feature can be held against itself --------------------
  const LARGER = 2.5, REACH = 90, STEP = 0.02, MIDDLE = { x: 0.5, y: 0.5 };
  const places = new WeakMap();  // pane -> the middle of its lens, as parts of the picture's width and height as it stands

  function lensOn(viewer, on) {
    stageOf(viewer).classList.toggle("loupe", on);
    press(viewer, "loupe", on);
    if (on) canvasOf(active(viewer)).focus({ preventScroll: true });
    drawLenses(viewer);
  }

  function drawLenses(viewer) {
    const stage = stageOf(viewer), on = stage.classList.contains("loupe");
    const turned = Number(STEPS.rot.find((value) => stage.classList.contains("rot-" + value)) || 0);
    panes(viewer).forEach((pane) => {
      const lens = pane.querySelector(".lens"), picture = pane.querySelector(".canvas img");
      lens.width = lens.height = 0;
      if (on && picture.complete && picture.naturalWidth) draw(lens, picture, turned, places.get(pane) || MIDDLE);
    });
  }

  function draw(lens, picture, turned, at) {
    const frame = lens.parentElement.getBoundingClientRect(), box = picture.getBoundingClientRect();
    const fine = window.devicePixelRatio || 1, brush = lens.getContext("2d");
    const x = box.left - frame.left + at.x * box.width, y = box.top - frame.top + at.y * box.height;
    const [width, height] = turned % 180 ? [box.height, box.width] : [box.width, box.height];
    lens.width = frame.width * fine;
    lens.height = frame.height * fine;
    brush.scale(fine, fine);
    brush.beginPath();
    brush.arc(x, y, REACH, 0, 2 * Math.PI);
    brush.save();
    brush.clip();
    brush.fillStyle = "#fff";
    brush.fill();
    brush.translate(x + LARGER * (0.5 - at.x) * box.width, y + LARGER * (0.5 - at.y) * box.height);
    brush.rotate((turned * Math.PI) / 180);
    brush.drawImage(picture, (-LARGER * width) / 2, (-LARGER * height) / 2, LARGER * width, LARGER * height);
    brush.restore();
    brush.lineWidth = 2;
    brush.strokeStyle = "#444";
    brush.stroke();
  }

  function lookAt(canvas, x, y) {
    places.set(canvas.closest("[data-pane]"), { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) });
    drawLenses(viewerOf(canvas));
  }

  function moveLens(canvas, right, down) {  // by keys: what is looked at stays in sight when the picture is enlarged
    const at = places.get(canvas.closest("[data-pane]")) || MIDDLE, box = canvas.querySelector("img").getBoundingClientRect();
    if (canvas.scrollWidth > canvas.clientWidth) canvas.scrollLeft += right * box.width;
    if (canvas.scrollHeight > canvas.clientHeight) canvas.scrollTop += down * box.height;
    lookAt(canvas, at.x + right, at.y + down);
  }

  // ---- what the person does ---------------------------------------------------------------------------------
  function act(viewer, name) {
    const stage = stageOf(viewer);
    if (name === "next" || name === "previous") turn(viewer, name === "next" ? 1 : -1);
    else if (name === "two") sideBySide(viewer, !stage.classList.contains("beside"));
    else if (name === "loupe") lensOn(viewer, !stage.classList.contains("loupe"));
    else if (MOVES[name]) step(viewer, ...MOVES[name]);
    else step(viewer, "zoom", name);
  }

  document.addEventListener("click", (event) => {
    const hit = (selector) => event.target.closest(selector);
    const link = hit("[data-viewer] .film a"), button = hit("[data-viewer] [data-act]"), both = hit("[data-compare]");
    if (button) return act(viewerOf(button), button.dataset.act);
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const viewer = link ? viewerOf(link) : document.querySelector("[data-viewer]");
    if (link) show(viewer, active(viewer), link.dataset.picture);
    else if (both && viewer) compare(viewer, both.dataset.compare.split(" "));
    else return;
    event.preventDefault();
  });
  document.addEventListener("change", (event) => {
    const pick = event.target.closest("[data-pick]");
    if (pick) show(viewerOf(pick), pick.closest("[data-pane]"), pick.value);
  });
  ["pointerdown", "focusin"].forEach((type) => document.addEventListener(type, (event) => {
    const pane = event.target.closest && event.target.closest("[data-pane]");
    if (pane && active(viewerOf(pane)) !== pane) activate(viewerOf(pane), pane);
  }));
  document.addEventListener("scroll", (event) => {
    if (event.target.closest && event.target.closest(".stage.loupe .canvas")) drawLenses(viewerOf(event.target));
  }, true);
  document.addEventListener("load", (event) => {  // a picture that was still on its way
    if (event.target.closest && event.target.closest(".stage.loupe .canvas")) drawLenses(viewerOf(event.target));
  }, true);
  document.addEventListener("pointermove", (event) => {
    const canvas = event.target.closest && event.target.closest(".stage.loupe .canvas");
    if (!canvas) return;
    const box = canvas.querySelector("img").getBoundingClientRect();
    lookAt(canvas, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  });
  document.addEventListener("keydown", (event) => {
    const canvas = event.target.closest && event.target.closest(".stage.loupe .canvas");
    if (!canvas || event.ctrlKey || event.metaKey || event.altKey) return;
    const move = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    if (move) moveLens(canvas, ...move);
    else if (event.key === "Escape") lensOn(viewerOf(canvas), false);
    else return;
    event.preventDefault();
  });
  document.addEventListener("htmx:afterSettle", () => all("[data-viewer] .stage.loupe", document).forEach((stage) => drawLenses(viewerOf(stage))));
})();
