// What every page has beyond htmx: focus on what went wrong, menus that close, and no second sending of a form.
(() => {
  document.documentElement.classList.add("scripted");

  const focusMarked = root => root.querySelector?.("[data-focus]")?.focus();
  document.addEventListener("DOMContentLoaded", () => focusMarked(document));

  // A drop-down is closed by Escape and by a click elsewhere, as users of menus expect.
  document.addEventListener("keydown", event => {
    const menu = event.key === "Escape" ? event.target.closest("details.menu[open]") : null;
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", event => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) {
        menu.open = false;
      }
    }
  });

  // A double click must not send twice, but a page that downloads stays, and may download again. The button stays enabled until its name and value are on their way.
  document.addEventListener("submit", event => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post") || form.hasAttribute("data-download")) {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "true";
    form.setAttribute("aria-busy", "true");
  });

  // A page that the browser kept while another was shown takes part again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
    }
  });

  // "Select all" of a table: <input type="checkbox" data-select-all="name of the boxes">.
  document.addEventListener("change", event => {
    const name = event.target.dataset?.selectAll;
    if (name) {
      for (const box of event.target.closest("form").querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`)) {
        box.checked = event.target.checked;
      }
    }
  });
})();
