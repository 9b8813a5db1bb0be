// A preview asks the source and may take long. Until its answer is there the page stays; when its loading is stopped, the server ends the preview.
(() => {
  const buttonOf = form => form.querySelector?.("[data-cancel]");
  const tell = (form, text) => { form.querySelector("[data-cancel-status]").textContent = text; };

  document.addEventListener("submit", event => {
    const cancel = buttonOf(event.target);
    if (cancel && event.submitter?.value === "preview" && !event.defaultPrevented) {
      cancel.hidden = false;
      tell(event.target, "Reading the first rows…");
    }
  });

  document.addEventListener("click", event => {
    const cancel = event.target.closest("[data-cancel]");
    if (!cancel) return;
    window.stop();
    delete cancel.form.dataset.sent;
    cancel.form.removeAttribute("aria-busy");
    cancel.hidden = true;
    tell(cancel.form, "The preview is cancelled.");
    cancel.form.querySelector("button[value=preview]").focus();
  });

  // Back from another page, nothing is under way.
  window.addEventListener("pageshow", () => {
    for (const cancel of document.querySelectorAll("[data-cancel]:not([hidden])")) {
      cancel.hidden = true;
      tell(cancel.form, "");
    }
  });
})();
