/* The pictures of a case: flicker between two of them, zoom and move all of them together. Without it they stand side by side.
   Plain ES2017: a bank's Chromium may be of 2019. */
(function () {
  "use strict";

  const ZOOM_MOST = 8;
  const ZOOM_STEP = 1.25;
  const MOVE_STEP = 0.08; // of what is seen

  const desk = document.querySelector(".compare");
  if (!desk) {
    return;
  }
  const pictures = desk.querySelector(".pictures");
  const views = Array.from(pictures.querySelectorAll(".view"));
  const find = (selector) => desk.querySelector(selector);

  /* ---------------------------------------------------------------- zoom: one state, every view */

  const starts = views.map((view) => view.getAttribute("viewBox").split(" ").map(Number));
  let zoom = 1;
  let dx = 0; // where the middle lies, in shares of the whole view
  let dy = 0;

  function show() {
    const room = (1 - 1 / zoom) / 2;
    dx = Math.max(-room, Math.min(room, dx));
    dy = Math.max(-room, Math.min(room, dy));
    views.forEach((view, index) => {
      const [x, y, width, height] = starts[index];
      const shown = [width / zoom, height / zoom];
      const left = x + width * (0.5 + dx) - shown[0] / 2;
      const top = y + height * (0.5 + dy) - shown[1] / 2;
      view.setAttribute("viewBox", [left, top, shown[0], shown[1]].map((one) => one.toFixed(2)).join(" "));
    });
    pictures.classList.toggle("zoomed", zoom > 1);
  }

  /* Zoom so that the point (atX, atY), in shares of the whole view from its middle as it is seen now, stays where it is. */
  function zoomTo(wanted, atX, atY) {
    const next = Math.max(1, Math.min(ZOOM_MOST, wanted));
    dx += atX * (1 / zoom - 1 / next);
    dy += atY * (1 / zoom - 1 / next);
    zoom = next;
    show();
  }

  function home() {
    zoom = 1;
    dx = 0;
    dy = 0;
    show();
  }

  /* How many pixels of the screen the whole view has at zoom 1. */
  function sides(frame) {
    const box = frame.getBoundingClientRect();
    const start = starts[views.indexOf(frame.querySelector(".view"))];
    const scale = Math.min(box.width / start[2], box.height / start[3]);
    return { box: box, width: start[2] * scale, height: start[3] * scale };
  }

  pictures.addEventListener("wheel", (event) => {
    const frame = event.target.closest(".frame:not(.none)");
    if (!frame || (zoom === 1 && event.deltaY > 0)) { // nothing left to zoom out of: the page scrolls
      return;
    }
    event.preventDefault();
    const { box, width, height } = sides(frame);
    const atX = (event.clientX - box.left - box.width / 2) / width;
    const atY = (event.clientY - box.top - box.height / 2) / height;
    zoomTo(event.deltaY < 0 ? zoom * ZOOM_STEP : zoom / ZOOM_STEP, atX, atY);
  }, { passive: false });

  let held = null;
  pictures.addEventListener("pointerdown", (event) => {
    const frame = event.target.closest(".frame:not(.none)");
    if (frame && event.button === 0) {
      held = { frame: frame, x: event.clientX, y: event.clientY };
      frame.setPointerCapture(event.pointerId);
    }
  });
  pictures.addEventListener("pointermove", (event) => {
    if (held) {
      const { width, height } = sides(held.frame);
      dx -= (event.clientX - held.x) / (width * zoom);
      dy -= (event.clientY - held.y) / (height * zoom);
      held.x = event.clientX;
      held.y = event.clientY;
      show();
    }
  });
  ["pointerup", "pointercancel"].forEach((name) => pictures.addEventListener(name, () => { held = null; }));
  pictures.addEventListener("dragstart", (event) => event.preventDefault());

  /* ---------------------------------------------------------------- flicker: two pictures, one place */

  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const flickerMs = Number(desk.dataset.flickerMs);
  const button = find(".flicker");
  const selects = [find(".first"), find(".second")];
  let front = 0;
  let timer = 0;

  function figures() {
    return selects.map((select) => pictures.querySelector('figure[data-role="' + select.value + '"]'));
  }

  function flickering() {
    return pictures.classList.contains("flickering");
  }

  function place() {
    const chosen = figures();
    pictures.querySelectorAll("figure").forEach((figure) => {
      const place = chosen.indexOf(figure);
      figure.classList.toggle("chosen", place >= 0);
      figure.classList.toggle("behind", flickering() && place >= 0 && place !== front && chosen[0] !== chosen[1]);
    });
  }

  function turn() {
    front = 1 - front;
    place();
  }

  function start(byItself) {
    stopTimer();
    front = 0;
    pictures.classList.add("flickering");
    place();
    if (byItself && !still.matches) {
      timer = window.setInterval(turn, flickerMs);
    }
    find(".by-hand").hidden = !still.matches;
    tellState();
  }

  function stopTimer() {
    window.clearInterval(timer);
    timer = 0;
  }

  function stop() {
    stopTimer();
    pictures.classList.remove("flickering");
    front = 0;
    place();
    find(".by-hand").hidden = true;
    tellState();
  }

  function tellState() {
    button.setAttribute("aria-pressed", String(flickering()));
    button.textContent = flickering() ? button.dataset.on : button.dataset.off;
  }

  /* One press, one picture: the timer rests from then on. */
  function byHand() {
    if (!flickering()) {
      start(false);
    }
    stopTimer();
    turn();
  }

  /* ---------------------------------------------------------------- buttons and keys */

  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const keys = {
    f: () => (flickering() ? stop() : start(true)),
    t: byHand,
    "+": () => zoomTo(zoom * ZOOM_STEP, 0, 0),
    "=": () => zoomTo(zoom * ZOOM_STEP, 0, 0),
    "-": () => zoomTo(zoom / ZOOM_STEP, 0, 0),
    0: home,
    Escape: stop,
  };

  /* Only while the pictures have the focus: a letter typed elsewhere starts nothing. */
  pictures.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    const move = moves[event.key];
    if (move && zoom > 1) {
      dx += move[0] * MOVE_STEP / zoom;
      dy += move[1] * MOVE_STEP / zoom;
      show();
      event.preventDefault();
    }
    const known = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (known) {
      known();
      event.preventDefault();
    }
  });

  button.addEventListener("click", keys.f);
  find(".toggle").addEventListener("click", byHand);
  find(".in").addEventListener("click", keys["+"]);
  find(".out").addEventListener("click", keys["-"]);
  find(".home").addEventListener("click", home);
  selects.forEach((select) => select.addEventListener("change", place));

  find(".tools").hidden = views.length === 0;
  find(".keys").hidden = views.length === 0;
  selects.concat(button, find(".toggle")).forEach((one) => { one.disabled = views.length < 2; });
})();
