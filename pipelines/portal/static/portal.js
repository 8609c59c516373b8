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
for (const place of document.querySelectorAll("[data-load]")) load(place);

// What takes a little longer comes after the page; where it does not come, its link stays.
async function load(place) {
  const link = place.firstElementChild;
  const waiting = document.createElement("p");
  waiting.textContent = place.dataset.loading;
  place.replaceChildren(waiting);
  try {
    const answer = await fetch(place.dataset.load, { redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = answer.ok && page.querySelector("[data-part]");
    place.replaceChildren(part || link);
  } catch {
    place.replaceChildren(link);
  }
}

function prepareUpload(form) {
  const zone = form.querySelector("[data-drop]");
  const inputs = Array.from(form.querySelectorAll("input[type=file]"));
  const [input] = inputs;
  const said = form.querySelector("[data-said]");
  const line = form.querySelector("[data-progress]");
  const bar = line.querySelector("progress");
  const button = form.querySelector("button[type=submit]");
  const list = form.querySelector("[data-chosen-list]");
  let isSending = false;

  form.querySelector("[data-drop-hint]").hidden = false;

  const show = () => {
    const files = inputs.flatMap((one) => Array.from(one.files));
    // The browser names a single file by itself.
    const named = files.length > 1 ? files : [];
    list.replaceChildren(
      ...named.map((file) => {
        const item = document.createElement("li");
        item.textContent = file.name;
        return item;
      }),
    );
    said.textContent = tooMuch() || (files.length ? `${form.dataset.chosen} ${files.length}` : "");
    said.classList.toggle("wrong", Boolean(tooMuch()));
  };
  // Said before it is sent: on a slow line that takes minutes, and a proxy cuts it off without a word.
  const tooMuch = () => {
    const files = inputs.flatMap((one) => Array.from(one.files));
    if (files.length > Number(form.dataset.mostFiles)) return form.dataset.tooMany;
    if (files.some((file) => file.size > Number(form.dataset.mostBytesOfOne))) return form.dataset.oneTooLarge;
    const size = files.reduce((sum, file) => sum + file.size, 0);
    return size > Number(form.dataset.mostBytes) ? form.dataset.tooLarge : "";
  };
  for (const one of inputs) {
    one.addEventListener("change", () => {
      // A folder holds other things, too: only what may be a return is sent, in the order of the names.
      if (one.webkitdirectory) keepOnly(one, Array.from(one.files));
      show();
    });
  }

  const keepOnly = (one, files) => {
    const kept = new DataTransfer();
    const endings = input.accept.split(",");
    for (const file of files.sort((one, other) => one.name.localeCompare(other.name))) {
      if (endings.some((ending) => file.name.toLowerCase().endsWith(ending))) kept.items.add(file);
    }
    one.files = kept.files;
  };

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
    const dropped = Array.from(event.dataTransfer.items, (item) => item.webkitGetAsEntry());
    if (dropped.some((entry) => entry && entry.isDirectory)) {
      filesOf(dropped).then((files) => {
        keepOnly(input, files);
        show();
      });
    } else {
      input.files = event.dataTransfer.files;
      show();
    }
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isSending) return;
    if (tooMuch()) return;
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

// The files of what was dropped, those in folders too.
async function filesOf(entries) {
  const files = [];
  for (const entry of entries) {
    if (entry && entry.isFile) files.push(await new Promise((done, failed) => entry.file(done, failed)));
    if (entry && entry.isDirectory) {
      const reader = entry.createReader();
      for (let more = true; more; ) {
        const some = await new Promise((done, failed) => reader.readEntries(done, failed));
        files.push(...(await filesOf(some)));
        more = some.length > 0;
      }
    }
  }
  return files;
}
