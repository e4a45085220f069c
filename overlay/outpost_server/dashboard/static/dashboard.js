// What htmx leaves open: being quiet in the background, saying when the server is away, and
// keeping the log at a length that a browser can bear.
"use strict";

const MAX_LOG_LINES = 2000;

const isRefresh = (event) => event.detail.elt.matches("[hx-trigger^='every']");

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && isRefresh(event)) event.preventDefault();
});

document.addEventListener("htmx:sendError", () => {
  document.getElementById("offline").hidden = false;
});

document.addEventListener("htmx:afterOnLoad", () => {
  document.getElementById("offline").hidden = true;
});

document.addEventListener("htmx:afterSettle", () => {
  const lines = document.getElementById("lines");
  if (!lines) return;
  while (lines.childElementCount > MAX_LOG_LINES) lines.firstElementChild.remove();
});

// Trying: the example of the chosen route, until somebody has typed something else.
const WITHOUT_BODY = ["GET", "DELETE", "HEAD", "OPTIONS"];

const offer = (field, text) => {
  if (!text || field === document.activeElement || field.value !== field.defaultValue) return;
  field.value = field.defaultValue = text;
};

const offerBody = (route) => {
  const body = document.getElementById("json");
  const isInQuery = "inQuery" in route.dataset;
  document.getElementById("json-hint").hidden = !isInQuery;
  offer(body, route.dataset.example);
  if (isInQuery && body.value === body.defaultValue) body.value = body.defaultValue = "";
};

const chosenRoute = () => document.getElementById("route")?.selectedOptions[0];

const methodOf = (route) => route.value.split(" ", 1)[0];

const showRoute = () => {
  const route = chosenRoute();
  if (!route) return;
  offer(document.getElementById("path"), route.dataset.target);
  offerBody(route);
  document.querySelector(".for-body").hidden = WITHOUT_BODY.includes(methodOf(route));
  showCommand();
};

document.addEventListener("htmx:oobAfterSwap", showRoute);
document.addEventListener("change", (event) => {
  if (event.target.id !== "route") return;
  // Another route has another path, whatever stood there.
  const path = document.getElementById("path");
  path.value = path.defaultValue = chosenRoute().dataset.target;
  showRoute();
});

// Sending: the server tells line by line what to show, while the answer comes.
let sending = null;

const say = (text) => {
  document.getElementById("waiting").textContent = text;
};

const notice = (text) => {
  const shown = document.createElement("p");
  shown.className = "notice bad";
  shown.textContent = text;
  return shown;
};

const show = (said) => {
  const answer = document.getElementById("answer");
  if (said.html !== undefined) answer.innerHTML = said.html;
  const coming = document.getElementById("coming");
  if (said.text === undefined || !coming) return;
  const isAtEnd = coming.scrollTop + coming.clientHeight >= coming.scrollHeight - 4;
  coming.append(said.text);
  if (isAtEnd) coming.scrollTop = coming.scrollHeight;
};

const showLines = async (body) => {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) show(JSON.parse(line));
    say("Receiving …");
  }
};

// What the server's own page says, where it has refused the form.
const refusal = async (response) => {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const problem = page.querySelector("[role=alert]:not([hidden])");
  return problem ? problem.textContent : "That did not work.";
};

const sendForm = async (form) => {
  const answer = document.getElementById("answer");
  sending = new AbortController();
  form.classList.add("sending");
  document.getElementById("cancel").hidden = false;
  // Read out when it is whole, not piece by piece.
  answer.setAttribute("aria-busy", "true");
  answer.replaceChildren();
  say("Waiting for the answer …");
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/x-ndjson", "HX-Request": "true" },
      signal: sending.signal,
    });
    if (response.status === 401) location.reload();
    else if (response.ok) await showLines(response.body);
    else answer.replaceChildren(notice(await refusal(response)));
  } catch (error) {
    answer.append(notice(sending.signal.aborted ? "Cancelled." : "The server does not answer."));
  }
  if (document.activeElement.id === "cancel") document.getElementById("send").focus();
  document.getElementById("cancel").hidden = true;
  form.classList.remove("sending");
  answer.removeAttribute("aria-busy");
  say("");
  sending = null;
};

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.try")) return;
  event.preventDefault();
  if (!sending) sendForm(event.target);
});

document.addEventListener("click", (event) => {
  if (event.target.id === "cancel") sending?.abort();
});

// In a shell nothing within single quotes means anything.
const quoted = (text) => "'" + text.replaceAll("'", "'\\''") + "'";

// A name cannot hold what a terminal would obey.
const printable = (text) => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");

// Escapes of JSON stand for what could be taken for something else in a terminal.
const plain = (json) =>
  json.replace(/[^\n\x20-\x7e]/g, (unit) => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0"));

const bodyOf = (form) => {
  const kind = form.elements.kind.value;
  if (kind === "json") {
    const body = plain(form.elements.json.value.replace(/[\t\r]/g, " "));
    if (!body.trim()) return [];
    return ["-H 'Content-Type: application/json'", "--data-raw " + quoted(body)];
  }
  const file = form.elements.file.files[0];
  const name = printable(file ? file.name : "FILE");
  const type = printable((file && file.type) || "application/octet-stream");
  if (kind === "raw") return ["-H " + quoted("Content-Type: " + type), "--data-binary " + quoted("@" + name)];
  // Within double quotes curl takes neither ";" nor "," for its own.
  const path = '"' + name.replace(/[\\"]/g, "\\$&") + '"';
  const field = printable(form.elements.field.value || "file");
  return ["-F " + quoted(`${field}=@${path};type=${type}`)];
};

const showCommand = () => {
  const command = document.getElementById("command");
  const form = document.querySelector("form.try");
  if (!command || !form) return;
  const method = methodOf(chosenRoute());
  const path = printable(form.elements.path.value);
  const lines = ['curl -H "Authorization: Bearer $OUTPOST_API_TOKEN"'];
  // Brackets and braces are themselves, then.
  if (/[[\]{}]/.test(path)) lines.push("-g");
  const body = WITHOUT_BODY.includes(method) ? [] : bodyOf(form);
  if (method === "HEAD") lines.push("-I");
  else if (method !== (body.length ? "POST" : "GET")) lines.push("-X " + method);
  lines.push(...body);
  lines.push(quoted(command.dataset.base + path));
  command.textContent = lines.join(" \\\n  ");
};

document.addEventListener("input", showCommand);
document.addEventListener("change", showCommand);
document.addEventListener("DOMContentLoaded", showRoute);
