// Adds to a page what it can do without: tables are sorted and filtered, figures tell values and hide series.
const make = (name, into, properties = {}) => into.appendChild(Object.assign(document.createElement(name), properties));
const whole = (text) => (text[0] === "[" ? text : text.replace(/(\d),(?=\d{3})/g, "$1"));  // 1,024, but no list
const number = (text) => parseFloat(whole(text).replace(/[−–]\s*(?=\d)/, "-").replace(/^[^\d.-]+/, ""));
const unknown = (text) => text === "–" || text === "";

function exampleOf(heads, rows, names) {  // a word and a bound of this table, which some of its rows have
  const text = (row, place) => row.cells[place].textContent.trim().toLowerCase();
  const word = (row) => text(row, 0).split(/\s+/)[0];
  for (let place = 1; place < heads.length; place++) {
    const name = names[place].split(/[\s(<>=]/)[0];
    if (!heads[place].classList.contains("number") || !name || names.findIndex((one) => one.startsWith(name)) !== place) continue;
    const found = rows.map((row) => number(text(row, place))).filter(Number.isFinite).sort((a, b) => a - b);
    const limit = found[Math.floor((found.length - 1) / 2)], row = rows.find((row) => number(text(row, place)) > limit);
    if (row) return /[<>=]/.test(word(row)) ? `${name}>${limit}` : `${word(row)} ${name}>${limit}`;
  }
  return word(rows[0]);
}

for (const table of document.querySelectorAll("table")) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  if (body.rows.length < 3) continue;
  heads.forEach((head, place) => {
    const button = make("button", head, { type: "button" });
    button.append(...[...head.childNodes].filter((node) => node !== button));
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const compare = (a, b) => (head.classList.contains("number") ? number(a) - number(b) : a.localeCompare(b));
      const rows = [...body.rows].map((row) => [row.cells[place].textContent.trim(), row]);
      rows.sort(([a], [b]) => unknown(a) - unknown(b) || (down ? -1 : 1) * (unknown(a) ? 0 : compare(a, b)));
      body.append(...rows.map(([, row]) => row));
    });
  });
  if (body.rows.length < 8) continue;
  const bar = document.createElement("p"), names = heads.map((head) => head.textContent.trim().toLowerCase());
  bar.className = "filter";
  const field = make("input", bar, { type: "search" });
  const told = make("output", bar);
  const holds = (row, word) => {
    const [, name, sign, wanted] = word.match(/^([^<>=]+)(<=|>=|<|>|=)(.+)$/) ?? [];
    const place = name === undefined ? -1 : names.findIndex((one) => one.startsWith(name));
    if (place < 0) return row.textContent.toLowerCase().includes(word);
    const text = row.cells[place].textContent.trim().toLowerCase(), found = number(text), limit = parseFloat(wanted);
    if (sign === "=") return text === wanted || found === limit;
    return sign[0] === "<" ? found < limit || (sign[1] && found === limit) : found > limit || (sign[1] && found === limit);
  };
  const example = exampleOf(heads, [...body.rows], names);
  field.placeholder = `filter: ${example}`;
  field.setAttribute("aria-label", `Show only rows with these words and values, such as ${example}`);
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of body.rows) shown += !(row.hidden = !words.every((word) => holds(row, word)));
    told.value = !words.length ? "" : shown ? `${shown} of ${body.rows.length} rows` : "no row matches";
  });
  table.parentElement.before(bar);
}

for (const figure of document.querySelectorAll("figure.picture")) {
  const { series, points } = JSON.parse(figure.querySelector("script").textContent);
  const svg = figure.querySelector("svg"), box = figure.querySelector(".box"), off = new Set();
  if (series.length > 1) {
    const chips = make("p", figure, { className: "chips" });
    series.forEach((name, place) => {
      const parts = [...svg.querySelectorAll(`[data-series="${place}"]`)];
      if (!parts.length) return;
      const chip = make("button", chips, { type: "button", textContent: name });
      chip.setAttribute("aria-pressed", "true");
      chip.addEventListener("click", () => {
        off.has(place) ? off.delete(place) : off.add(place);
        chip.setAttribute("aria-pressed", String(!off.has(place)));
        parts.forEach((part) => { part.style.display = off.has(place) ? "none" : ""; });
      });
    });
    box.before(chips);
  }
  if (!points.length) continue;
  const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  ring.setAttribute("class", "ring");
  const tip = make("div", figure, { className: "tip", hidden: true });
  const leave = () => { tip.hidden = true; ring.remove(); };
  svg.addEventListener("pointermove", (event) => {
    const view = svg.viewBox.baseVal, drawn = svg.getBoundingClientRect(), scale = view.width / drawn.width;
    const x = (event.clientX - drawn.left) * scale, y = (event.clientY - drawn.top) * scale;
    let best = null, nearest = 28;
    for (const point of points) {
      const distance = Math.hypot(point[1] - x, point[2] - y);
      if (distance < nearest && !off.has(point[0])) [best, nearest] = [point, distance];
    }
    if (best === null) return leave();
    for (const [key, value] of Object.entries({ cx: best[1], cy: best[2], r: 5 })) ring.setAttribute(key, value);
    svg.append(ring);
    tip.textContent = best[3];
    tip.hidden = false;
    const frame = figure.getBoundingClientRect(), left = drawn.left - frame.left + best[1] / scale;
    tip.style.left = `${Math.max(4, Math.min(left + 10, frame.width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${drawn.top - frame.top + best[2] / scale + 12}px`;
  });
  svg.addEventListener("pointerleave", leave);
}
