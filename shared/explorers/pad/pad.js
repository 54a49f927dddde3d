// The drawing pad's face (see widget.py). Ink goes to Python as 140 x 140 bytes, answers come back.

const SIZE = 140; // points of `drawing`
const SHOWN = 280; // pixels of the canvas
const PEN = 22; // width of the pen, in pixels of the canvas
const STEP = SHOWN / 28; // an arrow key moves by one pixel of the network's image

const FACE = `
  <div class="left">
    <div class="paper">
      <canvas class="course-pad" width="${SHOWN}" height="${SHOWN}" tabindex="0" role="application"></canvas>
      <span class="cursor" aria-hidden="true"></span>
    </div>
    <div class="buttons">
      <button type="button" class="clear">Clear</button>
      <button type="button" class="predict">Predict</button>
    </div>
    <p class="help">Draw with mouse, finger or pen. With the keyboard: arrow keys move, Space or Enter puts the
      pen down and lifts it, Delete clears.</p>
  </div>
  <div class="right">
    <p class="message"></p>
    <table>
      <caption>Probability of each digit</caption>
      <tbody></tbody>
    </table>
  </div>
  <figure>
    <canvas class="seen" width="28" height="28" role="img"></canvas>
    <figcaption>What the network sees: 28 × 28 pixels, scaled and centred</figcaption>
  </figure>
  <p class="course-spoken" role="status"></p>`;

function render({ model, el }) {
  el.classList.add("course-pad-area");
  el.innerHTML = FACE;
  const find = (selector) => el.querySelector(selector);
  const pad = find(".course-pad"), ink = pad.getContext("2d", { willReadFrequently: true });
  const cursor = find(".cursor"), spoken = find(".course-spoken"), help = find(".help");
  help.id = `course-pad-help-${Math.random().toString(36).slice(2)}`;
  pad.setAttribute("aria-label", "Drawing pad");
  pad.setAttribute("aria-describedby", help.id);
  find(".seen").setAttribute("aria-label", "The 28 by 28 image that the network sees");
  const small = new OffscreenCanvas(SIZE, SIZE).getContext("2d", { willReadFrequently: true });

  const rows = [...Array(10).keys()].map((digit) => {
    const row = find("tbody").insertRow();
    row.innerHTML = `<th scope="row">${digit}</th><td class="bar" aria-hidden="true"><span></span></td><td class="number"></td>`;
    return row;
  });

  // -- ink ---------------------------------------------------------------------------------------
  const wipe = () => {
    ink.fillStyle = "#fff";
    ink.fillRect(0, 0, SHOWN, SHOWN);
  };
  const line = (a, b) => {
    ink.lineWidth = PEN;
    ink.lineCap = "round";
    ink.strokeStyle = "#000";
    ink.beginPath();
    ink.moveTo(...a);
    ink.lineTo(...b);
    ink.stroke();
  };
  const read = () => {
    small.drawImage(pad, 0, 0, SIZE, SIZE);
    const { data } = small.getImageData(0, 0, SIZE, SIZE);
    return Uint8Array.from({ length: SIZE * SIZE }, (_, i) => 255 - data[4 * i]);
  };
  let mine = null, timer = null, sent = 0;
  const send = () => {
    clearTimeout(timer);
    timer = null;
    sent = Date.now();
    mine = read();
    model.set("drawing", new DataView(mine.buffer));
    model.save_changes();
  };
  const soon = () => {
    timer ??= setTimeout(send, Math.max(0, sent + 100 - Date.now())); // at most ten a second
  };
  const drawing = () => {
    const bytes = model.get("drawing");
    if (bytes.byteLength !== SIZE * SIZE || bytes.buffer === mine?.buffer) return;
    const image = small.createImageData(SIZE, SIZE);
    for (let i = 0; i < SIZE * SIZE; i++) image.data.fill(255 - bytes.getUint8(i), 4 * i, 4 * i + 3);
    for (let i = 3; i < image.data.length; i += 4) image.data[i] = 255;
    small.putImageData(image, 0, 0);
    wipe();
    ink.drawImage(small.canvas, 0, 0, SHOWN, SHOWN);
  };

  // -- answers -----------------------------------------------------------------------------------
  let speaking = null;
  const say = (words, wait = 700) => {
    clearTimeout(speaking);
    speaking = setTimeout(() => { spoken.textContent = words; }, wait);
  };
  const message = () => {
    find(".message").textContent = model.get("message");
    say(model.get("message"));
  };
  const probabilities = () => {
    const p = model.get("probabilities");
    const best = p.indexOf(Math.max(...p));
    rows.forEach((row, digit) => {
      const known = digit in p;
      row.classList.toggle("best", known && digit === best);
      row.querySelector("span").style.width = `${known ? 100 * p[digit] : 0}%`;
      row.querySelector(".number").textContent = known ? `${(100 * p[digit]).toFixed(1)} %` : "–";
    });
  };
  const seen = () => {
    const bytes = model.get("seen"), context = find(".seen").getContext("2d");
    const image = context.createImageData(28, 28);
    for (let i = 0; i < 784; i++) {
      image.data.fill(255 - bytes.getUint8(i), 4 * i, 4 * i + 3); // ink is dark, as everywhere
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  };

  // -- mouse, finger, pen ------------------------------------------------------------------------
  let last = null;
  const place = (event) => {
    const box = pad.getBoundingClientRect();
    const scale = SHOWN / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  };
  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    pad.setPointerCapture(event.pointerId);
    lift();
    last = place(event);
    line(last, last);
    soon();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!last || !event.isPrimary) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) {
      const next = place(each);
      line(last, next);
      last = next;
    }
    soon();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    pad.addEventListener(end, () => { if (last) { last = null; send(); } });
  }

  // -- keyboard ----------------------------------------------------------------------------------
  let at = [SHOWN / 2 - STEP / 2, SHOWN / 2 - STEP / 2], down = false;
  const show = () => {
    cursor.style.left = `${(100 * at[0]) / SHOWN}%`;
    cursor.style.top = `${(100 * at[1]) / SHOWN}%`;
    cursor.classList.toggle("down", down);
  };
  const lift = () => { down = false; show(); };
  const where = () => {
    const [x, y] = at.map((value) => Math.floor(value / STEP) + 1);
    say(`Pen ${down ? "down" : "up"}, column ${x}, row ${y} of 28.`, 300);
  };
  const clear = () => { wipe(); lift(); send(); };
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  pad.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in moves) {
      const next = at.map((value, i) => Math.min(Math.max(value + STEP * moves[event.key][i], STEP / 2), SHOWN - STEP / 2));
      if (down) { line(at, next); soon(); }
      at = next;
    } else if (event.key === " " || event.key === "Enter") {
      if (event.repeat) return event.preventDefault();
      down = !down;
      if (down) { line(at, at); soon(); }
    } else if (event.key === "Escape") {
      down = false;
    } else if (event.key === "Delete" || event.key === "Backspace") {
      clear();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    show();
    where();
  });
  pad.addEventListener("blur", () => lift());
  // Jupyter's command mode takes arrow keys and Enter from whatever has the focus, see picture.js.
  const keys = ({ target, key, ctrlKey, metaKey, shiftKey }) => {
    if (!el.contains(target)) return;
    const theirs = ctrlKey || metaKey || (shiftKey && key === "Enter");
    target.toggleAttribute("data-lm-suppress-shortcuts", !theirs);
  };
  window.addEventListener("keydown", keys, true);

  find(".clear").addEventListener("click", clear);
  find(".predict").addEventListener("click", () => {
    model.set("presses", model.get("presses") + 1);
    send();
    spoken.textContent = "";
    say(model.get("message"), 1000);
  });

  const events = { drawing, message, probabilities, seen };
  wipe();
  show();
  for (const [name, f] of Object.entries(events)) { model.on(`change:${name}`, f); f(); }
  return () => {
    for (const [name, f] of Object.entries(events)) model.off(`change:${name}`, f);
    window.removeEventListener("keydown", keys, true);
    clearTimeout(timer);
    clearTimeout(speaking);
  };
}

export default { render };
