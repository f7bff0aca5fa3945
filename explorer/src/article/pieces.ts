/** A line of text cut where any mark on it begins or ends. */

export interface Span {
  start: number;
  end: number;
}

/** A mark with its lane: 0 lies closest to the text, a mark around others in a lane below theirs. */
export interface Laned<M extends Span> {
  mark: M;
  lane: number;
}

/** Gives each mark the lowest lane that no shorter mark which it overlaps has; marks may nest or cross. */
export function lanes<M extends Span>(marks: readonly M[]): Laned<M>[] {
  const placed: Laned<M>[] = [];
  const shortest = [...marks].sort(
    (one, two) => one.end - one.start - (two.end - two.start) || one.start - two.start,
  );
  for (const mark of shortest) {
    const taken = new Set(
      placed
        .filter((other) => other.mark.start < mark.end && mark.start < other.mark.end)
        .map((other) => other.lane),
    );
    const below = Math.max(
      -1,
      ...placed.filter((o) => mark.start <= o.mark.start && o.mark.end <= mark.end).map((o) => o.lane),
    );
    let lane = below + 1;
    while (taken.has(lane)) lane += 1;
    placed.push({ mark, lane });
  }
  return placed;
}

/** What stands in a line one after the other: a stretch of text, the tag at a mark's end, or the number at evidence's start.
 * `around` are the marks it lies in, the innermost lane first. */
export type Piece<M extends Span, E extends Span> =
  | { kind: "text"; start: number; end: number; around: Laned<M>[]; evidence: E[]; hit: boolean }
  | { kind: "tag"; of: Laned<M>; around: Laned<M>[] }
  | { kind: "note"; of: E; around: Laned<M>[] }
  | { kind: "cut"; at: number };

export function pieces<M extends Span, E extends Span>(
  line: Span,
  marks: readonly M[],
  evidence: readonly E[],
  hits: readonly Span[],
  cuts: readonly number[],
): Piece<M, E>[] {
  const laned = lanes(marks);
  const edges = new Set([line.start, line.end, ...cuts]);
  for (const span of [...marks, ...evidence, ...hits]) {
    if (span.start > line.start) edges.add(span.start);
    if (span.end < line.end) edges.add(span.end);
  }
  const places = [...edges].sort((one, two) => one - two);
  const byLane = (found: Laned<M>[]) => found.sort((one, two) => one.lane - two.lane);
  const found: Piece<M, E>[] = [];
  places.forEach((at, index) => {
    for (const of of byLane(laned.filter((one) => one.mark.end === at))) {
      const around = laned.filter((o) => o.lane > of.lane && o.mark.start < at && o.mark.end >= at);
      found.push({ kind: "tag", of, around: byLane(around) });
    }
    if (cuts.includes(at)) found.push({ kind: "cut", at });
    const inside = byLane(laned.filter((one) => one.mark.start < at && one.mark.end > at));
    for (const of of evidence) if (of.start === at) found.push({ kind: "note", of, around: inside });
    const end = places[index + 1];
    if (end === undefined) return;
    const covers = (span: Span) => span.start <= at && end <= span.end;
    found.push({
      kind: "text",
      start: at,
      end,
      around: byLane(laned.filter((one) => covers(one.mark))),
      evidence: evidence.filter(covers),
      hit: hits.some(covers),
    });
  });
  return found;
}
