// A picture with alternative text, and a status line (see Picture in picture.py).
function render({ model, el }) {
  const img = document.createElement("img");
  const line = document.createElement("p");
  const spoken = document.createElement("p");
  spoken.setAttribute("role", "status");
  spoken.className = "course-spoken";
  el.append(img, line, spoken);
  let timer = null, last = 0;
  // Where the server is on this computer, pictures come padded (see picture.py): the kernel cannot know.
  const near = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  if (model.get("near") !== near) {
    model.set("near", near);
    model.save_changes();
  }
  // As part of the address: browsers need several milliseconds more to fetch a blob.
  const picture = () => {
    const { buffer, byteOffset, byteLength } = model.get("png");
    const png = new Uint8Array(buffer, byteOffset, byteLength);
    let end = byteLength, text = "";
    if (!end) return; // no picture yet
    while (end && !png[end - 1]) end--; // zeros follow (see at_least_a_segment)
    for (let start = 0; start < end; start += 8192)  // spread (...) is ten times slower than apply
      text += String.fromCharCode.apply(null, png.subarray(start, Math.min(end, start + 8192)));
    img.src = "data:image/png;base64," + btoa(text);
  };
  // A page that has more than one pixel for each of CSS gets pictures with two. Its zoom can change that, and so can
  // another screen.
  let screen = null;
  const dense = () => {
    const density = devicePixelRatio > 1 ? 2 : 1;
    if (model.get("density") !== density) {
      model.set("density", density);
      model.save_changes();
    }
    screen?.removeEventListener("change", dense);
    screen = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    screen.addEventListener("change", dense);
  };
  dense();
  const words = () => { img.alt = model.get("alt"); };
  const speak = () => { last = Date.now(); spoken.textContent = line.textContent; };
  // Spoken when it comes to rest, and every five seconds while it does not.
  const status = () => {
    line.textContent = model.get("status");
    clearTimeout(timer);
    timer = setTimeout(speak, Math.max(0, Math.min(700, last + 5000 - Date.now())));
  };
  // Sliders of ipywidgets have no accessible name.
  const root = () => el.closest(".course-explorer") ?? el;
  const name = () => {
    for (const handle of root().querySelectorAll(".noUi-handle:not([aria-label])")) {
      const label = handle.closest(".jupyter-widgets").querySelector(".widget-label");
      if (label) handle.setAttribute("aria-label", label.textContent);
    }
  };
  // Jupyter's command mode takes arrow keys, Enter and letters from whatever has the focus; what
  // runs a cell or saves the notebook is left to it.
  const keys = ({ target, key, ctrlKey, metaKey, shiftKey }) => {
    if (!root().contains(target)) return;
    const theirs = ctrlKey || metaKey || (shiftKey && key === "Enter");
    target.toggleAttribute("data-lm-suppress-shortcuts", !theirs);
  };
  window.addEventListener("keydown", keys, true);
  const size = () => { img.style.width = model.get("width") + "px"; };
  const quiet = () => { img.className = "course-" + model.get("quiet"); };
  const events = [["png", picture], ["alt", words], ["status", status], ["width", size], ["quiet", quiet]];
  for (const [trait, f] of events) { model.on("change:" + trait, f); f(); }
  const timers = [0, 200, 1000, 3000].map((t) => setTimeout(name, t));
  return () => {
    for (const [trait, f] of events) model.off("change:" + trait, f);
    window.removeEventListener("keydown", keys, true);
    screen.removeEventListener("change", dense);
    for (const t of [...timers, timer]) clearTimeout(t);
  };
}
export default { render };
