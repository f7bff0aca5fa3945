/** A stance label: a sign, a colour and the word. */

import { useLanguage, named } from "../language";
import { site } from "../load";

export const SIGNS: Record<string, string> = { favor: "+", against: "−", neutral: "○" };

export function StanceLabel({ label }: { label: number }) {
  const language = useLanguage();
  const known = site().layers.stance[label];
  return (
    <span class="stance-label" data-label={known?.name}>
      <span aria-hidden="true">{SIGNS[known?.name ?? ""]}</span>
      {named(language, known)}
    </span>
  );
}
