declare module "*?chapter" {
  const html: string;
  export default html;
}
