// A number cut at half height is misread: the edge of what scrolls shows whole lines only, each column on its own.
// What is hidden there comes whole with the next page, which starts where this one stopped.
const BLOCKS = ":scope > :not(.rm-cols), .rm-cols > *";
const BLANK = 0.08; // of the box of a line: lines set close share as much, and are not cut for that

function* linesOf(block) {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    range.selectNodeContents(walker.currentNode);
    for (const { top, bottom } of range.getClientRects()) {
      if (bottom > top) yield { top, bottom };
    }
  }
}

// Words of a row do not start at one height: a row is left out whole, its title with its answer.
function away(edge, lines, next) {
  const cut = lines.find(({ top, bottom }) => Math.min(edge - top, bottom - edge) > BLANK * (bottom - top));
  return cut ? away(next(cut), lines, next) : edge;
}

// Returns the height that is shown whole in every column.
export function showWholeLines(middle) {
  const { top, bottom } = middle.getBoundingClientRect();
  const shown = { top, bottom };
  for (const block of middle.querySelectorAll(BLOCKS)) {
    const box = block.getBoundingClientRect();
    const lines = box.bottom > bottom || box.top < top ? [...linesOf(block)] : [];
    const first = away(top, lines, (line) => line.bottom);
    const last = away(bottom, lines, (line) => line.top);
    const above = first > top ? Math.max(first - box.top, 0) : 0;
    const below = last < bottom ? Math.max(box.bottom - last, 0) : 0;
    block.style.clipPath = (above || below) && first < last ? `inset(${above}px -1rem ${below}px)` : "";
    if (!block.style.clipPath) continue;
    shown.top = Math.max(shown.top, first);
    shown.bottom = Math.min(shown.bottom, last);
  }
  return shown;
}
