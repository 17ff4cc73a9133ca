import { expect, it } from "vitest";
import { compilesSlowly, softwareRoadOf } from "../src/adapter/software-road.ts";

const device = "llvmpipe-llvm-19-1-7-256-bits-";

it.each([
  "llvmpipe: Mesa 26.1.6-1~bpo13+1 (LLVM 19.1.7)",
  "llvmpipe: Mesa 25.1.0-devel (git-0123456789) (LLVM 20.1.2) 0.0.1",
  "llvmpipe: Mesa 25.2.8-0ubuntu0.24.04.1 (LLVM 20.1.2) 0.0.1",
  "llvmpipe: Mesa 25.10.0 (LLVM 20.1.2)",
  "Mesa 100.0.1",
])("%s loads uniformly", (driver) => expect(softwareRoadOf(device, driver)).toBe("uniform"));

it.each([
  "llvmpipe: Mesa 25.0.7-2~bpo12+1 (LLVM 15.0.6) 0.0.1",
  "llvmpipe: Mesa 24.2.8-1ubuntu1~24.04.1 (LLVM 17.0.6) 0.0.1",
  "llvmpipe: Mesa 22.3.6 (LLVM 15.0.6)",
  "llvmpipe: Mesa 9.9 (LLVM 26.1.0)",
  "llvmpipe: (LLVM 26.1.0)",
  "llvmpipe",
  "",
])("%s loads lane by lane", (driver) => expect(softwareRoadOf(device, driver)).toBe("lanes"));

it("takes no other software adapter for llvmpipe", () => {
  expect(softwareRoadOf("swiftshader-device-(subzero)", "SwiftShader driver Mesa 26.1")).toBe("lanes");
  expect(softwareRoadOf("microsoft-basic-render-driver", "Direct3D12 26.1")).toBe("lanes");
});

it("knows lavapipe where only the driver has its name", () =>
  expect(softwareRoadOf("cpu", "lavapipe Mesa 26.0.1")).toBe("uniform"));

it("takes no compiler for slow but an older lavapipe's", () => {
  expect(compilesSlowly(device, "llvmpipe: Mesa 25.0.7-2~bpo12+1 (LLVM 15.0.6)")).toBe(true);
  expect(compilesSlowly(device, "llvmpipe: Mesa 26.1.6-1~bpo13+1 (LLVM 19.1.7)")).toBe(false);
  expect(compilesSlowly("swiftshader-device-(subzero)", "SwiftShader driver")).toBe(false);
  expect(compilesSlowly("NVIDIA H200", "NVIDIA: 580.82")).toBe(false);
});
