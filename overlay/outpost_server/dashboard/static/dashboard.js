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

// A refused prediction form is shown as well as an answered one.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id === "answer" && event.detail.xhr.status >= 400) {
    const said = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const problem = said.querySelector("[role=alert]:not([hidden])");
    const notice = document.createElement("p");
    notice.className = "notice bad";
    notice.textContent = problem ? problem.textContent : "That did not work.";
    event.detail.serverResponse = notice.outerHTML;
    event.detail.shouldSwap = true;
  }
});

document.addEventListener("htmx:afterSettle", () => {
  const lines = document.getElementById("lines");
  if (!lines) return;
  while (lines.childElementCount > MAX_LOG_LINES) lines.firstElementChild.remove();
});

// The example of the endpoint's own document; what somebody has typed or is about to type stays.
document.addEventListener("htmx:afterSettle", () => {
  const example = document.getElementById("example")?.dataset.body;
  const field = document.getElementById("json");
  if (!example || !field || field === document.activeElement) return;
  if (field.value !== field.defaultValue) return;
  field.value = field.defaultValue = example;
  showCommand();
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
  const lines = ['curl -H "Authorization: Bearer $OUTPOST_API_TOKEN"', ...bodyOf(form), quoted(command.dataset.url)];
  command.textContent = lines.join(" \\\n  ");
};

document.addEventListener("input", showCommand);
document.addEventListener("change", showCommand);
document.addEventListener("DOMContentLoaded", showCommand);
