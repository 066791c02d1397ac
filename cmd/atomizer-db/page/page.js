"use strict";
// Keeps a page up to date: the server sends the parts that changed, and only what differs in
// them is replaced, so that open rows, the selection, the focus and the place stay.

const live = document.getElementById("live");
const retryAfter = 1000, silentAfter = 15000; // milliseconds
let source = null, heard = 0, since = null, again = 0;

function connect() {
  const query = new URLSearchParams({ page: location.pathname.split("/").pop() + location.search });
  for (const part of document.querySelectorAll(".part")) query.append("have", part.id + " " + part.dataset.digest);
  heard = Date.now();
  source = new EventSource("events?" + query);
  source.addEventListener("live", e => tell(true, e.data));
  source.addEventListener("failed", e => tell(false, e.data));
  source.addEventListener("part", e => show(JSON.parse(e.data)));
  source.addEventListener("error", lost);
}

function lost() {
  leave();
  tell(false, "the connection is lost");
  again = setTimeout(resume, retryAfter);
}

function leave() {
  clearTimeout(again);
  if (source) source.close();
  source = null;
}

// resume connects again. A server that was started anew has another token: it refuses this page.
async function resume() {
  clearTimeout(again);
  const answer = await fetch("page.js", { method: "HEAD", cache: "no-store" }).catch(() => null);
  if (source || document.hidden) return;
  if (answer && answer.status !== 403) return connect();
  tell(false, answer ? "the server was started anew, open the address that it printed" : "the connection is lost");
  again = setTimeout(resume, retryAfter);
}

function tell(on, what) {
  heard = Date.now();
  since = on ? null : since || new Date();
  const text = on ? what : "not live since " + since.toLocaleTimeString() + ": " + what;
  if (live.textContent !== text) live.textContent = text;
  live.className = on ? "on" : "off";
}

const chosen = new Map(); // the scale that a person chose, by the name of the choice
document.addEventListener("change", e => { if (e.target.type === "radio") chosen.set(e.target.name, e.target.id); });

function show(part) {
  const old = document.getElementById(part.id);
  if (!old) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = part.html;
  align(old, fresh.content);
  for (const id of chosen.values()) {
    const input = document.getElementById(id);
    if (input) input.checked = true;
  }
  old.dataset.digest = part.digest;
  age();
}

// align makes the children of a node like those of another one.
function align(node, like) {
  const keyed = new Map();
  for (const child of node.children) if (child.dataset.key) keyed.set(child.dataset.key, child);
  let at = node.firstChild;
  for (const wanted of [...like.childNodes]) {
    const key = wanted.dataset && wanted.dataset.key;
    const same = key ? keyed.get(key) : at && at.nodeName === wanted.nodeName && !(at.dataset && at.dataset.key) ? at : null;
    if (!same) {
      node.insertBefore(wanted, at);
      continue;
    }
    if (same === at) at = at.nextSibling; else node.insertBefore(same, at);
    if (same.nodeType === Node.ELEMENT_NODE) alter(same, wanted); else if (same.data !== wanted.data) same.data = wanted.data;
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

// What a person has done to an element is not undone.
const theirs = new Set(["open", "checked", "value"]);

function alter(element, like) {
  for (const { name, value } of [...like.attributes])
    if (!theirs.has(name) && element.getAttribute(name) !== value) element.setAttribute(name, value);
  for (const { name } of [...element.attributes])
    if (!theirs.has(name) && !like.hasAttribute(name)) element.removeAttribute(name);
  align(element, like);
}

// age says how long ago the last events were, and warns of quiet studies.
function age() {
  for (const time of document.querySelectorAll("time.ago")) {
    const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
    const [unit, length] = [["day", 86400], ["hour", 3600], ["minute", 60]].find(([, length]) => seconds >= length) || [];
    const count = Math.floor(seconds / length);
    const text = unit ? count + " " + unit + (count === 1 ? "" : "s") + " ago" : "just now";
    if (time.textContent !== text) time.textContent = text;
    const quiet = seconds > Number(time.dataset.quietAfter);
    let warning = time.nextElementSibling;
    if (warning && !warning.classList.contains("warning")) warning = null;
    if (quiet && !warning) {
      warning = document.createElement("strong");
      warning.className = "warning";
      warning.textContent = "; quiet";
      time.after(warning);
    } else if (!quiet && warning) warning.remove();
  }
}

// Browsers have six connections to a server: a page that nobody sees must not keep one.
document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); else if (!source) resume(); });
setInterval(() => { if (source && Date.now() - heard > silentAfter) lost(); }, 1000);
setInterval(age, 10000);
age();
if (!document.hidden) connect();
