import { rungFile } from "@fledge/runtime";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { RungView } from "../../engine/engine.ts";
import { ideaTree } from "../../ui/idea-tree.ts";
import { splitHeader } from "../../ui/wgsl-header.ts";
import { useWide } from "../../ui/use-wide.ts";
import { showDifference, showSource, type Shown } from "../../ui/wgsl-editor.ts";
import type { ViewProps } from "./views.ts";

const fileOf = ({ id }: RungView): string => rungFile(id);

function codeOf(rung: RungView, remark: string): Shown {
  const { code, headerLines } = splitHeader(rung.source);
  return { source: code, label: `${fileOf(rung)}.wgsl${remark}`, skipped: headerLines };
}

/** What a rung's header says, its claims first: what it changes, and what that should gain. */
function Header({ rung }: { readonly rung: RungView }) {
  const { fields } = splitHeader(rung.source);
  const claims = fields.filter(({ name }) => name === "Change" || name === "Expect");
  const others = fields.filter((field) => !claims.includes(field));
  const list = (some: typeof fields) => (
    <dl class="header">
      {some.map(({ name, text }) => (
        <>
          <dt>{name}</dt>
          {/* Claims are sentences; the others may be formulas, line by line. */}
          <dd>{some === claims ? text.replaceAll("\n", " ") : text}</dd>
        </>
      ))}
    </dl>
  );
  return (
    <>
      {list(claims)}
      <details>
        <summary>What it computes, who computes what, traffic, edges</summary>
        {list(others)}
      </details>
    </>
  );
}

/** A rung beside the one that it starts from; the plainest by itself. */
function Lesson({ rung, from }: { readonly rung: RungView; readonly from: RungView | undefined }) {
  const place = useRef<HTMLDivElement>(null);
  const wide = useWide(1500);
  useLayoutEffect(
    () =>
      from
        ? showDifference(place.current!, codeOf(from, ""), codeOf(rung, ", what it changes marked"), wide)
        : showSource(place.current!, codeOf(rung, "")),
    [rung, from, wide],
  );
  return (
    <figure class="lesson">
      <figcaption>
        {from ? (
          <>
            <del>{fileOf(from)}</del> <span aria-label="becomes">→</span> <ins>{fileOf(rung)}</ins>
          </>
        ) : (
          fileOf(rung)
        )}
      </figcaption>
      <div ref={place} class="code" />
    </figure>
  );
}

/** The rung before or after in the tree. */
function Neighbour({
  where,
  rung,
  address,
}: {
  readonly where: string;
  readonly rung: RungView;
  readonly address: string;
}) {
  return (
    <a href={address}>
      <span class="quiet">{where}</span> <b>{fileOf(rung)}</b> {rung.idea}
    </a>
  );
}

/** Scrolls the box around a link, not the page, so that the link is seen in it. */
function showWithin(link: HTMLElement): void {
  const box = link.closest<HTMLElement>("nav")!;
  const [inner, outer] = [link.getBoundingClientRect(), box.getBoundingClientRect()];
  if (inner.top < outer.top || inner.bottom > outer.bottom) box.scrollTop += inner.top - outer.top - outer.height / 3;
}

/** The rungs as a tree of ideas, and the lesson of one, `#/ladder/relu/study/02-vec4`. */
export default function Study({ ladder: { kernel, rungs }, path: [file] }: ViewProps) {
  const tree = ideaTree(rungs);
  const rung = rungs.find((one) => fileOf(one) === file) ?? rungs.find(({ isFloor }) => !isFloor)!;
  const from = rungs.find(({ id }) => id === rung.from);
  const at = tree.findIndex((one) => one.rung === rung);
  const addressOf = (one: RungView): string => `#/ladder/${kernel}/study/${fileOf(one)}`;

  const heading = useRef<HTMLHeadingElement>(null);
  const current = useRef<HTMLAnchorElement>(null);
  const shown = useRef(rung);
  useLayoutEffect(() => {
    showWithin(current.current!);
    if (shown.current !== rung) heading.current!.focus(); // What is new begins there, wherever the link was.
    shown.current = rung;
  }, [rung]);
  return (
    <div class="study">
      <nav aria-label="Rungs" class="tree">
        <ul>
          {tree.map(({ rung: one, depth }) => (
            <li style={{ "--depth": String(depth) }}>
              <a
                href={addressOf(one)}
                aria-current={one === rung ? "true" : undefined}
                ref={one === rung ? current : null}
              >
                <b>{fileOf(one)}</b> <span>{one.idea}</span>
                {one.lacks === null ? null : <small class="lacks">{one.lacks}</small>}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <section aria-labelledby="rung">
        <h2 id="rung" tabIndex={-1} ref={heading}>
          {fileOf(rung)}
        </h2>
        <p class="lead">{rung.idea}</p>
        <Header rung={rung} />
        {rung.isFloor ? null : (
          <p class="buttons">
            <a class="button" href={`#/ladder/${kernel}/moves/${fileOf(rung)}`}>
              Watch its moves
            </a>
            <a class="button" href={`#/ladder/${kernel}/edit/${fileOf(rung)}`}>
              Edit a copy
            </a>
          </p>
        )}
        <Lesson rung={rung} from={from} />
        <nav aria-label="Neighbouring rungs" class="neighbours">
          {at > 0 ? (
            <Neighbour where="Before" rung={tree[at - 1]!.rung} address={addressOf(tree[at - 1]!.rung)} />
          ) : null}
          {at < tree.length - 1 ? (
            <Neighbour where="Next" rung={tree[at + 1]!.rung} address={addressOf(tree[at + 1]!.rung)} />
          ) : null}
        </nav>
      </section>
    </div>
  );
}
