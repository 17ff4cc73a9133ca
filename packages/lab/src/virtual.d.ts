declare module "virtual:fledge-ladders" {
  const projects: readonly import("./listed-ladders.ts").ListedProject[];
  export default projects;
}
declare module "*?chapter" {
  const html: string;
  export default html;
}
