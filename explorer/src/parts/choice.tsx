/** A choice of one among few, which the address keeps. */

import { useId } from "preact/hooks";

export interface Option<V extends string> {
  value: V;
  name: string;
}

export function Choice<V extends string>({
  legend,
  options,
  value,
  choose,
}: {
  legend: string;
  options: readonly Option<V>[];
  value: V;
  choose: (value: V) => void;
}) {
  const group = useId();
  return (
    <fieldset class="segmented">
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={group}
            value={option.value}
            checked={option.value === value}
            onChange={() => choose(option.value)}
          />
          {option.name}
        </label>
      ))}
    </fieldset>
  );
}

/** The value of a key in the address, where it is one of those known; otherwise the first of them. */
export function chosen(query: URLSearchParams, key: string, known: readonly string[]): string {
  const value = query.get(key);
  return value !== null && known.includes(value) ? value : (known[0] ?? "");
}
