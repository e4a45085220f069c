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
