#!/usr/bin/env node
// Sees to it that the tests which run the kernel lab in a browser can run: installs Debian's Chromium where that can be
// done without asking (apt and root). Elsewhere it says what to install, and those tests do not run.
import { takesNoOptions } from "./ci/takes-no-options.mjs";
import { hasProgram, installForTests } from "./bootstrap/test-packages.mjs";

takesNoOptions("node tools/test-browser.mjs");

// As packages/lab/test/browser.ts looks for them.
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

if (!names.some(hasProgram)) installForTests({ tests: "the kernel lab", program: "Chromium", packages: ["chromium"] });
