/** From difference to difference, down the page and from its end to its beginning again. */

/** What makes an element one that `nextDifference` comes to. */
export function difference(differs: boolean): { "data-difference"?: string; tabIndex?: number } {
  return differs ? { "data-difference": "", tabIndex: -1 } : {};
}

export function nextDifference(): void {
  const found = [...document.querySelectorAll<HTMLElement>(".lines [data-difference]")];
  const at = found.findIndex((one) => one.classList.contains("visited"));
  const next = found[(at + 1) % found.length];
  if (!next) return;
  found[at]?.classList.remove("visited");
  next.classList.add("visited");
  next.scrollIntoView({ block: "center" });
  next.focus({ preventScroll: true });
}
