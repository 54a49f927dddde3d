// What moves on the book's pages: the neuron of the first one, and trainings in pictures.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const make = (kind, attributes = {}, ...children) => {
  const one = document.createElement(kind);
  for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value);
  one.append(...children);
  return one;
};
const minus = (text) => text.replace("-", "−");

// --- one neuron: its answer σ(w x + b), the dots it should meet, the error, and gradient descent
const DOTS = [[-3, 0.06], [-2, 0.1], [-1, 0.13], [0, 0.3], [1, 0.72], [2, 0.9], [3, 0.94]];
const answer = (w, b, x) => 1 / (1 + Math.exp(-(w * x + b)));

function slope(w, b) {
  let E = 0, dw = 0, db = 0;
  for (const [x, y] of DOTS) {
    const a = answer(w, b, x), dz = (a - y) * a * (1 - a) / DOTS.length;
    E += (a - y) ** 2 / (2 * DOTS.length);
    dw += dz * x;
    db += dz;
  }
  return { E, dw, db };
}

function neuron(figure) {
  const svg = figure.querySelector("svg"), button = figure.querySelector("button");
  const [w, b] = figure.querySelectorAll("input");
  const left = 52, right = 590, top = 10, bottom = 240;
  const X = (x) => left + (x + 4) / 8 * (right - left);
  const Y = (y) => bottom - (y + 0.08) / 1.16 * (bottom - top);
  const draw = (kind, attributes, text) => {
    const one = document.createElementNS("http://www.w3.org/2000/svg", kind);
    for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value);
    if (text !== undefined) one.textContent = text;
    svg.append(one);
    return one;
  };
  draw("path", { d: `M${left} ${top}V${bottom}H${right}`, class: "axis" });
  for (const y of [0, 1]) {
    draw("path", { d: `M${left} ${Y(y)}H${right}`, class: "grid" });
    draw("text", { x: left - 8, y: Y(y) + 7, "text-anchor": "end" }, y);
  }
  for (let x = -4; x <= 4; x += 2) draw("text", { x: X(x), y: bottom + 23, "text-anchor": "middle" }, minus(`${x}`));
  draw("text", { x: (left + right) / 2, y: bottom + 46, "text-anchor": "middle" }, "input x");
  draw("text", { x: 18, y: (top + bottom) / 2, "text-anchor": "middle", transform: `rotate(-90 18 ${(top + bottom) / 2})` }, "answer a");
  const misses = DOTS.map(() => draw("path", { class: "miss" }));
  const curve = draw("path", { class: "curve" });
  for (const [x, y] of DOTS) draw("circle", { cx: X(x), cy: Y(y), r: 6, class: "dot" });
  const values = [...figure.querySelectorAll("label b")], error = figure.querySelector(".course-error");
  const spoken = figure.querySelector("[role=status]");
  let timer = null, exact = null, frame = null;

  function show(w0, b0) {
    const { E } = slope(w0, b0), words = E.toFixed(4);
    values[0].textContent = minus(w0.toFixed(2));
    values[1].textContent = minus(b0.toFixed(2));
    error.textContent = `error E = ${words}`;
    curve.setAttribute("d", "M" + Array.from({ length: 81 }, (_, k) => -4 + k / 10).map((x) => `${X(x)} ${Y(answer(w0, b0, x))}`).join("L"));
    DOTS.forEach(([x, y], k) => misses[k].setAttribute("d", `M${X(x)} ${Y(y)}V${Y(answer(w0, b0, x))}`));
    clearTimeout(timer);
    timer = setTimeout(() => {
      spoken.textContent = `w is ${w0.toFixed(2)}, b is ${b0.toFixed(2)}, the error E is ${words}.`;
      svg.setAttribute("aria-label", `Seven dots that rise from left to right, and the neuron's answer, a curve that ${w0 > 0 ? "rises" : w0 < 0 ? "falls" : "is level"}. The error E is ${words}.`);
    }, 500);
  }
  function stop() {
    cancelAnimationFrame(frame);
    frame = exact = null;
    button.textContent = "Learn";
  }
  function step() {
    const [w0, b0] = exact, { dw, db } = slope(w0, b0);
    exact = [w0 - 2 * dw, b0 - 2 * db];
    return Math.hypot(dw, db) > 2e-4;
  }
  function move() {
    let going = true;
    for (let k = 0; going && k < (calm.matches ? 20000 : 3); k++) going = step();
    [w.value, b.value] = exact;
    show(...exact);
    if (going && !calm.matches) frame = requestAnimationFrame(move);
    else stop();
  }
  for (const slider of [w, b]) slider.addEventListener("input", () => { stop(); show(+w.value, +b.value); });
  button.addEventListener("click", () => {
    if (frame) return stop();
    exact = [+w.value, +b.value];
    button.textContent = "Pause";
    move();
  });
  show(+w.value, +b.value);
}

// --- a training in pictures, one below the other in one file, which is fetched when it is first asked for
function player(box) {
  const { strip, name } = box.dataset, captions = JSON.parse(box.dataset.captions);
  const width = +box.dataset.width, height = +box.dataset.height, last = captions.length - 1;
  const button = make("button", { type: "button", class: "course-button" }, "Play");
  const range = make("input", { type: "range", min: 0, max: last, value: 0, step: 1, "aria-label": `${name}: picture` });
  const line = make("p", { class: "course-caption" });
  const view = make("div", { class: "course-view", role: "img", hidden: "", style: `aspect-ratio: ${width} / ${height}; max-width: ${width}px` });
  view.style.backgroundSize = `100% ${100 * captions.length}%`;
  let asked = false;
  // The stored picture of the explorer is the first of them: it makes room for the others.
  const still = box.previousElementSibling?.querySelector?.("img") ?? box.previousElementSibling;
  box.append(view, make("div", { class: "course-player-desk" }, button, range), line);
  let timer = null;
  function show(k) {
    if (!asked) {
      asked = true;
      const image = make("img", { src: strip });
      const ready = () => {
        view.style.backgroundImage = `url("${image.src}")`;
        still.hidden = true;
        view.hidden = false;
      };
      image.decode().then(ready, () => { asked = false; line.textContent = "The pictures could not be fetched."; stop(); });
    }
    range.value = k;
    view.style.backgroundPosition = `0 ${100 * k / last}%`;
    line.textContent = captions[k];
    view.setAttribute("aria-label", captions[k]);
    range.setAttribute("aria-valuetext", captions[k]);
  }
  function stop() {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
  }
  range.addEventListener("input", () => { stop(); show(+range.value); });
  button.addEventListener("click", () => {
    if (timer) return stop();
    button.textContent = "Pause";
    show(+range.value === last ? 0 : +range.value);
    timer = setInterval(() => (+range.value < last ? show(+range.value + 1) : stop()), 250);
  });
  line.textContent = `${name}, in ${captions.length} pictures.`;
}

document.querySelectorAll(".course-neuron").forEach(neuron);
document.querySelectorAll(".course-player").forEach(player);

// A formula wider than the page can be scrolled, by keyboard too.
const reach = new ResizeObserver((seen) => {
  for (const { target } of seen)
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
});
addEventListener("load", () => window.MathJax?.startup?.promise?.then(() => {
  for (const one of document.querySelectorAll('mjx-container[display="true"]')) reach.observe(one);
}));

// Paper cannot unfold what is folded.
addEventListener("beforeprint", () => {
  for (const one of document.querySelectorAll("details:not([open])")) {
    one.open = true;
    one.dataset.folded = "";
  }
});
addEventListener("afterprint", () => {
  for (const one of document.querySelectorAll("details[data-folded]")) {
    one.open = false;
    delete one.dataset.folded;
  }
});
