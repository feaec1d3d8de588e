// Opens the status page in headless Chromium and does what standard input says, one JSON object a line; each line is
// answered with one line of JSON. Started by StatusPageTests; nothing here decides what is right.
//   {"do":"open","url":...,"scheme":"light"|"dark","width":...,"height":...}   {"do":"screenshot","path":...}
//   {"do":"read"}: texts and colours      {"do":"wait","for":"a JavaScript condition"}       {"do":"hover","x":0.5}
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [modules, chromium] = process.argv.slice(2);
const { chromium: browserType } = createRequire(modules + "/")("playwright-core");
const browser = await browserType.launch({
  executablePath: chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
let page = null;
let complaints = [];
let elsewhere = [];

const actions = {
  async open({ url, scheme, width, height }) {
    await page?.close();
    complaints = [];
    elsewhere = [];
    page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme, deviceScaleFactor: 2 });
    page.on("pageerror", error => complaints.push(error.message));
    page.on("console", message => message.type() === "error" && complaints.push(message.text()));
    page.on("request", request => request.url().startsWith(url) || request.url().startsWith("data:") || elsewhere.push(request.url()));
    await page.goto(url);
    await page.waitForFunction(() => document.body.dataset.shown > 0, null, { timeout: 15000 });
  },
  async wait({ for: condition }) {
    // Not waitForFunction: the page's security policy forbids it to evaluate text.
    for (const end = Date.now() + 20000; !(await page.evaluate(condition)); await page.waitForTimeout(100)) {
      if (Date.now() > end) throw new Error(`never: ${condition}`);
    }
  },
  async hover({ x }) {
    const box = await page.locator("#traffic").boundingBox();
    await page.mouse.move(box.x + box.width * x, box.y + box.height / 2);
  },
  async screenshot({ path }) {
    await page.screenshot({ path, fullPage: true });
  },
  async read() {
    const seen = await page.evaluate(() => {
      const text = selector => document.querySelector(selector)?.textContent ?? "";
      const color = selector => getComputedStyle(document.querySelector(selector)).backgroundColor;
      return {
        verdict: text("#verdict .headline"), verdictClass: document.querySelector("#verdict").className, verdictColor: color("#verdict"),
        pageColor: color("body"), tiles: [...document.querySelectorAll(".tile strong")].map(one => one.textContent),
        upstreams: [...document.querySelectorAll(".upstream")].map(one => ({
          state: one.querySelector(".pill").textContent, name: one.querySelector(".name").textContent,
          color: getComputedStyle(one.querySelector(".pill")).backgroundColor })),
        errors: text("#errors"), legend: text("#legend"), zones: text("#zones"), facts: text("#facts"),
        areas: document.querySelectorAll("#traffic polygon").length, bars: document.querySelectorAll("#latency rect").length,
        overflow: document.documentElement.scrollWidth - innerWidth, scripts: document.scripts.length,
        rounds: Number(document.body.dataset.shown),
      };
    });
    return { ...seen, complaints, elsewhere };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  try {
    console.log(JSON.stringify((await actions[order.do](order)) ?? {}));
  } catch (error) {
    console.log(JSON.stringify({ failed: String(error), complaints }));
  }
}
await browser.close();
