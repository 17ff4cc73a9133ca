import { Problem } from "./problem.tsx";

interface Props {
  readonly missing: string;
  readonly link: string;
  readonly to: string;
}

/** An address that leads nowhere: what is missing, and where to go on. */
export function Nowhere({ missing, link, to }: Props) {
  return (
    <>
      <h1>Nothing is here</h1>
      <Problem error={new Error(missing)} />
      <p>
        <a href={to}>{link}</a>
      </p>
    </>
  );
}
