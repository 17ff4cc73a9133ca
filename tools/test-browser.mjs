#!/usr/bin/env node
// Sees to it that the tests which look at pages in a browser can run: installs Debian's Chromium where that can be
// done without asking (apt and root). Elsewhere it says what to install, and those tests do not run.
import { takesNoOptions } from "./ci/takes-no-options.mjs";
import { hasProgram, installForTests } from "./bootstrap/test-packages.mjs";

takesNoOptions("node tools/test-browser.mjs");

// As packages/testing/src/chromium.ts looks for them.
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

if (!names.some(hasProgram)) installForTests({ tests: "pages", program: "Chromium", packages: ["chromium"] });
