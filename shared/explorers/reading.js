// A button that opens the computer's list of files, and sends the chosen one (see PictureFile in reading.py).
function render({ model, el }) {
  const button = document.createElement("button"), input = document.createElement("input");
  button.type = "button";
  button.className = "course-file jupyter-button widget-button";
  button.style.width = "auto";
  button.textContent = model.get("description");
  input.type = "file";
  input.accept = ".png,.jpg,.jpeg";
  input.hidden = true;
  button.addEventListener("click", () => {
    input.value = ""; // so that the same file can be chosen once more
    input.click();
  });
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    let { name, size } = file, content = new ArrayBuffer(0);
    if (size <= model.get("most"))
      try { content = await file.arrayBuffer(); } catch { size = 0; } // it is gone, or may not be read
    for (let start = 0; !start || start < content.byteLength; start += model.get("piece"))
      model.send({ name, size, start }, undefined, [content.slice(start, start + model.get("piece"))]);
  });
  el.append(button, input);
}
export default { render };
