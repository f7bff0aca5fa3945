/** Text of the data, with characters that nobody sees but that move or hide what is around them shown by their code point. */

import { Fragment } from "preact";

// Controls, format characters and separators, apart from the joiners that belong to Arabic spelling.
const ODD = /(?![\u200c\u200d\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A headline or name among others, without such characters: where it stands, nothing can be moved by them. */
export function quiet(text: string): string {
  return text.replace(ODD, "");
}

export function Shown({ text }: { text: string }) {
  const pieces: preact.JSX.Element[] = [];
  let last = 0;
  for (const match of text.matchAll(ODD)) {
    const code = `U+${match[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
    pieces.push(
      <Fragment key={match.index}>
        {text.slice(last, match.index)}
        <small class="odd" dir="ltr">
          {code}
        </small>
      </Fragment>,
    );
    last = match.index + match[0].length;
  }
  return (
    <>
      {pieces}
      {text.slice(last)}
    </>
  );
}
