"use strict";
// Click a time and the call plays from there; "#t=12.3" in the address does the same without starting the sound.
(() => {
  const audio = document.querySelector("audio");
  const turns = [...document.querySelectorAll(".turn[data-start]")];
  const drawing = document.querySelector(".lanes svg");
  const head = document.querySelector(".lanes .playhead");
  const length = drawing ? Number(drawing.dataset.duration) : 0;

  const turnAt = (s) => turns.filter((turn) => Number(turn.dataset.start) <= s + 0.05).pop();

  const show = (s) => {
    const current = turnAt(s);
    for (const turn of turns) turn.classList.toggle("now", turn === current);
    if (head && length) {
      const x = `${Math.min(100, (100 * s) / length)}%`;
      head.setAttribute("x1", x);
      head.setAttribute("x2", x);
      head.classList.add("on");
    }
    return current;
  };

  const seek = (s, play) => {
    show(s);
    if (!audio) return;
    const go = () => {
      audio.currentTime = s;
      if (play) audio.play().catch(() => {}); // the browser may forbid sound before the first click
    };
    if (audio.readyState > 0) go();
    else {
      audio.addEventListener("loadedmetadata", go, { once: true });
      audio.load();
    }
  };

  const secondsIn = (hash) => {
    const found = /^#t=(\d+(?:\.\d+)?)$/.exec(hash);
    return found ? Number(found[1]) : null;
  };

  const follow = () => {
    const s = secondsIn(location.hash);
    for (const mark of document.querySelectorAll("mark.on")) mark.classList.remove("on");
    if (s !== null) {
      seek(s, false);
      const turn = turnAt(s);
      if (turn) turn.scrollIntoView({ block: "center" });
    } else if (location.hash.startsWith("#e-")) {
      const key = location.hash.slice(1);
      for (const mark of document.querySelectorAll("mark[data-marks]")) {
        mark.classList.toggle("on", mark.dataset.marks.split(" ").includes(key));
      }
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#t=']");
    if (link) {
      event.preventDefault();
      history.replaceState(null, "", link.getAttribute("href"));
      seek(secondsIn(link.getAttribute("href")), true);
      if (!link.closest(".turn")) turnAt(secondsIn(link.getAttribute("href")))?.scrollIntoView({ block: "center" });
    } else if (audio && length && event.target.closest(".lanes svg")) {
      const box = drawing.getBoundingClientRect();
      seek(Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * length, true);
    }
  });
  if (audio) audio.addEventListener("timeupdate", () => show(audio.currentTime));
  addEventListener("hashchange", follow);
  follow();
})();
