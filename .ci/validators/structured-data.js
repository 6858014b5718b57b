// Tests pages against Google's preset: one JSON line a page, with what was tested and what failed.
// Usage: node structured-data.js FOLDER (all its pages), or PAGE.html …
const { readFileSync, readdirSync, statSync } = require("node:fs");
const { join } = require("node:path");
const { structuredDataTest } = require("structured-data-testing-tool");
const { Google } = require("structured-data-testing-tool/presets");

async function judge(page) {
  const options = { presets: [Google] };
  // A page with a failing test rejects with the same result.
  const result = await structuredDataTest(readFileSync(page), options).catch((error) => error.res);
  const names = (tests) => tests.map((test) => `${test.group}: ${test.test}`);
  return {
    page,
    schemas: result.schemas,
    passed: names(result.passed),
    failed: names(result.failed),
    warnings: names(result.warnings),
  };
}

function pagesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).filter((name) => name.endsWith(".html")).map((name) => join(path, name));
}

(async () => {
  for (const page of process.argv.slice(2).flatMap(pagesIn)) {
    console.log(JSON.stringify(await judge(page)));
  }
})();
