// Runs before JupyterLite starts: an update of the course is not hidden by a copy that the reader's browser has saved,
// and what the reader has written in that copy stays.
//
// JupyterLite saves a notebook in the browser as soon as a cell has run, and shows this copy from then on. Where the
// site's notebook has changed since, the copy moves into the folder "notebooks/earlier", with the day of its last change
// in its name, and the new notebook is shown. A copy of a notebook that has not changed stays where it is.

const current = "VERSIONS"; // path: a text that differs when the site's notebook differs; build.py puts them here
const NAME = "Neural networks from first principles"; // contentsStorageName in jupyter-lite.json
const SEEN = `${NAME}: seen`;
const FOLDER = "notebooks/earlier";

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => reject(request.error ?? new Error("another window holds the notebooks"));
  });
}

function ended(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

async function open() {
  const request = indexedDB.open(NAME);
  request.onupgradeneeded = () => request.transaction.abort(); // it was not there: nothing was ever saved
  return done(request).catch(() => null);
}

// A name that no file in the folder has: "01_the_model, 2025-03-31.ipynb", and the second one of a day has a 2.
function free(taken, path, day) {
  const stem = path.replace(/^.*\//, "").replace(/\.ipynb$/, "");
  for (let number = 1; ; number++) {
    const name = `${stem}, ${day}${number > 1 ? ` (${number})` : ""}.ipynb`;
    if (!taken.has(`${FOLDER}/${name}`)) return name;
  }
}

async function put_aside(stale) {
  const database = await open();
  if (!database) return;
  try {
    if (!database.objectStoreNames.contains("files")) return;
    const transaction = database.transaction("files", "readwrite");
    const over = ended(transaction);
    const files = transaction.objectStore("files");
    const taken = new Set(await done(files.getAllKeys()));
    for (const path of stale.filter((path) => taken.has(path))) {
      const copy = await done(files.get(path));
      const day = String(copy.last_modified ?? copy.created ?? "").slice(0, 10) || "undated";
      const name = free(taken, path, day);
      if (!taken.has(FOLDER)) {
        const now = new Date().toISOString();
        const folder = { name: "earlier", path: FOLDER, type: "directory", format: "json", mimetype: "", content: null };
        files.put({ ...folder, size: 0, writable: true, created: now, last_modified: now }, FOLDER);
        taken.add(FOLDER);
      }
      files.put({ ...copy, name, path: `${FOLDER}/${name}` }, `${FOLDER}/${name}`);
      files.delete(path);
      taken.add(`${FOLDER}/${name}`).delete(path);
    }
    await over;
  } finally {
    database.close();
  }
}

try {
  const seen = JSON.parse(localStorage.getItem(SEEN) ?? "{}");
  const stale = Object.keys(current).filter((path) => seen[path] !== current[path]);
  if (stale.length) {
    await put_aside(stale);
    localStorage.setItem(SEEN, JSON.stringify(current));
  }
} catch (problem) {
  // A browser that keeps nothing, or a window that is still open: the lab starts all the same.
  console.warn(`Earlier copies of notebooks stay where they are: ${problem}`);
}
