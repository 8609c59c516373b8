// What betters the pages where scripts run; without it every form works as it stands.
// Lives here: dropping files, progress of sending, no form sent twice, focus on what went wrong.
// Must not live here: anything that a page cannot do without, or any text (pages carry their words).
"use strict";

const summary = document.querySelector("[data-summary]");
if (summary) summary.focus();

for (const form of document.querySelectorAll("form:not([data-upload])")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  }
});

for (const form of document.querySelectorAll("form[data-upload]")) prepareUpload(form);

function prepareUpload(form) {
  const zone = form.querySelector("[data-drop]");
  const input = form.querySelector("input[type=file]");
  const said = form.querySelector("[data-said]");
  const line = form.querySelector("[data-progress]");
  const bar = line.querySelector("progress");
  const button = form.querySelector("button[type=submit]");
  const list = form.querySelector("[data-chosen-list]");
  let isSending = false;

  form.querySelector("[data-drop-hint]").hidden = false;

  const show = () => {
    // The browser names a single file by itself.
    const several = input.files.length > 1 ? input.files : [];
    list.replaceChildren(
      ...Array.from(several, (file) => {
        const item = document.createElement("li");
        item.textContent = file.name;
        return item;
      }),
    );
    said.textContent = input.files.length ? `${form.dataset.chosen} ${input.files.length}` : "";
  };
  input.addEventListener("change", show);

  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("over");
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (isSending || !event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isSending) return;
    isSending = true;
    button.setAttribute("aria-disabled", "true");
    line.hidden = false;
    said.textContent = form.dataset.sending;

    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (told) => {
      if (told.lengthComputable) bar.value = (100 * told.loaded) / told.total;
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      said.textContent = form.dataset.checking;
    });
    request.addEventListener("load", () => {
      // The page that the answer led to: by its address where it has one of its own, else as it was given once.
      if (request.status < 400 && request.responseURL !== form.action) {
        window.location.assign(request.responseURL);
      } else {
        const page = new DOMParser().parseFromString(request.responseText, "text/html");
        document.title = page.title;
        document.querySelector("main").replaceWith(page.querySelector("main") || failed());
        for (const again of document.querySelectorAll("form[data-upload]")) prepareUpload(again);
        const told = document.querySelector("[data-summary]") || document.querySelector("main");
        told.focus();
        window.scrollTo(0, 0);
      }
    });
    request.addEventListener("error", () => {
      isSending = false;
      button.removeAttribute("aria-disabled");
      line.hidden = true;
      said.textContent = form.dataset.failed;
    });
    request.send(new FormData(form));
  });

  function failed() {
    const main = document.createElement("main");
    main.id = "contenuto";
    main.tabIndex = -1;
    main.textContent = form.dataset.failed;
    return main;
  }
}
