// The ring fills while the person holds still, then the form is sent; without this script it is sent at once.
const form = document.querySelector("#step");
const words = document.querySelector("[data-holding]");
const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const HOLD = 1300;

form.addEventListener("submit", (event) => {
  if (still) return;
  event.preventDefault();
  form.querySelector("button").disabled = true;
  words.textContent = words.dataset.holding;
  document.body.classList.add("holding");
  setTimeout(() => form.submit(), HOLD);
});
// Back from the next page: the browser may show this one as it was left.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
