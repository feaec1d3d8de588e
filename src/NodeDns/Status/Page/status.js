"use strict";
// Everything that comes from the server is put on the page as text, never as markup.
const POLL_MS = 2000, RECENT_SECONDS = 60;
const SERIES = [
  ["cached", "from the cache"], ["stale", "stale"], ["local", "made here"], ["forwarded", "asked upstream"], ["failed", "failed"]];
const byId = id => document.getElementById(id);
let stats = null, answeredAt = 0, hovered = -1;

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}
function draw(tag, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  if (text !== undefined) element.textContent = text;
  return element;
}
const sum = list => list.reduce((all, one) => all + one, 0);

function count(n) {
  if (n < 10000) return String(Math.round(n));
  for (const [unit, size] of [["G", 1e9], ["M", 1e6], ["k", 1e3]])
    if (n >= size) return Number((n / size).toPrecision(3)) + " " + unit;
}
function rate(n) { return n === 0 || n >= 10 ? count(n) : n.toFixed(n < 1 ? 2 : 1); }
function share(part, whole) {
  if (!whole) return "–";
  const percent = 100 * part / whole;
  return (percent === 0 ? "0" : percent < 0.1 ? "<0.1" : percent > 99.9 && percent < 100 ? ">99.9" : percent.toFixed(percent < 10 ? 1 : 0)) + " %";
}
function span(seconds) {
  if (seconds < 90) return Math.round(seconds) + " s";
  if (seconds < 5400) return Math.round(seconds / 60) + " min";
  return seconds < 172800 ? Math.round(seconds / 3600) + " h" : Math.round(seconds / 86400) + " d";
}
function time(seconds) {
  if (seconds === null) return "–";
  if (seconds === 0) return "0";
  if (seconds < 1e-3) return Number((seconds * 1e6).toPrecision(2)) + " µs";
  return seconds < 1 ? Number((seconds * 1e3).toPrecision(2)) + " ms" : Number(seconds.toPrecision(2)) + " s";
}

/* What is wrong, worst first: the one thing a visitor has to see. */
function problems(s) {
  const bad = [], warn = [];
  for (const u of s.upstreams) {
    if (u.state === "down") bad.push(`Upstream ${u.address} is down` + (u.stateSeconds === null ? "" : `, for ${span(u.stateSeconds)}`));
    if (u.state === "suspect") warn.push(`Upstream ${u.address} was silent a moment ago`);
  }
  if (s.interception.wanted && !s.interception.inPlace) bad.push("Interception is missing: pods of this node do not reach this cache");
  if (!s.ready && s.missing.length) bad.push(`Not ready: ${s.missing.join(", ")}`);
  if (s.config.lastReloadFailed) warn.push("The last reload failed: an older config is served");
  const recent = window60(s);
  if (recent.all > 20 && recent.failed / recent.all > 0.01) bad.push(`${share(recent.failed, recent.all)} of the questions fail`);
  if (recent.stale > 0) warn.push(`${share(recent.stale, recent.all)} of the answers are stale`);
  return { bad, warn };
}
function window60(s) {
  const h = s.history, slots = Math.ceil(RECENT_SECONDS / h.stepSeconds) + 1;
  const result = { seconds: (Math.min(slots, h.cached.length) - 1) * h.stepSeconds + h.secondsInLast };
  for (const [key] of SERIES) result[key] = sum(h[key].slice(-slots));
  result.all = sum(SERIES.map(([key]) => result[key]));
  result.seconds = Math.max(1, Math.min(result.seconds, s.uptimeSeconds));
  return result;
}
function showVerdict(s) {
  const { bad, warn } = problems(s), all = [...bad, ...warn], box = byId("verdict");
  const down = s.upstreams.filter(u => u.state === "down").length;
  box.className = bad.length ? "bad" : warn.length ? "warn" : "good";
  const headline = all.length === 0 ? "All is well" : down > 1 ? `${down} of ${s.upstreams.length} upstreams are down` : all[0];
  box.querySelector(".headline").textContent = headline;
  box.querySelector("ul").replaceChildren(...(down > 1 ? all : all.slice(1)).map(text => make("li", "", text)));
  document.title = (all.length ? "● " : "") + "NodeDns" + (s.node ? " " + s.node : "");
}
function showTiles(s) {
  const r = window60(s), q = s.latency;
  const tile = (label, value, note, state) => make("div", "tile" + (state ? " " + state : ""), make("p", "", label), make("strong", "", value), make("p", "", note));
  byId("tiles").replaceChildren(
    tile("Questions", rate(r.all / r.seconds) + " /s", `${count(s.totalQueries)} since the start`),
    tile("From the cache", share(r.cached, r.all), "last minute"),
    tile("Stale", share(r.stale, r.all), "last minute", r.stale ? "warn" : ""),
    tile("Failed", share(r.failed, r.all), "last minute", r.all && r.failed / r.all > 0.01 ? "bad" : ""),
    tile("Median time", time(q.p50), `99 % in ${time(q.p99)}`));
}

/* The hour as stacked areas; the newest slot is not full yet: the end of the one before makes it up to a whole one. */
function perSecond(s, key) {
  const h = s.history, last = h[key].length - 1, missing = 1 - Math.min(1, h.secondsInLast / h.stepSeconds);
  return h[key].map((n, i) => (i === last ? n + h[key][i - 1] * missing : n) / h.stepSeconds);
}
function niceTop(value) {
  const base = 10 ** Math.floor(Math.log10(value || 1));
  return [1, 2, 3, 4, 6, 8, 10].map(m => m * base).find(top => top >= value);
}
function showTraffic(s) {
  const svg = byId("traffic"), width = svg.clientWidth, height = svg.clientHeight, left = 40, bottom = 20, top = 8;
  const rows = SERIES.map(([key]) => perSecond(s, key)), slots = rows[0].length;
  const peak = niceTop(Math.max(1, ...rows[0].map((_, i) => sum(rows.map(row => row[i])))));
  const x = i => left + (width - left) * i / (slots - 1), y = v => top + (height - top - bottom) * (1 - v / peak);
  const parts = [];
  for (const part of [0, 0.5, 1]) {
    parts.push(draw("line", { class: "grid", x1: left, x2: width, y1: y(peak * part), y2: y(peak * part) }));
    parts.push(draw("text", { x: left - 8, y: y(peak * part) + 4, "text-anchor": "end" }, rate(peak * part)));
  }
  const below = new Array(slots).fill(0);
  rows.forEach((row, n) => {
    if (!row.some(v => v > 0)) return;
    const under = row.map((_, i) => `${x(i).toFixed(1)},${y(below[i]).toFixed(1)}`).reverse();
    row.forEach((v, i) => { below[i] += v; });
    const over = row.map((_, i) => `${x(i).toFixed(1)},${y(below[i]).toFixed(1)}`);
    parts.push(draw("polygon", { class: "fill-" + SERIES[n][0], points: [...over, ...under].join(" ") }));
  });
  const minutes = slots * s.history.stepSeconds / 60;
  for (let m = 0; m <= minutes; m += width < 500 ? 30 : 15)
    parts.push(draw("text", { x: x((slots - 1) * (1 - m / minutes)), y: height - 4, "text-anchor": m === 0 ? "end" : m >= minutes ? "start" : "middle" }, m === 0 ? "now" : `−${m} min`));
  if (hovered >= 0) parts.push(draw("line", { class: "cursor", x1: x(hovered), x2: x(hovered), y1: top, y2: height - bottom }));
  svg.replaceChildren(...parts);
  const at = hovered >= 0 ? hovered : slots - 1;
  byId("legend").replaceChildren(
    ...SERIES.map(([key, label], n) => make("span", "", make("i", "back-" + key), label, make("b", "", rate(rows[n][at])))),
    make("span", "when", hovered >= 0 ? `${span((slots - 1 - at) * s.history.stepSeconds)} ago` : "now"));
}
function hover(event) {
  if (!stats) return;
  const box = byId("traffic").getBoundingClientRect(), slots = stats.history.cached.length;
  hovered = event ? Math.max(0, Math.min(slots - 1, Math.round((event.clientX - box.left - 40) / (box.width - 40) * (slots - 1)))) : -1;
  showTraffic(stats);
}

function showLatency(s) {
  const svg = byId("latency"), width = svg.clientWidth, height = svg.clientHeight, bottom = 18;
  const { bounds, counts } = s.latency, first = Math.max(0, counts.findIndex(n => n > 0) - 1);
  const last = Math.max(first + 7, counts.findLastIndex(n => n > 0) + 1), shown = counts.slice(first, last + 1), peak = Math.max(1, ...shown);
  const step = width / shown.length, parts = [draw("line", { class: "grid", x1: 0, x2: width, y1: height - bottom, y2: height - bottom })];
  shown.forEach((n, i) => {
    const tall = n ? Math.max(2, (height - bottom - 4) * n / peak) : 0, bound = bounds[first + i];
    const bar = draw("rect", { class: "fill-cached", x: i * step + 1, width: Math.max(1, step - 2), y: height - bottom - tall, height: tall, rx: 2 });
    bar.append(draw("title", {}, `${count(n)} ${bound === undefined ? "took longer" : "took at most " + time(bound)}`));
    parts.push(bar);
    if (bound !== undefined && i % Math.ceil(shown.length / (width / 62)) === 0 && i < shown.length - 1)
      parts.push(draw("text", { x: (i + 1) * step, y: height - 4, "text-anchor": "middle" }, time(bound)));
  });
  svg.replaceChildren(...parts);
  byId("quantiles").replaceChildren(...[["50 % within", "p50"], ["90 % within", "p90"], ["99 % within", "p99"]]
    .flatMap(([label, key]) => [make("dt", "", label), make("dd", "", time(s.latency[key]))]));
}
function showRcodes(s) {
  const parts = [["noerror", "NOERROR", s.totalNoError], ["nxdomain", "NXDOMAIN", s.totalNxDomain], ["failed", "SERVFAIL", s.totalServerFailure],
    ["refused", "REFUSED", s.totalRefused], ["other", "others", s.totalOtherAnswers]];
  const all = sum(parts.map(part => part[2])), bar = make("div", "bar");
  for (const [color, , n] of parts.filter(part => part[2] > 0)) {
    bar.append(make("div", "back-" + color));
    bar.lastChild.style.flexGrow = String(n);
  }
  byId("rcodes").replaceChildren(bar, ...parts.map(([color, label, n]) =>
    make("div", "line", make("span", "", make("i", "back-" + color), label), make("b", "", count(n)), make("span", "label", share(n, all)))));
}

function number(label, value, hot) { return make("div", "number" + (hot ? " hot" : ""), make("span", "label", label), value); }
function fill(id, rows, empty) { byId(id).replaceChildren(...(rows.length ? rows : [make("p", "empty", empty)])); }
function showUpstreams(s) {
  const order = { down: 0, suspect: 1, up: 2 }, all = sum(s.upstreams.map(u => u.queries));
  const rows = [...s.upstreams].sort((a, b) => order[a.state] - order[b.state]).map(u => {
    const errors = u.timeouts + u.networkErrors + u.malformed + u.connectionsLost;
    const note = [u.transport, ...u.zones.map(zone => "zone " + zone)];
    if (u.state !== "up" && u.stateSeconds !== null) note.push(`no answer for ${span(u.stateSeconds)}`);
    const pill = { up: "up", suspect: "silent", down: "DOWN" }[u.state];
    return make("div", "row upstream " + u.state, make("div", "pill", pill),
      make("div", "who", make("div", "name", u.address), make("div", "note", note.join(" · "))),
      number("answers in", time(u.rttSeconds)), number("asked", count(u.queries)), number("share", share(u.queries, all)),
      number("no answer", errors ? `${count(errors)} (${share(errors, u.queries)})` : "0", errors > 0 && (u.state !== "up" || errors / u.queries > 0.01)));
  });
  fill("upstreams", rows, "The config forwards nothing.");
}
function showZones(s) {
  fill("zones", s.zones.map(z => make("div", "row zone",
    make("div", "who", make("div", "name", z.zone), make("div", "note", z.forwards.length ? "→ " + z.forwards.join(", ") : "answered here")),
    number("questions", count(z.queries)), number("cached", share(z.cached, z.queries)),
    number("failed", share(z.failed, z.queries), z.queries > 0 && z.failed / z.queries > 0.01))), "No zone is served.");
}
function showFacts(s) {
  const c = s.config, i = s.interception;
  const facts = [
    ["interception", !i.wanted ? "not asked for" : i.inPlace ? i.text : "MISSING: " + i.text, i.wanted && !i.inPlace],
    ["ready", s.ready ? "yes" : "no: " + s.missing.join(", "), !s.ready],
    ["config", `${c.source} (${c.hash}), read ${span(c.ageSeconds)} ago`],
    ["reloads", `${c.reloads} taken over, ${c.reloadsFailed} refused`, c.lastReloadFailed],
    ["cache", `${count(s.cache.entries)} answers, ${Math.round(s.cache.budgetBytes / 1048576)} MiB at most`],
    ["on their way", `${count(s.inFlight)} questions to upstreams, ${count(s.tcpConnections)} TCP clients`]];
  byId("facts").replaceChildren(...facts.flatMap(([name, text, hot]) => [make("dt", "", name), make("dd", hot ? "hot" : "", text)]));
}
function showErrors(s) {
  fill("errors", s.recentErrors.map(e => make("div", "row error",
    make("div", "text" + (e.level === "error" ? " hot" : ""), e.text, ...(e.name ? [make("div", "note", "last for " + e.name)] : [])),
    make("div", "number", count(e.count) + "×"), make("div", "number note", span(e.secondsAgo) + " ago"))), "None so far.");
}

function show(s) {
  byId("node").textContent = s.node;
  byId("about").textContent = `up for ${span(s.uptimeSeconds)}`;
  byId("version").textContent = `NodeDns ${s.version}`;
  showVerdict(s); showTiles(s); showTraffic(s); showUpstreams(s); showLatency(s); showRcodes(s); showZones(s); showFacts(s); showErrors(s);
  document.body.dataset.shown = String(Number(document.body.dataset.shown || 0) + 1);
}
async function poll() {
  if (!document.hidden) {
    try {
      const answer = await fetch("api/v1/stats", { cache: "no-store", signal: AbortSignal.timeout(5000) });
      if (!answer.ok) throw new Error(String(answer.status));
      stats = await answer.json();
      answeredAt = Date.now();
      document.body.classList.remove("stalled");
      show(stats);
    } catch {
      document.body.classList.add("stalled");
      byId("verdict").className = "bad";
      byId("verdict").querySelector(".headline").textContent =
        "The server does not answer" + (answeredAt ? `, for ${span((Date.now() - answeredAt) / 1000)}` : "");
      byId("verdict").querySelector("ul").replaceChildren();
    }
  }
  setTimeout(poll, POLL_MS);
}
byId("traffic").addEventListener("pointermove", hover);
byId("traffic").addEventListener("pointerleave", () => hover(null));
new ResizeObserver(() => { if (stats) { showTraffic(stats); showLatency(stats); } }).observe(byId("traffic"));
poll();
