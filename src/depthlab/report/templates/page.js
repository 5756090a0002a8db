// Adds to a page what it can do without: a click on the head of a column sorts the table by it.
for (const table of document.querySelectorAll("table")) {
  if (table.tBodies[0].rows.length < 3) continue;
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const whole = (text) => (text[0] === "[" ? text : text.replace(/(\d),(?=\d{3})/g, "$1"));  // 1,024, but no list
      const number = (text) => parseFloat(whole(text).replace(/[−–]\s*(?=\d)/, "-").replace(/^[^\d.-]+/, ""));
      const compare = (a, b) => (head.classList.contains("number") ? number(a) - number(b) : a.localeCompare(b));
      const unknown = (text) => text === "–" || text === "";
      const rows = [...table.tBodies[0].rows].map((row) => [row.cells[place].textContent.trim(), row]);
      rows.sort(([a], [b]) => unknown(a) - unknown(b) || (down ? -1 : 1) * (unknown(a) ? 0 : compare(a, b)));
      table.tBodies[0].append(...rows.map(([, row]) => row));
    });
  });
}
