declare module "virtual:fledge-ladders" {
  const projects: readonly import("../build/plugins.ts").ListedProject[];
  export default projects;
}
declare module "*?chapter" {
  const html: string;
  export default html;
}
