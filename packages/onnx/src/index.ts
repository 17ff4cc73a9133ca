export { onnxOf, onnxText, writeOnnx } from "./write.ts";
