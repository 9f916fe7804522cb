// The signature pad: draws with pen, finger or mouse, and puts the picture into the form when it is sent.
const pad = document.querySelector("[data-pad]");
if (pad) {
  const canvas = pad.querySelector("canvas");
  const field = pad.querySelector("[name=drawing]");
  const pen = canvas.getContext("2d");
  let drawn = false;
  let drawing = false;

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };
  const draw = (event) => {
    if (!drawing) return;
    pen.lineTo(...at(event));
    pen.stroke();
    drawn = true;
  };

  pad.hidden = false;
  Object.assign(pen, { lineWidth: 5, lineCap: "round", lineJoin: "round", strokeStyle: "#10233f" });
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", draw);
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { drawing = false; });
  pad.querySelector("[data-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    drawn = false;
  });
  canvas.closest("form").addEventListener("submit", () => {
    field.value = drawn ? canvas.toDataURL("image/png") : "";
  });
}
