// Tables that can be sorted by any column; and everything is opened before it is printed.
"use strict";
(() => {
  const numberIn = (text) => { const found = text.replace(/[,\s]/g, "").match(/[-+]?\d+(\.\d+)?/); return found ? Number(found[0]) : null; };
  const compare = (a, b) => {
    const x = numberIn(a), y = numberIn(b);
    if (x !== null && y !== null) return x - y;
    if (x !== null) return -1;
    if (y !== null) return 1;
    return a.localeCompare(b);
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const rising = head.getAttribute("aria-sort") !== "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", rising ? "ascending" : "descending");
        const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
        // Names are compared as words; only cells that stand right are numbers.
        const words = head.classList.contains("name");
        rows.sort((a, b) => {
          const x = a.cells[place].textContent.trim(), y = b.cells[place].textContent.trim();
          return (words ? x.localeCompare(y) : compare(x, y)) * (rising ? 1 : -1);
        });
        const body = document.createElement("tbody");
        body.append(...rows);
        for (const old of [...table.tBodies]) old.remove();
        table.append(body);
        table.classList.add("sorted");
      });
    });
  }
  addEventListener("beforeprint", () => { for (const one of document.querySelectorAll("section details")) one.open = true; });
})();
